import Foundation
import Operations
import Retention

/// `retaind calibrate`
enum CalibrateCommand {
  static let spec = CommandSpec(
    name: "calibrate", summary: "fit the models of churn and replenishment to a file of events",
    discussion: """
      Fits by maximum likelihood what the rules hold under churn.model and replenishment.model, and prints it as JSON, as it is \
      written into the rules file. How well it fits is told on standard error. Only what happened before the instant counts. What \
      there is too little for is left out.
      """,
    options: [
      .value(
        "events", "FILE", "structured CloudEvents, one a line, in order of time; - is standard input", required: true),
      .value("until", "TIME", "the RFC 3339 time before which events count", required: true),
      .value("horizon", "DAYS", "how many days ahead churn is looked at; those of the rules unless given"),
      ConfigurationFiles.rulesOption, ConfigurationFiles.option,
    ])

  static func run(_ arguments: Arguments, environment: [String: String]) throws {
    let until = try arguments.instant("until")
    let files = ConfigurationFiles(arguments, environment: environment)
    let rules = try files.rules(at: arguments.value("rules"))
    let horizon = try arguments.value("horizon") == nil ? rules.churn.horizonDays : arguments.days("horizon")
    let calibration = try Calibration(
      rules: rules, wording: files.wording(), decoder: files.deployment(environment: environment).decoder,
      until: until, churnHorizon: horizon)
    try Lines(arguments.requiredValue("events")).forEachShown { calibration.take(line: $0) }
    let fitting = ProgressBar("fitting")
    var looks = 0
    let result = calibration.fit {
      looks += 1
      fitting.show(nil, "\(looks) looks at the data")
    }
    fitting.finish()
    for finding in result.findings {
      FileHandle.standardError.write(Data("\(finding.name): \(finding.value)\n".utf8))
    }
    guard result.churn != nil || result.replenishment != nil else {
      throw Failure(.badData, "there is too little in the events to fit anything to: see the lines above")
    }
    print(try indented(result))
  }
}
