/// The help of a command, made of its declaration.
struct HelpText {
  private static let width = 80

  private let spec: CommandSpec
  private let command: [String]

  /// The help of a command that was called as `command`.
  init(_ spec: CommandSpec, command: [String]) {
    self.spec = spec
    self.command = command
  }

  /// The whole help, without a line feed at the end.
  var text: String {
    var sections = ["\(command.joined(separator: " ")) - \(spec.summary)", usage]
    if !spec.discussion.isEmpty { sections.append(discussion) }
    sections.append(
      contentsOf: [
        table("Commands", spec.subcommands.map { ($0.name, $0.summary) }),
        table("Arguments", spec.positionals.map { ($0.name, $0.summary) }),
        table("Options", spec.options.map { ($0.usage, summary($0)) } + [("-h, --help", "show this help")]),
      ].compactMap(\.self))
    return sections.joined(separator: "\n\n")
  }

  private var usage: String {
    var parts: [String] = []
    parts += spec.options.filter(\.isRequired).map(\.usage)
    parts += spec.options.filter { !$0.isRequired }.map { "[\($0.usage)]" }
    parts += spec.positionals.map(\.usage)
    if !spec.subcommands.isEmpty { parts.append("COMMAND") }
    let start = "Usage: \(command.joined(separator: " "))"
    return Self.wrapped([start] + parts, indentation: 4).joined(separator: "\n")
  }

  private var discussion: String {
    let paragraphs = spec.discussion.split(separator: "\n\n").map { paragraph in
      Self.wrapped(paragraph.split(whereSeparator: \.isWhitespace).map(String.init), indentation: 0)
    }
    return paragraphs.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private func summary(_ option: OptionSpec) -> String {
    if option.isRequired { return option.summary + " (required)" }
    return option.summary + (option.defaultValue.map { " (default: \($0))" } ?? "")
  }

  /// Two columns under a title; nil when there is nothing to show.
  private func table(_ title: String, _ rows: [(name: String, summary: String)]) -> String? {
    guard let longest = rows.map(\.name.count).max() else { return nil }
    let indentation = longest + 4
    let lines = rows.flatMap { row in
      let name = "  " + row.name + String(repeating: " ", count: longest - row.name.count) + " "
      return Self.wrapped([name] + row.summary.split(separator: " ").map(String.init), indentation: indentation)
    }
    return "\(title):\n" + lines.joined(separator: "\n")
  }

  /// Puts words into lines of at most `width` characters where they fit; all lines but the first are indented.
  private static func wrapped(_ words: [String], indentation: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in words {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: indentation) + word
      } else {
        line += line.isEmpty ? word : " " + word
      }
    }
    return lines + [line]
  }
}
