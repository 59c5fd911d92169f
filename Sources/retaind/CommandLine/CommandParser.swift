import Retention

/// Reads the words of a command line by a declaration.
struct CommandParser {
  private var spec: CommandSpec
  private var command: [String]
  private var values: [String: String] = [:]
  private var flags: Set<String> = []
  private var positionals: [String] = []

  init(_ spec: CommandSpec) {
    self.spec = spec
    command = [spec.name]
  }

  mutating func parse(_ words: [String]) throws(CommandLineExit) -> Arguments {
    var rest = words[...]
    var optionsAreOver = false
    while let word = rest.popFirst() {
      if optionsAreOver || word == "-" || !word.hasPrefix("-") {
        try take(word)
      } else if word == "--" {
        optionsAreOver = true
      } else if word == "--help" || word == "-h" {
        throw .help(HelpText(spec, command: command).text)
      } else {
        try takeOption(word, &rest)
      }
    }
    try checkCompleteness()
    return Arguments(command: command, spec: spec, values: values, flags: flags, positionals: positionals)
  }

  private mutating func take(_ word: String) throws(CommandLineExit) {
    if !spec.subcommands.isEmpty {
      try descend(word)
    } else if positionals.count < spec.positionals.count {
      positionals.append(word)
    } else {
      throw problem("unexpected argument '\(word)'")
    }
  }

  private mutating func descend(_ word: String) throws(CommandLineExit) {
    guard let subcommand = spec.subcommands.first(where: { $0.name == word }) else {
      let known = spec.subcommands.map(\.name)
      let hint = NearestName.of(word, among: known).map { "did you mean '\($0)'?" }
      throw problem(
        "unknown command '\(word)'; " + (hint ?? "it must be one of \(known.joined(separator: ", "))"))
    }
    spec = subcommand
    command.append(word)
  }

  private mutating func takeOption(_ word: String, _ rest: inout ArraySlice<String>) throws(CommandLineExit) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let option = try option(String(parts[0]))
    guard values[option.name] == nil, !flags.contains(option.name) else {
      throw problem("--\(option.name) is given twice")
    }
    guard let placeholder = option.placeholder else {
      guard parts.count == 1 else { throw problem("--\(option.name) takes no value") }
      flags.insert(option.name)
      return
    }
    if parts.count == 2 {
      values[option.name] = String(parts[1])
    } else if let next = rest.first, !next.hasPrefix("--") {
      values[option.name] = next
      rest.removeFirst()
    }
    guard let value = values[option.name], !value.isEmpty else {
      throw problem("--\(option.name) needs a value: \(option.usage), or --\(option.name)=\(placeholder)")
    }
  }

  private func option(_ word: String) throws(CommandLineExit) -> OptionSpec {
    if word.hasPrefix("--"), let option = spec.options.first(where: { "--\($0.name)" == word }) { return option }
    let known = spec.options.map { "--\($0.name)" } + ["--help"]
    let hint = NearestName.of(word, among: known).map { "; did you mean \($0)?" }
    throw problem("unknown option \(word)" + (hint ?? ""))
  }

  private func checkCompleteness() throws(CommandLineExit) {
    if !spec.subcommands.isEmpty {
      throw problem("a command is missing: one of \(spec.subcommands.map(\.name).joined(separator: ", "))")
    }
    if let missing = spec.options.first(where: { $0.isRequired && values[$0.name] == nil }) {
      throw problem("\(missing.usage) is missing: \(missing.summary)")
    }
    if positionals.count < spec.positionals.count, spec.positionals[positionals.count].isRequired {
      let missing = spec.positionals[positionals.count]
      throw problem("\(missing.name) is missing: \(missing.summary)")
    }
  }

  private func problem(_ text: String) -> CommandLineExit {
    .usage(command: command.joined(separator: " "), problem: text)
  }
}
