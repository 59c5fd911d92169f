/// What a command accepts: declared once, and from that parsed, checked and explained.
///
///     let spec = CommandSpec(
///       name: "replay", summary: "run the handlers over a file",
///       options: [.value("events", "FILE", "the events, one a line", required: true), .flag("quiet", "print no summary")])
///     let arguments = try spec.parse(["--events", "orders.ndjson"])
///     arguments.value("events")
///
/// `--help` and `-h` are always accepted; there are no other short options.
struct CommandSpec: Sendable, Equatable {
  /// The word on the command line.
  let name: String
  /// What it does, in a few words: a line of the list of commands.
  let summary: String
  /// What else one should know; paragraphs are separated by an empty line.
  let discussion: String
  /// Its options, in the order of the help.
  let options: [OptionSpec]
  /// Its arguments, in their order.
  let positionals: [PositionalSpec]
  /// The commands below it, one of which must be named.
  let subcommands: [CommandSpec]

  /// A declaration. One that contradicts itself (a name twice, a required argument after an optional one, options or
  /// arguments beside subcommands, a required option with a default) is a fault of the program and stops it.
  init(
    name: String, summary: String, discussion: String = "", options: [OptionSpec] = [],
    positionals: [PositionalSpec] = [], subcommands: [CommandSpec] = []
  ) {
    let names = options.map(\.name) + ["help"]
    precondition(Set(names).count == names.count, "\(name): an option is declared twice, or is the built-in --help")
    precondition(Set(positionals.map(\.name)).count == positionals.count, "\(name): an argument is declared twice")
    precondition(Set(subcommands.map(\.name)).count == subcommands.count, "\(name): a command is declared twice")
    precondition(
      subcommands.isEmpty || positionals.isEmpty && options.isEmpty,
      "\(name): options and arguments belong to the subcommands")
    precondition(
      positionals.drop(while: \.isRequired).allSatisfy { !$0.isRequired },
      "\(name): a required argument follows an optional one")
    precondition(
      options.allSatisfy { !$0.isRequired || $0.defaultValue == nil }, "\(name): a required option has a default")
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.options = options
    self.positionals = positionals
    self.subcommands = subcommands
  }

  /// Reads the words after the program's name. Throws the help when it is asked for, and what is wrong when something is.
  func parse(_ words: some Sequence<String>) throws(CommandLineExit) -> Arguments {
    var parser = CommandParser(self)
    return try parser.parse(Array(words))
  }
}
