import Engine
import Foundation
import Kafka
import Operations
import Retention

/// `retaind run`
enum RunCommand {
  static let spec = CommandSpec(
    name: "run", summary: "run the daemon",
    discussion: """
      Joins the consumer group and works until SIGTERM or SIGINT, then finishes the unit of work, writes checkpoints, leaves \
      and ends with 0. Logs one JSON object a line to standard output. Tells systemd when it is ready and when it stops.

      SIGHUP reads the rules and the wording again; when they are bad, the old ones stay in force. SIGUSR1 logs a status.
      """,
    options: [ConfigurationFiles.option])

  static func run(_ arguments: Arguments, environment: [String: String]) throws {
    // Before any thread is made, so that all of them have the signals blocked.
    let signals = Signals.block()
    let files = ConfigurationFiles(arguments, environment: environment)
    let deployment = try files.deployment(environment: environment)
    let edition = try Edition(files, deployment)
    let client = try files.client(deployment)
    let storage: CheckpointDirectory
    do {
      storage = try CheckpointDirectory(
        path: "\(deployment.stateDirectory)/\(deployment.engine.group)", writer: deployment.engine.instance)
    } catch {
      throw Failure(.badConfiguration, "stateDirectory \(deployment.stateDirectory) cannot be used: \(reason(error))")
    }
    let log = Log(deployment.logConfiguration(environment: environment))
    let daemon = Daemon(
      deployment: deployment, client: client, edition: edition, readAgain: { try Edition(files, deployment) },
      storage: storage, log: log, signals: signals,
      service: ServiceManager(environment: environment, processID: getpid(), log: log))
    try daemon.run()
  }
}

/// The rules and the wording as they stood in the files at one time.
struct Edition {
  let version: String
  let program: RetentionProgram

  init(_ files: ConfigurationFiles, _ deployment: Deployment) throws {
    let rules = try files.rules()
    version = rules.version
    program = try RetentionProgram(rules: rules, wording: files.wording(), decoder: deployment.decoder)
  }
}

extension Deployment {
  /// The decoder with this installation's bounds.
  var decoder: EventDecoder {
    EventDecoder(maxFutureSkew: .seconds(maxFutureSkewSeconds), maxRecordBytes: Int(maxRecordBytes))
  }

  var workerCount: Int { workers > 0 ? Int(workers) : ProcessInfo.processInfo.activeProcessorCount }

  func logConfiguration(environment: [String: String]) -> Log.Configuration {
    var configuration = Log.Configuration()
    configuration.minimumLevel = log.level
    configuration.format = log.format == .json ? .json : .text(colour: isatty(1) != 0)
    configuration.showsCustomerIds = log.customerIds
    configuration.hasSyslogPrefix = JournalStream(environment["JOURNAL_STREAM"])?.isConnected(to: 1) ?? false
    return configuration
  }
}
