import Testing

@testable import Kafka

/// A cluster of one test, with clients that reach it.
struct Wire {
  let broker: EmbeddedBroker

  /// Long enough for any machine; a test that waits this long has failed.
  static let patience: Duration = .seconds(20)

  init(topic: String? = nil, partitions: Int = 1, brokers: Int = 1) throws {
    broker = try EmbeddedBroker(brokers: brokers)
    if let topic { try broker.createTopic(topic, partitions: partitions) }
  }

  func configuration(_ properties: [String: String] = [:]) -> ClientConfiguration {
    var configuration = broker.configuration
    // Retries in tests need no politeness.
    configuration.properties["reconnect.backoff.ms"] = "10"
    configuration.properties["reconnect.backoff.max.ms"] = "50"
    configuration.properties["retry.backoff.ms"] = "10"
    configuration.properties.merge(properties) { $1 }
    return configuration
  }

  func reader(_ properties: [String: String] = [:]) throws -> Consumer {
    let configuration = consumerConfiguration("readers", properties)
    return try Consumer(configuration.forReading(), observer: .silent)
  }

  func member(of group: String, _ properties: [String: String] = [:]) throws -> Consumer {
    try Consumer(consumerConfiguration(group, properties), observer: .silent)
  }

  private func consumerConfiguration(_ group: String, _ properties: [String: String]) -> ClientConfiguration {
    configuration(["group.id": group, "fetch.error.backoff.ms": "10"].merging(properties) { $1 })
  }

  /// A producer that has not called `initTransactions`.
  func rawProducer(_ id: String = "writer", _ properties: [String: String] = [:]) throws -> TransactionalProducer {
    try TransactionalProducer(configuration(properties), transactionalID: id, observer: .silent)
  }

  func producer(_ id: String = "writer", _ properties: [String: String] = [:]) throws -> TransactionalProducer {
    let producer = try rawProducer(id, properties)
    try producer.initTransactions(timeout: Wire.patience)
    return producer
  }
}

extension TransactionalProducer {
  /// Produces a record whose bytes are UTF-8.
  func produce(_ value: String?, to topic: String, partition: Int32? = 0, key: String? = nil) throws(KafkaError) {
    let key = key.map { Array($0.utf8) }
    let value = value.map { Array($0.utf8) }
    try produce(
      topic: topic, partition: partition.map { Partition($0) }, key: key?.span, value: value?.span)
  }

  func commit(values: [String], to topic: String, partition: Int32 = 0) throws(KafkaError) {
    try begin()
    for value in values { try produce(value, to: topic, partition: partition) }
    try commit()
  }
}

extension Consumer {
  /// Polls until the condition holds, with all that came, or fails the test.
  func poll(
    until isDone: (Seen) -> Bool, answering: ((Rebalance) throws -> Void)? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Seen {
    var seen = Seen()
    let deadline = ContinuousClock.now + Wire.patience
    while !isDone(seen) {
      guard ContinuousClock.now < deadline else {
        Issue.record("the condition did not come true; seen: \(seen)", sourceLocation: sourceLocation)
        return seen
      }
      try seen.add(poll(limit: 100, timeout: .milliseconds(20)))
      if let rebalance = seen.rebalances.last, rebalance != seen.answered {
        seen.answered = rebalance
        try answering?(rebalance)
      }
    }
    return seen
  }
}

/// All that several polls brought.
struct Seen {
  var records: [OwnedRecord] = []
  var rebalances: [Rebalance] = []
  var ends: [TopicPartition: Offset] = [:]
  var errors: [KafkaError] = []
  var answered: Rebalance?

  var values: [String] { records.map { String(decoding: $0.value ?? [], as: UTF8.self) } }

  mutating func add(_ poll: Poll) {
    for index in 0..<poll.records.count { records.append(poll.records.withRecord(at: index) { $0.owned() }) }
    if let rebalance = poll.rebalance { rebalances.append(rebalance) }
    ends.merge(poll.ends) { $1 }
    errors += poll.errors
  }
}

extension TopicPartition {
  init(_ topic: String, _ number: Int32) { self.init(topic: topic, partition: Partition(number)) }
}
