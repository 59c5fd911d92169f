import Kafka
import Operations

/// The cluster that the configuration names, through librdkafka.
public final class KafkaCluster: Cluster {
  private let client: ClientConfiguration
  private let engine: EngineConfiguration
  private let observer: ClientObserver
  private let waker = Waker()

  /// A cluster reached with the client properties of `client`; what librdkafka logs goes to `log`, and its statistics, as
  /// JSON every 15 seconds unless the properties say otherwise, to `statistics`.
  public init(
    _ client: ClientConfiguration, _ engine: EngineConfiguration, log: Log,
    statistics: (@Sendable (String) -> Void)? = nil
  ) {
    var client = client
    if statistics != nil {
      client.properties.merge(["statistics.interval.ms": "15000"]) { configured, _ in configured }
    }
    self.client = client
    self.engine = engine
    observer = .logging(to: log, statistics: statistics)
  }

  /// A static member of the group, named after the worker.
  public func makeConsumer(worker: Int) throws(KafkaError) -> any GroupConsumer {
    var properties = client.properties
    properties["group.id"] = engine.group
    properties["group.instance.id"] = engine.workerName(worker)
    return try Consumer(ClientConfiguration(properties: properties), observer: observer, waker: waker)
  }

  /// Ends the waits of the members that this made, from any thread.
  public func wake() { waker.wake() }

  /// A producer named after the worker.
  public func makeProducer(worker: Int) throws(KafkaError) -> any TransactionProducer {
    try TransactionalProducer(client, transactionalID: engine.workerName(worker), observer: observer)
  }

  /// A reader outside the group.
  public func makeChangelogReader() throws(KafkaError) -> any ChangelogReader {
    try KafkaChangelogReader(client, group: engine.group, observer: observer)
  }

  /// Asks the brokers.
  public func partitionCounts(of topics: [String]) throws(KafkaError) -> [String: Int] {
    let admin = try Admin(client, observer: observer)
    defer { admin.close() }
    // A listing of all: to ask for one topic would create it where the broker creates what it is asked for.
    var counts: [String: Int] = [:]
    for topic in try admin.topics(timeout: .seconds(30)) where topics.contains(topic.name) && topic.error == nil {
      counts[topic.name] = topic.partitionCount
    }
    return counts
  }
}

extension ClientObserver {
  /// One that writes what librdkafka logs to `log`.
  public static func logging(to log: Log, statistics: (@Sendable (String) -> Void)? = nil) -> ClientObserver {
    let write: @Sendable (ClientLog) -> Void = { line in
      let fields: LogFields = ["facility": .string(line.facility)]
      // The same properties go to consumers and producers, and each warns of those that are the other's.
      switch line.facility == "CONFWARN" ? 7 : line.level {
      case ...3: log.error("kafka-client", line.message, fields)
      case 4: log.warning("kafka-client", line.message, fields)
      default: log.debug("kafka-client", line.message, fields)
      }
    }
    return ClientObserver(log: write, statistics: statistics)
  }
}

extension Consumer: GroupConsumer {}
extension TransactionalProducer: TransactionProducer {}

/// Reads the changelog with two clients, because librdkafka looks offsets up under the isolation level that it reads with.
final class KafkaChangelogReader: ChangelogReader {
  private let committed: Consumer
  private let uncommitted: Consumer

  init(_ client: ClientConfiguration, group: String, observer: ClientObserver) throws(KafkaError) {
    func reader(_ isolation: String) throws(KafkaError) -> Consumer {
      var reading = client.forReading()
      // Nothing is committed and nothing is subscribed: the group is only there because a consumer must have one.
      reading.properties["group.id"] = group
      reading.properties["isolation.level"] = isolation
      return try Consumer(reading, observer: observer)
    }
    committed = try reader("read_committed")
    uncommitted = try reader("read_uncommitted")
  }

  /// The client that reads is asked for the beginning, which is the same for both, so that it knows the partition's leader when
  /// it is assigned: one that hears of a topic after it has connected looks for the leaders up to a second later.
  func bounds(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> Watermarks {
    try committed.watermarks(of: partition, endSeenBy: uncommitted, timeout: timeout)
  }

  func assign(_ positions: [TopicPartition: Offset]) throws(KafkaError) { try committed.assign(positions) }

  func poll(limit: Int, timeout: Duration) throws(KafkaError) -> Poll {
    try committed.poll(limit: limit, timeout: timeout)
  }

  func close(timeout: Duration) -> Bool {
    let areClosed = [committed.close(timeout: timeout), uncommitted.close(timeout: timeout)]
    return !areClosed.contains(false)
  }
}
