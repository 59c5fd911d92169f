/// An option of a command: `--name VALUE`, `--name=VALUE`, or a bare `--name`.
struct OptionSpec: Sendable, Equatable {
  /// The name without its dashes.
  let name: String
  /// What stands for the value in the help, such as `FILE`; nil for a flag.
  let placeholder: String?
  /// What it does, in a few words.
  let summary: String
  /// Whether the command cannot do without.
  let isRequired: Bool
  /// The value when the option is not given.
  let defaultValue: String?

  /// An option with a value.
  static func value(
    _ name: String, _ placeholder: String, _ summary: String, required: Bool = false,
    default defaultValue: String? = nil
  ) -> OptionSpec {
    OptionSpec(
      name: name, placeholder: placeholder, summary: summary, isRequired: required, defaultValue: defaultValue)
  }

  /// An option that is there or not.
  static func flag(_ name: String, _ summary: String) -> OptionSpec {
    OptionSpec(name: name, placeholder: nil, summary: summary, isRequired: false, defaultValue: nil)
  }

  /// How it is written: `--events FILE`.
  var usage: String { placeholder.map { "--\(name) \($0)" } ?? "--\(name)" }
}
