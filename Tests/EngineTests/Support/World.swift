import Kafka
import Operations
import Simulation
import Synchronization
import Testing

@testable import Engine
@testable import Retention

/// A cluster, a disk and clocks with workers on them; two partitions of everything that is partitioned by customer.
final class World {
  /// It did not come to rest.
  struct Restless: Error, CustomStringConvertible {
    let description: String
  }

  let cluster: SimulatedCluster
  let storage = SimulatedDisk()
  let clock = Timeline(now: Shop.now)
  /// The one process that all workers are of.
  let host: SimulatedHost
  let board = StatusBoard()
  let topics = Topics()
  let business: RetentionProgram
  let source: BusinessSource
  var configuration = EngineConfiguration()
  var partitioning = Partitioning(count: 2)
  private(set) var workers: [Int: Worker] = [:]
  private let lines = LogLines()

  /// `counts` replaces the partition counts of single topics; `browsing` has three partitions, so that it is forwarded.
  init(_ counts: [String: Int] = [:]) throws {
    business = try Shop.program()
    source = BusinessSource(business)
    var all = Dictionary(uniqueKeysWithValues: (topics.inputs + topics.outputs).map { ($0, 2) })
    all[topics.browsing] = 3
    all[topics.deadLetters] = 1
    cluster = SimulatedCluster(all.merging(counts) { $1 }, timeline: clock)
    host = SimulatedHost(cluster, instance: "worker")
    // A unit of work's transaction is open as soon as there is anything to publish: what fails then is the harder case.
    configuration.heldOutputs = 1
  }

  /// What was logged so far.
  var logLines: [String] { lines.all }

  /// A new worker; a former one of the number is dropped without a word, as if its process had been killed. Another cluster
  /// or business may stand in for it alone, and a board of its own makes it another process.
  @discardableResult
  func start(
    _ number: Int = 0, on other: (any Cluster)? = nil, with business: (any Business)? = nil, board: StatusBoard? = nil
  ) -> Worker {
    var settings = Log.Configuration()
    settings.minimumLevel = .debug
    settings.foldWindow = .zero
    let log = Log(settings, to: .lines { [lines] line in lines.append(line) })
    let worker = Worker(
      number: number, configuration: configuration, partitioning: partitioning, cluster: other ?? host,
      business: business.map { BusinessSource($0) } ?? source, storage: storage, clock: clock, log: log,
      board: board ?? self.board)
    workers[number] = worker
    return worker
  }

  /// Kills a worker: nothing of it happens any more.
  func kill(_ number: Int) { workers[number] = nil }

  /// Steps all workers in turn, letting time pass, until everything is processed and nothing is due.
  func settle(rounds: Int = 400) throws {
    for _ in 0..<rounds {
      for (_, worker) in workers.sorted(by: { $0.key < $1.key }) { _ = try worker.step() }
      clock.pass(.milliseconds(200))
      if isSettled { return }
    }
    throw Restless(
      description: "not at rest after \(rounds) rounds; the last lines logged:\n"
        + logLines.suffix(12).joined(separator: "\n"))
  }

  /// Steps one worker until it stops; nil when it does not within `rounds`.
  func stop(of worker: Worker, rounds: Int = 400) -> Stop? {
    for _ in 0..<rounds {
      do { _ = try worker.step() } catch { return error }
      clock.pass(.milliseconds(200))
    }
    return nil
  }

  /// Whether every worker has its share, its states and nothing left to do.
  var isSettled: Bool {
    cluster.group.isStable && cluster.coordinator.isIdle && !workers.isEmpty && workers.values.allSatisfy(isAtRest)
      && hasReadAll
  }

  private func isAtRest(_ worker: Worker) -> Bool {
    worker.isAssigned && worker.unprepared == nil && worker.restoration == nil && worker.assignment.isRestored
      && worker.unit.isEmpty && worker.suspectUntil == nil
      && worker.assignment.states.values.allSatisfy { ($0.timers.earliest ?? .init(milliseconds: .max)) > clock.now }
  }

  private var hasReadAll: Bool {
    let stopped = Set(workers.values.flatMap { $0.assignment.stoppedTopics })
    return cluster.logs.allSatisfy { id, log in
      guard (topics.inputs + [topics.forward]).contains(id.topic), !stopped.contains(id.topic) else { return true }
      return log.read(from: cluster.committedOffsets[id] ?? log.low, limit: 1).records.isEmpty
    }
  }
}

/// What was logged.
private final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }
  func append(_ line: String) { lines.withLock { $0.append(line) } }
}

extension World {
  /// What a read-committed consumer of the outputs sees.
  var notifications: [Published] { cluster.committed(topics.notifications).map(Published.init) }
  var ledger: [Published] { cluster.committed(topics.ledger).map(Published.init) }
  var deadLetters: [Published] { cluster.committed(topics.deadLetters).map(Published.init) }

  /// The kinds of the notices a customer got, in order.
  func kinds(for customer: String) -> [String] {
    notifications.filter { $0.customer == customer }.map { String($0.type.dropFirst("retention.".count)) }
  }

  /// The facets that the changelog holds, by its keys: what a restore brings back.
  var storedState: [[UInt8]: [UInt8]] {
    cluster.committed(topics.state).reduce(into: [:]) { state, record in state[record.key ?? []] = record.value }
  }

  /// Another service writes an event where its customer belongs, unless a partition is given.
  @discardableResult
  func send(_ event: [UInt8], for customer: String, to topic: String = "orders", _ partition: Int32? = nil)
    -> TopicPartition
  {
    cluster.write(topic, partition, key: Array(customer.utf8), value: event)
  }
}

// Neither a table of customers nor a unit of work can be copied, which an expectation would do.
extension StatePartition {
  /// How many customers it remembers.
  var customerCount: Int { customers.count }
}

extension Worker {
  /// Whether there is nothing in its unit of work.
  var isIdle: Bool { unit.isEmpty }
  /// Whether its unit of work has begun a transaction.
  var isInTransaction: Bool { unit.isOpen }
}
