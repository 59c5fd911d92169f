import Engine
import Kafka

/// A Kafka cluster in memory: partitions, transactions with last stable offset and fencing, one consumer group, and
/// faults on demand. Everything happens in the calls themselves or at a time of its `timeline`, so that runs repeat.
///
/// It is `Sendable` by decree: one simulation is driven by one thread.
package final class SimulatedCluster: @unchecked Sendable {
  package let timeline: Timeline
  package let faults = FaultScript()
  package let group: GroupCoordinator
  package private(set) var coordinator: TransactionCoordinator
  package var logs: [TopicPartition: PartitionLog] = [:]
  /// What the group has committed.
  package var committedOffsets: [TopicPartition: Offset] = [:]
  /// The most records that a poll brings.
  package var fetchLimit = 500
  /// What `partitionCounts` answers next instead of the truth, once.
  package var countsOnce: [String: Int]?
  /// Partitions that have no leader: nothing is written to or read from them.
  package var leaderless: Set<TopicPartition> = []
  /// Whether a producer keeps what it was given for later.
  package var holdsBack: () -> Bool = { false }
  /// A call that has to wait lets so much time pass at once; nil: nothing can happen meanwhile, and it fails instead.
  package var patience: Duration?
  /// Called before and after each call of a client: here other things may happen, also to the caller.
  package var interlude: ((SimulatedHost, Call) -> Void)?
  /// Told what happens, when somebody wants to know.
  package var trace: ((String) -> Void)?
  package let counts: [String: Int]
  private var outages = 0

  /// A cluster with these topics and their partition counts.
  package init(_ counts: [String: Int], timeline: Timeline) {
    self.counts = counts
    self.timeline = timeline
    group = GroupCoordinator(partitionCounts: counts, timeline: timeline)
    coordinator = TransactionCoordinator(
      timeline: timeline, effects: .init(mark: { _, _, _ in true }, commitOffsets: { _ in }))
    for (topic, count) in counts {
      for partition in 0..<count {
        let id = TopicPartition(topic: topic, partition: Partition(Int32(partition)))
        logs[id] = PartitionLog(id)
      }
    }
    coordinator = TransactionCoordinator(
      timeline: timeline,
      effects: .init(
        mark: { [weak self] in self?.mark($0, $1, commits: $2) ?? true },
        commitOffsets: { [weak self] in self?.committedOffsets.merge($0) { $1 } }))
  }

  /// Whether all brokers are away.
  package var isAway: Bool { outages > 0 }

  /// All brokers go away for a while; what they knew they know when they are back.
  package func goAway(for duration: Duration) {
    outages += 1
    group.isAway = true
    timeline.schedule(after: duration) { [weak self] in
      guard let self else { return }
      outages -= 1
      group.isAway = isAway
    }
  }

  /// Another service writes a record, in a topic's partition or where its key says.
  @discardableResult
  package func write(
    _ topic: String, _ partition: Int32? = nil, key: [UInt8]? = nil, value: [UInt8]?, headers: [Header] = [],
    timestamp: Int64? = 1_795_322_000_000
  ) -> TopicPartition {
    let id = place(topic, partition.map { Partition($0) }, key)
    logs[id]?.append(key: key, value: value, headers: headers, timestamp: timestamp, transaction: nil)
    return id
  }

  /// What a read-committed consumer sees of a topic, partition by partition.
  package func committed(_ topic: String) -> [OwnedRecord] {
    (0..<(counts[topic] ?? 0)).flatMap { number in
      logs[TopicPartition(topic: topic, partition: Partition(Int32(number)))]?.committed ?? []
    }
  }

  /// The partition a producer chooses, as Java clients do.
  func place(_ topic: String, _ partition: Partition?, _ key: [UInt8]?) -> TopicPartition {
    let count = Int32(counts[topic] ?? 1)
    let chosen = partition ?? Partition(key.map { Int32(bitPattern: murmur2($0) & 0x7fff_ffff) % count } ?? 0)
    return TopicPartition(topic: topic, partition: chosen)
  }

  private func mark(_ partition: TopicPartition, _ transaction: Int, commits: Bool) -> Bool {
    guard !isAway, !leaderless.contains(partition) else { return false }
    logs[partition]?.end(transaction: transaction, commits: commits)
    return true
  }
}
