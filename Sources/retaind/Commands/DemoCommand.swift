import Engine
import Foundation
import Kafka
import Operations
import Retention

/// `retaind demo`
enum DemoCommand {
  static let spec = CommandSpec(
    name: "demo", summary: "watch the daemon work on a small shop, without Kafka",
    discussion: """
      Starts a broker inside the process, plays a fortnight of a small shop in a quarter of a minute (orders, parcels with \
      scans, browsing, a refund, some bad records, shipments keyed by order), runs the real workers on it and shows the \
      notices as they come. Ends by itself with a summary.
      """,
    options: [ConfigurationFiles.rulesOption, ConfigurationFiles.option])

  static func run(_ arguments: Arguments, environment: [String: String]) throws {
    let signals = Signals.block()
    let files = ConfigurationFiles(arguments, environment: environment)
    let program = try RetentionProgram(
      rules: files.rules(at: arguments.value("rules")), wording: files.wording(),
      decoder: EventDecoder(maxFutureSkew: .hours(1), maxRecordBytes: 1_048_576))
    let demo = try Demo(program: program)
    defer { demo.close() }
    try demo.play { signals.next(timeout: .milliseconds(20)) != nil }
  }
}
