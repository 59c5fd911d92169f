import Operations
import Testing

@testable import retaind

@Suite struct CommandParserTests {
  private let replay = CommandSpec(
    name: "replay", summary: "run the handlers over a file",
    options: [
      .value("events", "FILE", "the events, one a line", required: true),
      .value("rules", "FILE", "the rules", default: "rules.json"), .value("until", "TIME", "run timers on to TIME"),
      .flag("quiet", "print no summary"),
    ])
  private let show = CommandSpec(
    name: "show", summary: "show a customer",
    positionals: [.required("ID", "the customer's id"), .optional("FACET", "one facet only")])

  private var root: CommandSpec {
    CommandSpec(
      name: "retaind", summary: "customer retention",
      subcommands: [replay, CommandSpec(name: "customer", summary: "look at customers", subcommands: [show])])
  }

  private func problem(_ words: String...) -> String? {
    do throws(CommandLineExit) {
      _ = try root.parse(words)
      return nil
    } catch {
      #expect(error.exitCode == .usage)
      return error.text
    }
  }

  @Test(arguments: [
    ["replay", "--events", "a.ndjson", "--quiet"], ["replay", "--quiet", "--events=a.ndjson"],
    ["replay", "--events", "a.ndjson", "--quiet", "--"],
  ])
  func aValueStandsAfterASpaceOrAnEqualsSign(words: [String]) throws {
    let arguments = try root.parse(words)
    #expect(arguments.command == ["retaind", "replay"])
    #expect(arguments.requiredValue("events") == "a.ndjson")
    #expect(arguments.isSet("quiet"))
  }

  @Test func whatIsNotGivenHasItsDefaultOrNothing() throws {
    let arguments = try root.parse(["replay", "--events", "-"])
    #expect(arguments.value("events") == "-")
    #expect(arguments.requiredValue("rules") == "rules.json")
    #expect(arguments.value("until") == nil)
    #expect(!arguments.isSet("quiet"))
  }

  @Test func aValueMayHoldAnEqualsSignAndBeginWithADash() throws {
    let arguments = try root.parse(["replay", "--events=--a=b", "--rules", "-5"])
    #expect(arguments.value("events") == "--a=b")
    #expect(arguments.value("rules") == "-5")
  }

  @Test func argumentsAreKnownByTheirPlace() throws {
    let one = try root.parse(["customer", "show", "alice"])
    #expect(one.command == ["retaind", "customer", "show"])
    #expect(one.requiredPositional("ID") == "alice")
    #expect(one.positional("FACET") == nil)
    #expect(try root.parse(["customer", "show", "alice", "points"]).positional("FACET") == "points")
  }

  @Test func afterTwoDashesNothingIsAnOption() throws {
    #expect(try root.parse(["customer", "show", "--", "--help"]).positional("ID") == "--help")
  }

  @Test func anUnknownOptionNamesTheNearestKnownOne() {
    #expect(
      problem("replay", "--evnets", "a")
        == "retaind replay: unknown option --evnets; did you mean --events?\nTry 'retaind replay --help'.")
    #expect(problem("replay", "--zzz")?.hasPrefix("retaind replay: unknown option --zzz\n") == true)
    #expect(problem("replay", "--evnets=secret")?.contains("secret") == false)
    #expect(problem("replay", "-e")?.hasPrefix("retaind replay: unknown option -e\n") == true)
  }

  @Test func anUnknownCommandNamesTheNearestOrAll() {
    #expect(problem("repaly")?.hasPrefix("retaind: unknown command 'repaly'; did you mean 'replay'?") == true)
    #expect(
      problem("zzz")?.hasPrefix("retaind: unknown command 'zzz'; it must be one of replay, customer") == true)
  }

  @Test func whatIsMissingIsNamed() {
    #expect(problem()?.hasPrefix("retaind: a command is missing: one of replay, customer\n") == true)
    #expect(
      problem("replay")?.hasPrefix("retaind replay: --events FILE is missing: the events, one a line\n") == true)
    #expect(
      problem("customer", "show")?.hasPrefix("retaind customer show: ID is missing: the customer's id\n") == true)
  }

  @Test func anOptionWithoutItsValueIsRefused() {
    for words in [["replay", "--events"], ["replay", "--events="], ["replay", "--events", "--quiet"]] {
      #expect(throws: CommandLineExit.self) { try root.parse(words) }
    }
    #expect(problem("replay", "--events")?.contains("--events needs a value: --events FILE") == true)
  }

  @Test func whatIsTooMuchIsRefused() {
    #expect(problem("replay", "--events", "a", "b")?.contains("unexpected argument 'b'") == true)
    #expect(problem("replay", "--events", "a", "--events", "b")?.contains("--events is given twice") == true)
    #expect(problem("replay", "--quiet", "--quiet")?.contains("--quiet is given twice") == true)
    #expect(problem("replay", "--quiet=yes")?.contains("--quiet takes no value") == true)
  }

  @Test func aCommandCanRefuseAValueInTheSameForm() throws {
    let arguments = try root.parse(["replay", "--events", "a", "--until", "soon"])
    let error = arguments.usageError("--until must be an RFC 3339 time")
    #expect(error.text == "retaind replay: --until must be an RFC 3339 time\nTry 'retaind replay --help'.")
    #expect(error.exitCode == .usage)
  }
}
