import Kafka
import Simulation

@testable import Engine

/// A cluster whose consumers hand out other records than they fetched, when a test wants them to.
///
/// It is `Sendable` by decree: a test drives all workers from its one thread.
final class LyingCluster: Cluster, @unchecked Sendable {
  private let honest: SimulatedHost
  /// What becomes of the next records that are fetched; it is used once.
  var distort: (([OwnedRecord]) -> [OwnedRecord])?
  /// All records that were handed out.
  private(set) var delivered: [OwnedRecord] = []

  init(_ honest: SimulatedHost) { self.honest = honest }

  func makeConsumer(worker: Int) throws(KafkaError) -> any GroupConsumer {
    LyingConsumer(self, try honest.makeConsumer(worker: worker))
  }

  func makeProducer(worker: Int) throws(KafkaError) -> any TransactionProducer {
    try honest.makeProducer(worker: worker)
  }

  func makeChangelogReader() throws(KafkaError) -> any ChangelogReader { try honest.makeChangelogReader() }

  func partitionCounts(of topics: [String]) throws(KafkaError) -> [String: Int] {
    try honest.partitionCounts(of: topics)
  }

  fileprivate func handOut(_ fetched: [OwnedRecord]) -> [OwnedRecord] {
    var records = fetched
    if let distort, !fetched.isEmpty {
      records = distort(fetched)
      self.distort = nil
    }
    delivered += records
    return records
  }
}

private final class LyingConsumer: GroupConsumer {
  private let cluster: LyingCluster
  private let honest: any GroupConsumer

  init(_ cluster: LyingCluster, _ honest: any GroupConsumer) {
    self.cluster = cluster
    self.honest = honest
  }

  func poll(limit: Int, timeout: Duration) throws(KafkaError) -> Poll {
    let poll = try honest.poll(limit: limit, timeout: timeout)
    var records: [OwnedRecord] = []
    for index in 0..<poll.records.count { poll.records.withRecord(at: index) { records.append($0.owned()) } }
    return Poll(
      records: RecordBatch(cluster.handOut(records)), rebalance: poll.rebalance, ends: poll.ends, errors: poll.errors)
  }

  func subscribe(_ topics: [String]) throws(KafkaError) { try honest.subscribe(topics) }
  func assign(_ positions: [TopicPartition: Offset]) throws(KafkaError) { try honest.assign(positions) }
  func unassign() throws(KafkaError) { try honest.unassign() }
  func knownEnd(of partition: TopicPartition) -> Offset? { honest.knownEnd(of: partition) }
  func groupMetadata() throws(KafkaError) -> GroupMetadata { try honest.groupMetadata() }
  func close(timeout: Duration) -> Bool { honest.close(timeout: timeout) }

  func committed(
    _ partitions: [TopicPartition], timeout: Duration
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    try honest.committed(partitions, timeout: timeout)
  }

  func watermarks(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> Watermarks {
    try honest.watermarks(of: partition, timeout: timeout)
  }
}
