import Kafka

@testable import Engine

/// A read-committed reader of the simulated cluster. A poll that fails loses what it had fetched, as the real one does.
final class MemoryChangelogReader: ChangelogReader {
  private let cluster: MemoryCluster
  private var positions: [TopicPartition: Offset] = [:]
  /// The ends that were told; each is told once.
  private var told: [TopicPartition: Offset] = [:]

  init(_ cluster: MemoryCluster) { self.cluster = cluster }

  func bounds(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> Watermarks {
    try cluster.faults.run(.bounds) {
      let log = cluster.logs[partition] ?? MemoryLog(partition)
      return Watermarks(low: log.low, high: log.high)
    }
  }

  func assign(_ positions: [TopicPartition: Offset]) throws(KafkaError) {
    try cluster.faults.run(.readerAssign) {
      self.positions = positions
      told = [:]
    }
  }

  func poll(limit: Int, timeout: Duration) throws(KafkaError) -> Poll {
    var records: [OwnedRecord] = []
    var ends: [TopicPartition: Offset] = [:]
    let limit = min(limit, cluster.fetchLimit)
    for (id, position) in positions.sorted(by: { $0.key < $1.key }) {
      guard let log = cluster.logs[id] else { continue }
      let (read, next) = log.read(from: position, limit: limit - records.count)
      records += read
      positions[id] = next
      guard next == log.lastStable, told[id] != next else { continue }
      ends[id] = next
      told[id] = next
    }
    return try cluster.faults.run(.readerPoll) { Poll(records: RecordBatch(records), ends: ends) }
  }

  @discardableResult
  func close(timeout: Duration) -> Bool { true }
}
