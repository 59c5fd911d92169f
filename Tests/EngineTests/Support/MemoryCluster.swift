import Kafka

@testable import Engine

/// A Kafka cluster in memory, behind the engine's protocols: partitions, transactions with last stable offset and fencing,
/// one consumer group, and faults on demand. Everything happens in the calls themselves, so that runs repeat.
///
/// It is `Sendable` by decree: a test drives all workers from its one thread.
final class MemoryCluster: Cluster, @unchecked Sendable {
  /// A transaction that was committed.
  struct Transaction {
    let written: Set<TopicPartition>
    let offsets: [TopicPartition: Offset]
  }

  let faults = FaultScript()
  var group: MemoryGroup
  var coordinator = MemoryCoordinator()
  var logs: [TopicPartition: MemoryLog] = [:]
  /// What the group has committed.
  var committedOffsets: [TopicPartition: Offset] = [:]
  /// Every transaction that was committed, in order.
  var transactions: [Transaction] = []
  /// The most records that a poll brings.
  var fetchLimit = 500
  /// What `partitionCounts` answers next instead of the truth, once.
  var countsOnce: [String: Int]?
  private let counts: [String: Int]

  /// A cluster with these topics.
  init(_ counts: [String: Int]) {
    self.counts = counts
    group = MemoryGroup(partitionCounts: counts)
    for (topic, count) in counts {
      for partition in 0..<count {
        let id = TopicPartition(topic: topic, partition: Partition(Int32(partition)))
        logs[id] = MemoryLog(id)
      }
    }
  }

  static func name(_ worker: Int) -> String { "worker-\(worker)" }

  func makeConsumer(worker: Int) throws(KafkaError) -> any GroupConsumer {
    try faults.run(.makeConsumer) { MemoryConsumer(self, Self.name(worker)) }
  }

  func makeProducer(worker: Int) throws(KafkaError) -> any TransactionProducer {
    try faults.run(.makeProducer) { MemoryProducer(self, Self.name(worker)) }
  }

  func makeChangelogReader() throws(KafkaError) -> any ChangelogReader { MemoryChangelogReader(self) }

  func partitionCounts(of topics: [String]) throws(KafkaError) -> [String: Int] {
    defer { countsOnce = nil }
    return try faults.run(.partitionCounts) { (countsOnce ?? counts).filter { topics.contains($0.key) } }
  }

  /// Another service writes a record, in a topic's partition or where its key says.
  @discardableResult
  func write(
    _ topic: String, _ partition: Int32? = nil, key: [UInt8]? = nil, value: [UInt8]?, headers: [Header] = [],
    timestamp: Int64? = 1_795_322_000_000
  ) -> TopicPartition {
    let id = place(topic, partition.map { Partition($0) }, key)
    logs[id]?.append(key: key, value: value, headers: headers, timestamp: timestamp, transaction: nil)
    return id
  }

  /// What a read-committed consumer sees of a topic, partition by partition.
  func committed(_ topic: String) -> [OwnedRecord] {
    logs.keys.filter { $0.topic == topic }.sorted().flatMap { logs[$0]?.committed ?? [] }
  }

  /// The partition a producer chooses, as Java clients do.
  func place(_ topic: String, _ partition: Partition?, _ key: [UInt8]?) -> TopicPartition {
    let count = Int32(counts[topic] ?? 1)
    let chosen = partition ?? Partition(key.map { Int32(bitPattern: murmur2($0) & 0x7fff_ffff) % count } ?? 0)
    return TopicPartition(topic: topic, partition: chosen)
  }

  /// Ends the open transaction of a producer; its offsets become the group's when it commits.
  func end(_ producer: String, commits: Bool) {
    guard let open = coordinator.close(producer) else { return }
    for id in open.written.sorted() { logs[id]?.end(transaction: open.number, commits: commits) }
    guard commits else { return }
    committedOffsets.merge(open.offsets) { $1 }
    transactions.append(Transaction(written: open.written, offsets: open.offsets))
  }

  /// The coordinator gives up a transaction that took too long; its producer is fenced.
  func expireTransaction(worker: Int) {
    end(Self.name(worker), commits: false)
    coordinator.fence(Self.name(worker))
  }

  /// The session of a worker ends without it knowing.
  func expireSession(worker: Int) { group.remove(Self.name(worker)) }
}
