import Foundation
import Kafka
import Retention

/// Something without which nothing can be measured.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// `retaind-bench`: what an event costs, in CPU of the daemon's process, beside a raw loop over the same client library; how
/// late what comes of it is; and what a restart, a customer and having nothing to do cost.
@main
struct Bench {
  private let options: Options
  private let topics: Topics
  private let daemons: Daemons

  static func main() {
    do {
      let options = try Options(CommandLine.arguments.dropFirst())
      if let raw = options.raw {
        print(String(decoding: try JSONEncoder().encode(raw.run()), as: UTF8.self))
        return
      }
      if options.micro {
        let rows = try Microbenchmarks(configuration: options.configuration).run()
        print(options.json ? try Microbenchmarks.json(rows) : Microbenchmarks.text(rows))
        return
      }
      let report = Report(measures: try Bench(options).run())
      print(options.json ? try report.json() : report.text)
    } catch let usage as Options.Usage {
      FileHandle.standardError.write(Data((usage.text + "\n").utf8))
      exit(usage.isHelp ? 0 : 64)
    } catch {
      FileHandle.standardError.write(Data("retaind-bench: \(error)\n".utf8))
      exit(70)
    }
  }

  private init(_ options: Options) throws {
    self.options = options
    topics = try Topics(bootstrap: options.bootstrap, partitions: options.partitions)
    daemons = try Daemons(topics, configuration: options.configuration, workers: options.workers)
  }

  private func run() throws -> [Measure] {
    defer { daemons.clear() }
    try topics.create()
    let emptyBytes = try Memory.ofEmptyDaemon(daemons)
    var load = Load(topics, customers: options.customers)
    try load.writeBacklog(options.events)

    var measures = load.measures
    let daemon = try daemons.start()
    defer { daemon.end() }
    let backlog = try Backlog.run(options.events, daemon)
    let outputs = try Outputs(readFrom: topics)
    measures += outputs.measures(backlog)
    measures += backlog.measures(try RawLoop.measure(topics, events: options.events, outputs: outputs))
    try daemon.stop()
    let restored = try measureRestart(emptyBytes)
    measures += restored.measures

    try daemons.deleteState()
    let rebuilt = try daemons.start(again: true)
    defer { rebuilt.end() }
    let restore = try Restore.measure(rebuilt)
    guard restore.customers == restored.customers else {
      throw BenchError("\(restored.customers) customers in the checkpoints, \(restore.customers) in the changelog")
    }
    measures += restore.measures("Changelog")
    // Last, because the many small transactions of it are more than the embedded broker keeps of a changelog.
    if let pace = options.pace { measures += try FixedRate.run(pace, &load, rebuilt, topics).measures }
    try rebuilt.stop()
    return measures
  }

  /// A daemon that comes back with its checkpoints and then has nothing to do.
  private func measureRestart(_ emptyBytes: Int) throws -> (customers: Int, measures: [Measure]) {
    let daemon = try daemons.start(again: true, reading: false)
    defer { daemon.end() }
    let restore = try Restore.measure(daemon)
    let memory = try Memory.measure(daemon, customers: restore.customers, emptyBytes: emptyBytes)
    let idle = try options.idleSeconds.map { try Idle.measure(daemon, seconds: $0) }
    try daemon.stop()
    return (restore.customers, restore.measures("Checkpoint") + memory.measures + (idle?.measures ?? []))
  }
}
