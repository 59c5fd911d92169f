import Foundation

/// A process that is measured, and what it has used of the processor.
final class ChildProcess {
  private let process = Process()

  /// This program's own file.
  static var myself: URL { URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath() }

  /// Starts the program; its standard output goes to `output` (a pipe or a file) when one is given, else nowhere, and what it
  /// reads comes from `input` (a pipe).
  init(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:], input: Pipe? = nil, output: Any? = nil
  ) throws {
    process.executableURL = program
    process.arguments = arguments
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("RETAIND_") }
    process.environment = inherited.merging(environment) { $1 }
    process.standardInput = input ?? FileHandle.nullDevice
    process.standardOutput = output ?? FileHandle.nullDevice
    try process.run()
  }

  var isRunning: Bool { process.isRunning }

  /// User and system time of all its threads so far, in seconds, to the nanosecond; nil when it has ended.
  var cpuSeconds: Double? {
    var (clock, time) = (clockid_t(), timespec())
    guard clock_getcpuclockid(process.processIdentifier, &clock) == 0, clock_gettime(clock, &time) == 0 else {
      return nil
    }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Resident memory in bytes; nil when it has ended.
  var residentBytes: Int? {
    // proc(5): the second field is resident pages.
    guard let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/statm", encoding: .utf8),
      let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }), pages > 0
    else { return nil }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  /// Asks it to stop and waits for its end. Returns its exit code.
  @discardableResult
  func stop() -> Int32 {
    if process.isRunning { process.terminate() }
    return wait()
  }

  /// Waits for its end. Returns its exit code.
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}
