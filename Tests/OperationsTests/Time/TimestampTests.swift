import Foundation
import Testing

@testable import Operations

@Suite struct TimestampTests {
  private func text(_ milliseconds: Int64) -> String {
    var bytes: [UInt8] = []
    Timestamp.append(milliseconds: milliseconds, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
      (Int64.min, "0000-01-01T00:00:00.000Z"), (Int64.max, "9999-12-31T23:59:59.999Z"),
    ] as [(Int64, String)])
  func knownInstantsAreWrittenExactly(milliseconds: Int64, expected: String) {
    #expect(text(milliseconds) == expected)
  }

  @Test func itAgreesWithFoundationEveryDayFrom1600To2600() {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    for day in Int64(-135_140)..<230_102 where day % 7 == 0 || day % 365 < 3 {
      let milliseconds = day * 86_400_000 + 45_296_789
      // A quarter of a millisecond keeps Foundation's binary fraction from falling below the decimal one.
      let date = Date(timeIntervalSince1970: Double(milliseconds) / 1_000 + 0.00025)
      #expect(text(milliseconds) == date.formatted(style))
    }
  }
}
