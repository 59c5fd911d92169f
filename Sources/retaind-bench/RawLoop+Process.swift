import Foundation

extension RawLoop {
  /// What the loop took, as a process of its own.
  struct Result {
    let cpuSeconds: Double
    /// From the first record to the last commit.
    let wallSeconds: Double
  }

  /// Runs the loop three times over the backlog, with as many records of the same size as the daemon wrote. Returns the run of
  /// median CPU time: one is over in a second, and what disturbs it weighs as much.
  static func measure(_ topics: Topics, events: Int, outputs: Outputs) throws -> Result {
    let runs = try (0..<3).map { _ in try run(topics, events: events, outputs: outputs) }
    return runs.sorted { $0.cpuSeconds < $1.cpuSeconds }[1]
  }

  private static func run(_ topics: Topics, events: Int, outputs: Outputs) throws -> Result {
    let output = Pipe()
    let arguments = [
      "--raw-loop", topics.bootstrap, topics.prefix, "\(events)", "\(outputs.records)", "\(outputs.bytes)",
      "\(topics.partitions)",
    ]
    let before = cpuOfChildren()
    let child = try ChildProcess(ChildProcess.myself, arguments, output: output)
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    guard child.wait() == 0, let wall = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw BenchError("the raw loop failed")
    }
    return Result(cpuSeconds: cpuOfChildren() - before, wallSeconds: wall)
  }

  /// Of those that have ended; the daemon has not.
  private static func cpuOfChildren() -> Double {
    var usage = rusage()
    getrusage(Int32(RUSAGE_CHILDREN.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000_000
  }
}
