import Engine
import Foundation
import Kafka
import Operations

/// The command line: finds the subcommand and turns what it throws into a message and an exit code.
@main
enum Retaind {
  static let spec = CommandSpec(
    name: "retaind", summary: "keeps an e-commerce shop's customers: events in, notices out, each exactly once",
    subcommands: [
      RunCommand.spec, DemoCommand.spec, CheckCommand.spec, ReplayCommand.spec, ScoreCommand.spec,
      CalibrateCommand.spec,
      StatusCommand.spec, CustomerCommand.spec, DeadLettersCommand.spec, VersionCommand.spec,
    ])

  static func main() {
    let environment = ProcessInfo.processInfo.environment
    do {
      let arguments = try spec.parse(CommandLine.arguments.dropFirst())
      switch arguments.command.dropFirst().first {
      case RunCommand.spec.name: try RunCommand.run(arguments, environment: environment)
      case DemoCommand.spec.name: try DemoCommand.run(arguments, environment: environment)
      case CheckCommand.spec.name: try CheckCommand.run(arguments, environment: environment)
      case ReplayCommand.spec.name: try ReplayCommand.run(arguments, environment: environment)
      case ScoreCommand.spec.name: try ScoreCommand.run(arguments, environment: environment)
      case CalibrateCommand.spec.name: try CalibrateCommand.run(arguments, environment: environment)
      case CustomerCommand.spec.name: try CustomerCommand.run(arguments, environment: environment)
      case StatusCommand.spec.name: try StatusCommand.run(arguments, environment: environment)
      case DeadLettersCommand.spec.name: try DeadLettersCommand.run(arguments, environment: environment)
      default: VersionCommand.run(arguments)
      }
    } catch let error as CommandLineExit {
      finish(error.text, error.exitCode)
    } catch let failure as Failure {
      finish("retaind: \(failure.message)", failure.exitCode)
    } catch let stop as Stop {
      finish("retaind: \(stop)", stop.exitCode)
    } catch let error as KafkaError {
      finish("retaind: \(error)", error.recovery == .stop ? .badConfiguration : .unavailable)
    } catch {
      finish("retaind: \(reason(error))", .software)
    }
  }

  /// Help goes to standard output, everything else to standard error.
  private static func finish(_ text: String, _ code: ExitCode) -> Never {
    let output = code == .success ? FileHandle.standardOutput : FileHandle.standardError
    output.write(Data((text + "\n").utf8))
    exit(code.rawValue)
  }
}

extension Stop {
  /// The exit code that tells a service manager what kind of problem it is.
  var exitCode: ExitCode {
    switch kind {
    case .configuration, .fenced: .badConfiguration
    case .data: .badData
    case .unavailable: .unavailable
    }
  }
}
