@testable import Retention

/// The default rules and a wording that shows every parameter.
enum Present {
  /// The time at which every target starts.
  static let instant = at("2026-11-22T12:00:00Z")

  static let decoder = EventDecoder()
  static let wording = unthrown { () throws(ConfigurationError) in try PlainWording.all() }
  static let program = program(Rules())

  static func program(_ rules: Rules) -> RetentionProgram {
    unthrown { () throws(ConfigurationError) in
      try RetentionProgram(rules: rules, wording: wording, decoder: decoder)
    }
  }

  static let origin = Cause.Origin(topic: "orders", partition: 3, offset: 42)
}
