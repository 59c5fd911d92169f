import Engine
import Foundation
import Operations
import Retention

/// `retaind replay`
enum ReplayCommand {
  static let spec = CommandSpec(
    name: "replay", summary: "run the handlers over a file of events, without Kafka",
    discussion: """
      Reads one structured CloudEvent a line and writes one output record a line, as JSON: topic, key, headers and value. \
      The clock is the events' own time; timers fire between the events. The same input gives the same bytes. A line that \
      is not valid becomes a dead-letter record and the run goes on. A summary goes to standard error.
      """,
    options: [
      .value("events", "FILE", "the events, one a line; - is standard input", required: true),
      .value("until", "TIME", "after the last event, run the timers on to this RFC 3339 time"),
      ConfigurationFiles.rulesOption, ConfigurationFiles.option,
    ])

  static func run(_ arguments: Arguments, environment: [String: String]) throws {
    let files = ConfigurationFiles(arguments, environment: environment)
    let until = try arguments.value("until").map { _ in try arguments.instant("until") }
    let deployment = try files.deployment(environment: environment)
    let program = try RetentionProgram(
      rules: files.rules(at: arguments.value("rules")), wording: files.wording(), decoder: deployment.decoder)
    let output = BufferedOutput(.standardOutput)
    let replay = Replay(business: program, topics: deployment.engine.topics, source: deployment.engine.source) {
      var json = JSONWriter(capacity: 1_024)
      json.value($0)
      try output.write(json.bytes + [UInt8(ascii: "\n")])
    }
    try Lines(arguments.requiredValue("events")).forEachShown { try replay.take(line: $0) }
    try replay.finish()
    if let until { try replay.advance(to: until) }
    try output.flush()
    FileHandle.standardError.write(Data((Summary.text(replay.tally) + "\n").utf8))
  }
}
