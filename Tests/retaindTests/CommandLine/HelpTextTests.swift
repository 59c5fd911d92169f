import Operations
import Testing

@testable import retaind

@Suite struct HelpTextTests {
  private let root = CommandSpec(
    name: "retaind", summary: "customer retention",
    subcommands: [
      CommandSpec(
        name: "replay", summary: "run the handlers over a file",
        discussion: """
          Runs the same handlers as the daemon, without Kafka. The clock is the events' own time, so that the same input
          gives the same bytes.

          Records go to standard output.
          """,
        options: [
          .value("events", "FILE", "the events, one a line, or - for standard input", required: true),
          .value("config-dir", "DIRECTORY", "where the rules and the wording are", default: "/etc/retaind"),
          .flag("quiet", "print no summary"),
        ]),
      CommandSpec(
        name: "show", summary: "show a customer",
        positionals: [.required("ID", "the customer's id"), .optional("FACET", "one facet only")]),
    ])

  private func help(_ words: String...) -> String? {
    do throws(CommandLineExit) {
      _ = try root.parse(words)
      return nil
    } catch {
      #expect(error.exitCode == .success)
      return error.text
    }
  }

  @Test func theHelpOfACommandIsMadeOfItsDeclaration() {
    #expect(
      help("replay", "--help") == """
        retaind replay - run the handlers over a file

        Usage: retaind replay --events FILE [--config-dir DIRECTORY] [--quiet]

        Runs the same handlers as the daemon, without Kafka. The clock is the events'
        own time, so that the same input gives the same bytes.

        Records go to standard output.

        Options:
          --events FILE           the events, one a line, or - for standard input
                                  (required)
          --config-dir DIRECTORY  where the rules and the wording are (default:
                                  /etc/retaind)
          --quiet                 print no summary
          -h, --help              show this help
        """)
  }

  @Test func theHelpOfTheProgramListsItsCommands() {
    #expect(
      help("-h") == """
        retaind - customer retention

        Usage: retaind COMMAND

        Commands:
          replay  run the handlers over a file
          show    show a customer

        Options:
          -h, --help  show this help
        """)
  }

  @Test func argumentsAreExplained() {
    let text = help("show", "--help")
    #expect(text?.contains("Usage: retaind show ID [FACET]") == true)
    #expect(text?.contains("Arguments:\n  ID     the customer's id\n  FACET  one facet only") == true)
  }

  @Test func helpIsGivenEvenWhereSomethingElseIsMissing() {
    #expect(help("replay", "--quiet", "--help")?.hasPrefix("retaind replay - ") == true)
  }
}
