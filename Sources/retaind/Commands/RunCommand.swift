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
      """,
    options: [ConfigurationFiles.option])

  static func run(_ arguments: Arguments, environment: [String: String]) throws {
    // Before any thread is made, so that all of them have the signals blocked.
    let signals = Signals.block()
    let files = ConfigurationFiles(arguments, environment: environment)
    let deployment = try files.deployment(environment: environment)
    let program = try RetentionProgram(
      rules: files.rules(), wording: files.wording(), decoder: deployment.decoder)
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
      deployment: deployment, client: client, program: program, storage: storage, log: log, signals: signals,
      service: ServiceManager(environment: environment, processID: getpid(), log: log))
    try daemon.run()
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
