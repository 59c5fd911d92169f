import Foundation
import Kafka
import Operations
import Retention

/// `retaind check`
enum CheckCommand {
  static let spec = CommandSpec(
    name: "check", summary: "check the configuration, the rules and the wording",
    discussion: """
      Reads everything that `run` reads and says what is wrong with it, with the path of the value. Prints the rules as they are \
      in force, defaults included, and warns of what in them can never have an effect.

      With --connect it also asks the brokers: whether they answer and take the credentials, which topics there are with how many \
      partitions, and whether this user may use the group, the transactional id and the topics that are read. Nothing is written, so \
      that the permission to write is not seen. Without it nothing is connected to.
      """,
    options: [
      .flag("connect", "ask the brokers too"), ConfigurationFiles.rulesOption, ConfigurationFiles.option,
    ])

  /// Checks every file, so that one run names everything that is wrong.
  static func run(_ arguments: Arguments, environment: [String: String]) throws {
    let files = ConfigurationFiles(arguments, environment: environment)
    var problems: [String] = []
    var exitCode = ExitCode.unavailable
    func check(_ name: String, _ body: () throws -> String) {
      do {
        print("\(name): \(try body())")
      } catch let failure as Failure {
        problems.append(failure.message)
        if failure.exitCode != .unavailable { exitCode = .badConfiguration }
      } catch {
        problems.append("\(name): \(error)")
        if (error as? KafkaError)?.recovery ?? .stop == .stop { exitCode = .badConfiguration }
      }
    }
    check("retaind.json") {
      let deployment = try files.deployment(environment: environment)
      _ = try files.client(deployment)
      return "group \(deployment.engine.group), brokers \(deployment.kafka["bootstrap.servers"] ?? "")"
    }
    check("rules.json") {
      let rules = try files.rules(at: arguments.value("rules"))
      let now = Instant(milliseconds: WallClock.system.milliseconds())
      let warnings = rules.advice(now: now).map { "\nwarning: rules.json: \($0)" }
      return try "in force are\n\(indented(rules))" + warnings.joined()
    }
    check("wording") {
      _ = try files.wording()
      return "\(Template.allCases.count) texts in \(Retention.Locale.allCases.map(\.rawValue).joined(separator: ", "))"
    }
    if arguments.isSet("connect"), problems.isEmpty {
      let deployment = try files.deployment(environment: environment)
      let connection = try ConnectionCheck(deployment, files.client(deployment))
      // When nobody answers, all the others would only wait in vain.
      for (name, part) in connection.parts {
        check(name, part)
        // When nobody answers, all the others would only wait in vain.
        if name == "brokers", !problems.isEmpty { break }
      }
      connection.close()
    }
    guard problems.isEmpty else { throw Failure(exitCode, problems.joined(separator: "\n")) }
  }
}
