import Glibc
import Operations
import Testing

@Suite struct ExitCodeTests {
  @Test func theNumbersAreThoseOfSysexits() {
    #expect(
      ExitCode.allCases.map(\.rawValue) == [
        EXIT_SUCCESS, EXIT_FAILURE, EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_UNAVAILABLE, EX_SOFTWARE, EX_IOERR, EX_NOPERM,
        EX_CONFIG,
      ])
  }
}
