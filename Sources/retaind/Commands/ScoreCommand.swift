import Foundation
import Operations
import Retention

/// `retaind score`
enum ScoreCommand {
  static let spec = CommandSpec(
    name: "score", summary: "print how likely customers are to buy again, from a file of events",
    subcommands: [
      CommandSpec(
        name: "churn", summary: "one line a customer",
        discussion: """
          Prints, for each customer who bought anything before the instant, the probability of a purchase within the horizon, that of \
          not being gone, and what both rest on. With the model of the rules; a layer of the model was fitted for its own \
          horizon, and scores best there.
          """,
        options: options),
      CommandSpec(
        name: "replenishment", summary: "one line a customer and item",
        discussion: """
          Prints, for each item that is remembered of a customer, the probability that the customer buys it within the horizon, and the \
          expected gap. How many items are remembered is itemsPerCustomer of the rules.
          """,
        options: options),
    ])

  private static let options: [OptionSpec] = [
    .value(
      "events", "FILE", "structured CloudEvents, one a line, in order of time; - is standard input", required: true),
    .value("at", "TIME", "the RFC 3339 time as of which is scored; later events are passed over", required: true),
    .value("horizon", "DAYS", "how many days ahead, 1 to 3650", required: true),
    ConfigurationFiles.rulesOption, ConfigurationFiles.option,
  ]

  static func run(_ arguments: Arguments, environment: [String: String]) throws {
    let at = try arguments.instant("at")
    let horizon = try arguments.days("horizon")
    let files = ConfigurationFiles(arguments, environment: environment)
    let decoder = try files.deployment(environment: environment).decoder
    let forecast = try Forecast(
      rules: files.rules(at: arguments.value("rules")), wording: files.wording(), decoder: decoder)
    try Lines(arguments.requiredValue("events")).forEachShown { line in
      if let event = forecast.decode(line: line), event.time < at { forecast.take(event) }
    }
    let output = BufferedOutput(.standardOutput)
    func print(_ scores: [some JSONWritable]) throws {
      for score in scores {
        var json = JSONWriter(capacity: 256)
        json.value(score)
        try output.write(json.bytes + [UInt8(ascii: "\n")])
      }
    }
    switch arguments.command.last {
    case "churn": try print(forecast.churnScores(at: at, horizon: horizon))
    default: try print(forecast.replenishmentScores(at: at, horizon: horizon))
    }
    try output.flush()
    warn(ofRejected: forecast.rejected, of: forecast.events)
  }

  /// Lines that are no event are no reason to stop, and no reason to keep silent.
  static func warn(ofRejected rejected: Int64, of lines: Int64) {
    guard rejected > 0 else { return }
    let text = "retaind: \(rejected) of \(lines) lines are no valid event; retaind replay says why, line by line\n"
    FileHandle.standardError.write(Data(text.utf8))
  }
}

extension Arguments {
  /// The RFC 3339 time that an option says.
  func instant(_ name: String) throws -> Instant {
    guard let instant = Instant(rfc3339: requiredValue(name)) else {
      throw usageError("--\(name) is no RFC 3339 time with an offset, such as 2026-11-22T08:00:00+08:00")
    }
    return instant
  }

  /// The number of days that an option says, 1 to 3,650.
  func days(_ name: String) throws -> Int64 {
    guard let days = Int64(requiredValue(name)), (1...3_650).contains(days) else {
      throw usageError("--\(name) is no number of days from 1 to 3650")
    }
    return days
  }
}
