import Engine
import Kafka

/// A read-committed reader of the simulated cluster. A poll that fails loses what it had fetched, as the real one does.
final class SimulatedReader: ChangelogReader {
  private let host: SimulatedHost
  private var positions: [TopicPartition: Offset] = [:]
  private var reached = ReachedEnds()

  private var cluster: SimulatedCluster { host.cluster }

  init(_ host: SimulatedHost) { self.host = host }

  func bounds(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> Watermarks {
    try host.call(.bounds) { () throws(KafkaError) in
      try host.wait(timeout, "bounds", recovery: .retry) {
        host.reachesBrokers && !cluster.leaderless.contains(partition)
      }
      let log = cluster.logs[partition] ?? PartitionLog(partition)
      return Watermarks(low: log.low, high: log.high)
    }
  }

  func assign(_ positions: [TopicPartition: Offset]) throws(KafkaError) {
    try host.call(.readerAssign) {
      self.positions = positions
      reached = ReachedEnds()
    }
  }

  func poll(limit: Int, timeout: Duration) throws(KafkaError) -> Poll {
    var records: [OwnedRecord] = []
    let limit = min(limit, cluster.fetchLimit)
    for (id, position) in host.reachesBrokers ? positions.sorted(by: { $0.key < $1.key }) : [] {
      guard let log = cluster.logs[id], !cluster.leaderless.contains(id) else { continue }
      let (read, next) = log.read(from: position, limit: limit - records.count)
      records += read
      positions[id] = next
    }
    let ends = host.reachesBrokers ? reached.next(positions, in: cluster) : [:]
    return try host.call(.readerPoll) { Poll(records: RecordBatch(records), ends: ends) }
  }

  @discardableResult
  func close(timeout: Duration) -> Bool { true }
}
