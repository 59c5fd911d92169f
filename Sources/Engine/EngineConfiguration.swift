import Kafka
import Retention

/// The names of the topics.
public struct Topics: Sendable, Equatable {
  /// `order.*` events.
  public var orders = "orders"
  /// `shipment.*` events.
  public var shipments = "shipments"
  /// `browse.*` events.
  public var browsing = "browsing"
  /// `customer.*` events.
  public var customers = "customers"
  /// Notices for customers.
  public var notifications = "notifications"
  /// Changes of points accounts.
  public var ledger = "points-ledger"
  /// Input that cannot be processed.
  public var deadLetters = "retaind.dead-letters"
  /// The changelog of customers' state; compacted.
  public var state = "retaind.state"
  /// Input on its way to the partition that owns its customer.
  public var forward = "retaind.forward"

  /// The defaults.
  public init() {}

  /// The topics other services write.
  public var inputs: [String] { [orders, shipments, browsing, customers] }
  /// The topics that retaind writes.
  public var outputs: [String] { [notifications, ledger, deadLetters, state, forward] }

  /// Where an output stream is published.
  func topic(of stream: PublishedEvent.Stream) -> String {
    switch stream {
    case .notifications: notifications
    case .ledger: ledger
    }
  }
}

/// How the engine runs.
public struct EngineConfiguration: Sendable, Equatable {
  /// The consumer group, and the prefix of transactional identities.
  public var group: String
  /// Tells this process from the others of the group, the same at every start.
  public var instance = "1"
  /// The topics.
  public var topics = Topics()
  /// `ce_source` of what is published.
  public var source = "/retaind"
  /// How long one commit follows another, from beginning to beginning: what comes after a pause is committed at once. Of a
  /// backlog a unit of work takes input for as long.
  public var commitInterval = Duration.milliseconds(100)
  /// The most records a unit of work takes.
  public var commitRecords = 10_000
  /// How many records to publish a unit of work holds back before it writes them, at least 1.
  public var heldOutputs = 4_000
  /// How many of a unit of work's customers are kept decoded at once, at least 1: as many as the processor's cache holds, and those
  /// who come again and again.
  public var openCustomers = 256
  /// How long a worker waits that has nothing to do. Input, its timers and its end wake it before; what else is to be done
  /// by the clock may come so much later.
  public var idleWait = Duration.seconds(1)
  /// How often a checkpoint is taken.
  public var checkpointInterval = Duration.seconds(300)
  /// How long a restore may take before the process gives up and says why.
  public var restoreDeadline = Duration.seconds(600)
  /// When a topic is stopped for carrying too much that cannot be processed.
  public var deadLetterLimit = DeadLetterLimit()

  /// The defaults, for a group.
  public init(group: String = "retaind") { self.group = group }

  /// The stable name of one worker, used as `group.instance.id` and `transactional.id`.
  public func workerName(_ worker: Int) -> String { "\(group)-\(instance)-\(worker)" }
}
