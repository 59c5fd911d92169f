import Foundation

extension RawLoop {
  /// What the loop took, as a process of its own.
  struct Result: Codable {
    /// Of the whole process, since it began to fetch.
    let cpuSeconds: Double
    /// From the first record to the last commit.
    let wallSeconds: Double
  }

  /// Runs the loop three times over the backlog, with as many records as the daemon wrote. Returns the run of median CPU time:
  /// one is over in a second, and what disturbs it weighs as much.
  static func measure(_ topics: Topics, events: Int, outputs: Outputs) throws -> Result {
    let inputs = Mix.Topic.allCases.map { (topics.prefix + $0.rawValue, topics.partitions) }
    let loop = RawLoop(
      bootstrap: topics.bootstrap, inputs: Dictionary(uniqueKeysWithValues: inputs), events: events,
      outputTopic: topics.prefix + "raw", outputsPerEvent: Double(outputs.records) / Double(events),
      outputs: outputs.sample.map(Output.init))
    return try (0..<3).map { _ in try loop.runAlone() }.sorted { $0.cpuSeconds < $1.cpuSeconds }[1]
  }

  /// The loop that another process of this program is to run, as `runAlone` wrote it.
  static func read(from file: FileHandle) throws -> RawLoop {
    try PropertyListDecoder().decode(RawLoop.self, from: try file.readToEnd() ?? Data())
  }

  /// Runs as a process of its own, which is told on its standard input what to do, and tells what it took.
  private func runAlone() throws -> Result {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    let (input, output) = (Pipe(), Pipe())
    let child = try ChildProcess(ChildProcess.myself, ["--raw-loop"], input: input, output: output)
    try input.fileHandleForWriting.write(contentsOf: encoder.encode(self))
    try input.fileHandleForWriting.close()
    let told = try output.fileHandleForReading.readToEnd() ?? Data()
    guard child.wait() == 0 else { throw BenchError("the raw loop failed") }
    return try JSONDecoder().decode(Result.self, from: told)
  }
}
