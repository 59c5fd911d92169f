import Foundation

/// A process that is measured, and what it has used of the processor.
final class ChildProcess {
  private let process = Process()

  /// Starts the program; its standard output goes to `output` when one is given, else nowhere.
  init(_ program: URL, _ arguments: [String], environment: [String: String] = [:], output: Pipe? = nil) throws {
    process.executableURL = program
    process.arguments = arguments
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("RETAIND_") }
    process.environment = inherited.merging(environment) { $1 }
    process.standardOutput = output ?? FileHandle.nullDevice
    try process.run()
  }

  var isRunning: Bool { process.isRunning }

  /// User and system time so far, in seconds; nil when it has ended. From /proc, in ticks of 10 ms as a rule.
  var cpuSeconds: Double? { usage.map { $0.cpu } }

  /// Resident memory in bytes; nil when it has ended.
  var residentBytes: Int? { usage.map { $0.resident } }

  private var usage: (cpu: Double, resident: Int)? {
    guard let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    // proc(5): fields 14 and 15 are ticks, 24 is pages; the first behind the name is 3.
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]), let pages = Int(fields[21])
    else { return nil }
    return ((user + system) / Double(sysconf(Int32(_SC_CLK_TCK))), pages * sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Asks it to stop and waits for its end. Returns its exit code.
  @discardableResult
  func stop() -> Int32 {
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Waits for its end. Returns its exit code.
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}
