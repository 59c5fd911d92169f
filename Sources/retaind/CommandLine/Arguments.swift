/// What a command line said, checked against the command's declaration.
///
/// Asking for a name that the command does not declare is a fault of the program and stops it.
struct Arguments: Sendable, Equatable {
  /// The command and those above it, from the program's name down: `["retaind", "score", "churn"]`.
  let command: [String]

  private let spec: CommandSpec
  private let values: [String: String]
  private let flags: Set<String>
  private let positionals: [String]

  init(
    command: [String], spec: CommandSpec, values: [String: String], flags: Set<String>, positionals: [String]
  ) {
    self.command = command
    self.spec = spec
    self.values = values
    self.flags = flags
    self.positionals = positionals
  }

  /// The value of an option: as given, else its default, else nil.
  func value(_ name: String) -> String? {
    let option = declared(name, isFlag: false)
    return values[name] ?? option.defaultValue
  }

  /// The value of an option that is declared as required or with a default.
  func requiredValue(_ name: String) -> String {
    guard let value = value(name) else {
      preconditionFailure("--\(name) of '\(spec.name)' is declared neither as required nor with a default")
    }
    return value
  }

  /// Whether a flag was given.
  func isSet(_ name: String) -> Bool {
    _ = declared(name, isFlag: true)
    return flags.contains(name)
  }

  /// The argument of that name; nil when it is optional and was not given.
  func positional(_ name: String) -> String? {
    guard let index = spec.positionals.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("\(name) is not an argument of '\(spec.name)'")
    }
    return positionals.indices.contains(index) ? positionals[index] : nil
  }

  /// The argument of that name, which is declared as required.
  func requiredPositional(_ name: String) -> String {
    guard let value = positional(name) else { preconditionFailure("\(name) of '\(spec.name)' is declared as optional") }
    return value
  }

  /// The error that says what is wrong with a value, for what only the command itself can check.
  func usageError(_ problem: String) -> CommandLineExit {
    .usage(command: command.joined(separator: " "), problem: problem)
  }

  private func declared(_ name: String, isFlag: Bool) -> OptionSpec {
    guard let option = spec.options.first(where: { $0.name == name }), (option.placeholder == nil) == isFlag else {
      preconditionFailure(
        "--\(name) is not declared by '\(spec.name)' as \(isFlag ? "a flag" : "an option with a value")")
    }
    return option
  }
}
