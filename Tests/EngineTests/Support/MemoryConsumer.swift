import Kafka

@testable import Engine

/// A member of the simulated cluster's group.
final class MemoryConsumer: GroupConsumer {
  private let cluster: MemoryCluster
  private let name: String
  private var token = 0
  private var topics: [String] = []
  private var positions: [TopicPartition: Offset] = [:]
  /// What the group gave it and it has not given back.
  private var share: [TopicPartition]?
  /// A loss was polled and not answered yet.
  private var isLosing = false
  private var turn = 0

  init(_ cluster: MemoryCluster, _ name: String) {
    self.cluster = cluster
    self.name = name
  }

  func subscribe(_ topics: [String]) throws(KafkaError) {
    self.topics = topics
    token = cluster.group.join(name, topics)
  }

  func poll(limit: Int, timeout: Duration) throws(KafkaError) -> Poll {
    try cluster.faults.run(.poll) { () throws(KafkaError) in
      guard !cluster.group.isFenced(token) else {
        throw KafkaError(code: "FENCED_INSTANCE_ID", message: name, operation: "poll", recovery: .stop)
      }
      // What lies in the fetch queue comes along with a rebalance.
      let records = cluster.group.mayFetch(token) && !isLosing ? fetch(min(limit, cluster.fetchLimit)) : []
      return Poll(records: RecordBatch(records), rebalance: nextRebalance())
    }
  }

  private func nextRebalance() -> Rebalance? {
    guard !isLosing else { return nil }
    if cluster.group.isMember(token) {
      let rebalance = cluster.group.next(for: token)
      if case .assigned(let partitions) = rebalance { share = partitions }
      return rebalance
    }
    if let share {
      isLosing = true
      return .revoked(share, lost: true)
    }
    token = cluster.group.join(name, topics)
    return nil
  }

  /// Some of each partition, beginning with another one each time.
  private func fetch(_ limit: Int) -> [OwnedRecord] {
    let ids = positions.keys.sorted()
    turn += 1
    var records: [OwnedRecord] = []
    for index in ids.indices {
      let id = ids[(index + turn) % ids.count]
      guard let log = cluster.logs[id], let position = positions[id] else { continue }
      let (read, next) = log.read(from: position, limit: limit - records.count)
      records += read
      positions[id] = next
    }
    return records
  }

  func assign(_ positions: [TopicPartition: Offset]) throws(KafkaError) {
    try cluster.faults.run(.assign) { self.positions = positions }
  }

  func unassign() throws(KafkaError) {
    try cluster.faults.run(.unassign) {
      positions = [:]
      share = nil
      isLosing = false
      cluster.group.answerRevocation(token)
    }
  }

  func committed(
    _ partitions: [TopicPartition], timeout: Duration
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    try cluster.faults.run(.committed) { () throws(KafkaError) in
      if let partition = partitions.first(where: cluster.coordinator.isUnstable) {
        throw KafkaError(
          code: "UNSTABLE_OFFSET_COMMIT", message: "\(partition)", operation: "committed", recovery: .retry)
      }
      return cluster.committedOffsets.filter { partitions.contains($0.key) }
    }
  }

  func watermarks(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> Watermarks {
    try cluster.faults.run(.watermarks) {
      let log = cluster.logs[partition] ?? MemoryLog(partition)
      return Watermarks(low: log.low, high: log.lastStable)
    }
  }

  func groupMetadata() throws(KafkaError) -> GroupMetadata {
    try cluster.faults.run(.groupMetadata) { Membership(token: token, generation: cluster.group.generation).metadata }
  }

  /// A static member that closes stays in the group until its session ends.
  @discardableResult
  func close(timeout: Duration) -> Bool { true }
}

/// What a member proves itself with, as it goes through `GroupMetadata`.
struct Membership {
  let token: Int
  let generation: Int

  var metadata: GroupMetadata { GroupMetadata(bytes: Array("\(token) \(generation)".utf8)) }

  static func isValid(_ metadata: GroupMetadata, in group: MemoryGroup) -> Bool {
    group.tokens.contains { Membership(token: $0, generation: group.generation).metadata == metadata }
  }
}
