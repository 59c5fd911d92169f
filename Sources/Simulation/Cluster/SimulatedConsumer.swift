import Engine
import Kafka

/// A member of the simulated cluster's group.
final class SimulatedConsumer: GroupConsumer {
  private let host: SimulatedHost
  private let name: String
  private var token: Int?
  /// The generation that its share is of.
  private var generation = 0
  private var topics: [String] = []
  private var positions: [TopicPartition: Offset] = [:]
  /// What the group gave it and it has not given back.
  private var share: [TopicPartition]?
  /// A loss was polled and not answered yet.
  private var isLosing = false
  /// When it hears that it is no member any more.
  private var hearsOfLossAt: Duration?
  private var turn = 0
  private var reached = ReachedEnds()

  private var cluster: SimulatedCluster { host.cluster }
  private var now: Duration { cluster.timeline.elapsed }

  init(_ host: SimulatedHost, _ name: String) {
    self.host = host
    self.name = name
  }

  func subscribe(_ topics: [String]) throws(KafkaError) {
    self.topics = topics
    join()
  }

  func poll(limit: Int, timeout: Duration) throws(KafkaError) -> Poll {
    try host.call(.poll) { () throws(KafkaError) in
      try checkName()
      // What lies in the fetch queue comes along with a rebalance.
      let mayFetch = token.map { cluster.group.mayFetch($0) } ?? true
      let records = mayFetch && !isLosing ? try fetch(min(limit, cluster.fetchLimit)) : []
      let ends = mayFetch && !isLosing && host.reachesBrokers ? reached.next(positions, in: cluster) : [:]
      let rebalance = nextRebalance()
      if let rebalance { cluster.trace?("\(name): \(rebalance)") }
      return Poll(records: RecordBatch(records), rebalance: rebalance, ends: ends)
    }
  }

  /// Another process took the name.
  private func checkName() throws(KafkaError) {
    guard let token, host.reachesBrokers, cluster.group.isFenced(token), hasHeardOfLoss() else { return }
    throw KafkaError(code: "FENCED_INSTANCE_ID", message: name, operation: "poll", recovery: .stop)
  }

  private func nextRebalance() -> Rebalance? {
    guard !isLosing else { return nil }
    if isLost() {
      guard let share else {
        // It had nothing to lose.
        self.token = nil
        join()
        return nil
      }
      isLosing = true
      return .revoked(share, lost: true)
    }
    guard let token, host.reachesBrokers else {
      if token == nil { join() }
      return nil
    }
    let rebalance = cluster.group.next(for: token)
    if case .assigned(let partitions) = rebalance {
      share = partitions
      generation = cluster.group.generation
    }
    return rebalance
  }

  /// Whether it knows that its partitions are another's: it was told so, or had no answer for a whole session.
  private func isLost() -> Bool {
    guard let token else { return false }
    if host.hasLostSession { return share != nil }
    guard host.reachesBrokers else { return false }
    if cluster.group.isMember(token) { return cluster.group.isLeftBehind(token) }
    return hasHeardOfLoss()
  }

  private func hasHeardOfLoss() -> Bool {
    let hearsAt = hearsOfLossAt ?? now + cluster.group.hearing()
    hearsOfLossAt = hearsAt
    return now >= hearsAt
  }

  private func join() {
    guard host.reachesBrokers else { return }
    let token = cluster.group.join(name, topics)
    self.token = token
    hearsOfLossAt = nil
    host.register(token)
  }

  /// Some of each partition, beginning with another one each time.
  private func fetch(_ limit: Int) throws(KafkaError) -> [OwnedRecord] {
    guard host.reachesBrokers, !positions.isEmpty else { return [] }
    let ids = positions.keys.sorted()
    turn += 1
    var records: [OwnedRecord] = []
    for index in ids.indices {
      let id = ids[(index + turn) % ids.count]
      guard let log = cluster.logs[id], let position = positions[id], !cluster.leaderless.contains(id) else { continue }
      guard position >= log.low else {
        throw KafkaError(
          code: "_AUTO_OFFSET_RESET",
          message:
            "\(id): \(position) is gone, the log begins at \(log.low), committed \(cluster.committedOffsets[id]?.value ?? -1)",
          operation: "poll", recovery: .stop)
      }
      let (read, next) = log.read(from: position, limit: limit - records.count)
      records += read
      positions[id] = next
    }
    return records
  }

  func knownEnd(of partition: TopicPartition) -> Offset? { cluster.logs[partition]?.high }

  func assign(_ positions: [TopicPartition: Offset]) throws(KafkaError) {
    try host.call(.assign) {
      self.positions = positions
      reached = ReachedEnds()
    }
  }

  func unassign() throws(KafkaError) {
    try host.call(.unassign) {
      positions = [:]
      share = nil
      let wasLosing = isLosing
      isLosing = false
      guard let token else { return }
      if wasLosing && !cluster.group.isLeftBehind(token) {
        // It comes back as somebody new, who has the same name.
        host.forget(token)
        self.token = nil
        join()
      } else {
        cluster.group.answerRevocation(token)
      }
    }
  }

  func committed(
    _ partitions: [TopicPartition], timeout: Duration
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    try host.call(.committed) { () throws(KafkaError) in
      try host.awaitBrokers("committed", timeout)
      try host.wait(timeout, "committed", code: "UNSTABLE_OFFSET_COMMIT", recovery: .retry) {
        !partitions.contains(where: cluster.coordinator.isUnstable)
      }
      return cluster.committedOffsets.filter { partitions.contains($0.key) }
    }
  }

  func watermarks(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> Watermarks {
    try host.call(.watermarks) { () throws(KafkaError) in
      try host.awaitBrokers("watermarks", timeout)
      let log = cluster.logs[partition] ?? PartitionLog(partition)
      return Watermarks(low: log.low, high: log.lastStable)
    }
  }

  func groupMetadata() throws(KafkaError) -> GroupMetadata {
    try host.call(.groupMetadata) { Membership(token: token ?? 0, generation: generation).metadata }
  }

  /// A static member that closes stays in the group until its session ends.
  @discardableResult
  func close(timeout: Duration) -> Bool {
    if let token { host.forget(token) }
    token = nil
    return true
  }
}

/// What a member proves itself with, as it goes through `GroupMetadata`.
struct Membership {
  let token: Int
  let generation: Int

  init(token: Int, generation: Int) {
    self.token = token
    self.generation = generation
  }

  init?(_ metadata: GroupMetadata) {
    let parts = String(decoding: metadata.bytes, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    guard parts.count == 2 else { return nil }
    self.init(token: parts[0], generation: parts[1])
  }

  var metadata: GroupMetadata { GroupMetadata(bytes: Array("\(token) \(generation)".utf8)) }
}
