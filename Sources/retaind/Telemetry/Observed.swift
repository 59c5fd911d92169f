import Engine
import Operations
import Retention
import Synchronization

/// What metrics and status are made of, as of one moment.
struct Observed {
  let deployment: Deployment
  let rulesVersion: String
  let startedAt: Instant
  let moment: Moment
  let tally: Tally
  let incidents: Incidents
  let workers: [Int: WorkerStatus]
  let details: [Int: WorkerDetail]
  let stalls: [Stall]
  let stoppedTopics: [String]
  let stoppedPartitions: [String]
  let committedAt: Instant?
  let isReady: Bool
  let clients: [ClientStatistics]
  let process: ProcessUsage?

  /// Whether every worker moves.
  var isHealthy: Bool { stalls.isEmpty }

  /// The part of the records that had to be handed on to another partition, from 0 to 1.
  var forwardedShare: Double {
    tally.records == 0 ? 0 : Double(tally.forwarded.values.reduce(0, +)) / Double(tally.records)
  }

  /// Offsets behind, over all partitions whose end is known.
  var lag: Int64 { details.values.flatMap(\.inputs).compactMap(\.lag).reduce(0, +) }

  /// For how many seconds the worker's transaction has been open; nil when none is.
  func transactionAge(_ worker: Int) -> Double? {
    workers[worker]?.unitSince.map { max(0, (moment.elapsed - $0) / .seconds(1)) }
  }
}

/// Looks at a running daemon. Called from the telemetry's thread.
final class Observer: Sendable {
  private let deployment: Deployment
  private let board: StatusBoard
  private let startedAt: Instant
  private let rules: Mutex<String>
  private let clients = Mutex<[String: (statistics: ClientStatistics, at: Duration)]>([:])

  /// librdkafka reports every 15 seconds; a client that has not for four times that is gone.
  private static let clientPatience = Duration.seconds(60)

  init(_ deployment: Deployment, rulesVersion: String, board: StatusBoard) {
    self.deployment = deployment
    self.board = board
    rules = Mutex(rulesVersion)
    startedAt = SystemClock().read().now
  }

  /// Other rules are in force.
  func note(rulesVersion: String) { rules.withLock { $0 = rulesVersion } }

  /// What a client says of itself, librdkafka's JSON.
  func note(statistics json: String) {
    guard let statistics = ClientStatistics(json: json) else { return }
    let now = SystemClock().read().elapsed
    clients.withLock { $0[statistics.name] = (statistics, now) }
  }

  func look() -> Observed {
    let moment = SystemClock().read()
    let clients = clients.withLock { clients in
      clients = clients.filter { moment.elapsed - $0.value.at < Self.clientPatience }
      return clients.values.map(\.statistics)
    }
    return Observed(
      deployment: deployment, rulesVersion: rules.withLock { $0 }, startedAt: startedAt, moment: moment,
      tally: board.tally, incidents: board.incidents, workers: board.workers, details: board.details,
      stalls: board.stalls(at: moment.elapsed), stoppedTopics: board.stoppedTopics,
      stoppedPartitions: board.stoppedPartitions.sorted().map(\.description), committedAt: board.committedAt,
      isReady: board.isReady(deployment.workerCount) && board.isAttended(at: moment.elapsed), clients: clients,
      process: ProcessUsage.now())
  }
}
