import Engine
import Kafka

/// A transactional producer of the simulated cluster. What it is given it may keep for a while; a commit sends it all.
final class SimulatedProducer: TransactionProducer {
  private struct Queued {
    let id: TopicPartition
    let key: [UInt8]?
    let value: [UInt8]?
    let headers: [Header]
    let timestamp: Int64?

    /// What a trace calls it.
    var title: String {
      let named = headers.first { $0.nameText == "ce_id" }?.value ?? key ?? []
      return String(decoding: named, as: UTF8.self)
    }
  }

  private let host: SimulatedHost
  private let name: String
  private var epoch = 0
  private var isOpen = false
  /// An error asked for an abort, and nothing else is possible.
  private var mustAbort = false
  /// An error asked for another producer.
  private var isBroken = false
  /// The commit was done and its answer lost; the same call tells so.
  private var hasCommitted = false
  private var queue: [Queued] = []
  private(set) var delivered: [TopicPartition: Offset] = [:]

  /// A record that is not delivered for so long fails.
  private static let deliveryTimeout = Duration.seconds(30)

  private var cluster: SimulatedCluster { host.cluster }

  init(_ host: SimulatedHost, _ name: String) {
    self.host = host
    self.name = name
  }

  func initTransactions(timeout: Duration) throws(KafkaError) {
    try run(.initTransactions) { () throws(KafkaError) in
      try host.awaitBrokers("initTransactions", timeout)
      epoch = cluster.coordinator.fence(name)
      try host.wait(timeout, "initTransactions", recovery: .retry) { !cluster.coordinator.isEnding(name) }
    }
  }

  func begin() throws(KafkaError) {
    try run(.begin) { () throws(KafkaError) in
      guard !isOpen else { throw state("begin", "a transaction is open") }
      isOpen = true
      mustAbort = false
      hasCommitted = false
      delivered = [:]
    }
  }

  func produce(
    topic: String, partition: Partition?, key: Span<UInt8>?, value: Span<UInt8>?, headers: inout HeaderList,
    timestamp: Int64?
  ) throws(KafkaError) {
    let record = Queued(
      id: cluster.place(topic, partition, bytes(key)), key: bytes(key), value: bytes(value), headers: headers.headers,
      timestamp: timestamp)
    try run(.produce) { () throws(KafkaError) in
      guard isOpen else { throw state("produce", "no transaction is open") }
      queue.append(record)
    }
    headers = HeaderList()
    if !cluster.holdsBack() { deliver() }
  }

  func poll(timeout: Duration) { deliver() }

  func sendOffsets(
    _ offsets: [TopicPartition: Offset], group: GroupMetadata, timeout: Duration
  ) throws(KafkaError) {
    try run(.sendOffsets) { () throws(KafkaError) in
      guard isOpen else { throw state("send offsets", "no transaction is open") }
      try host.wait(timeout, "send offsets", recovery: .retry) { canSend }
      try checkEpoch("send offsets")
      try checkMembership(group)
      cluster.coordinator.add(offsets, of: name)
    }
  }

  private func checkMembership(_ group: GroupMetadata) throws(KafkaError) {
    guard let member = Membership(group) else { throw state("send offsets", "no membership") }
    guard !cluster.group.isFenced(member.token) else {
      throw KafkaError(code: "FENCED_INSTANCE_ID", message: name, operation: "send offsets", recovery: .stop)
    }
    guard cluster.group.isValid(token: member.token, generation: member.generation) else {
      throw KafkaError(code: "ILLEGAL_GENERATION", message: name, operation: "send offsets", recovery: .abort)
    }
  }

  func commit() throws(KafkaError) {
    try run(.commit) { () throws(KafkaError) in
      guard !hasCommitted else { return }
      guard isOpen, !mustAbort else { throw state("commit", "nothing can be committed") }
      try host.wait(Self.deliveryTimeout, "commit", recovery: .abort) {
        deliver()
        return queue.isEmpty || isFenced
      }
      try host.wait(.seconds(600), "commit", recovery: .rebuild) { host.reachesBrokers }
      try checkEpoch("commit")
      cluster.trace?("\(name): commits")
      cluster.coordinator.end(name, commits: true)
      isOpen = false
      hasCommitted = true
    }
  }

  func abort() throws(KafkaError) {
    try run(.abort) { () throws(KafkaError) in
      guard isOpen else { throw state("abort", "no transaction is open") }
      queue = []
      try host.wait(.seconds(600), "abort", recovery: .rebuild) { canSend }
      try checkEpoch("abort")
      cluster.trace?("\(name): aborts")
      cluster.coordinator.end(name, commits: false)
      isOpen = false
      mustAbort = false
    }
  }

  /// An open transaction is left to its timeout or to the next producer of the name.
  @discardableResult
  func close(timeout: Duration) -> Bool {
    isBroken = true
    queue = []
    return true
  }

  private var isFenced: Bool { host.reachesBrokers && !cluster.coordinator.isCurrent(name, epoch) }

  /// A transaction begins at the coordinator only when the last one is written down everywhere.
  private var canSend: Bool { host.reachesBrokers && (!cluster.coordinator.isEnding(name) || isFenced) }

  /// Sends what is queued, of each partition in its order, as far as it is taken. A fenced producer learns of it later:
  /// the broker refuses the batch, not the call that queued it.
  private func deliver() {
    guard !queue.isEmpty, canSend, !isFenced else { return }
    var kept: [Queued] = []
    for record in queue {
      guard !cluster.leaderless.contains(record.id) else {
        kept.append(record)
        continue
      }
      let transaction = cluster.coordinator.write(name, to: record.id)
      let offset = cluster.logs[record.id]?.append(
        key: record.key, value: record.value, headers: record.headers,
        timestamp: record.timestamp ?? cluster.timeline.now.milliseconds, transaction: transaction)
      delivered[record.id] = offset?.next
      cluster.trace?("\(name): delivers \(record.id) \(offset?.value ?? -1) \(record.title)")
    }
    queue = kept
  }

  private func run(_ call: Call, _ body: () throws(KafkaError) -> Void) throws(KafkaError) {
    do throws(KafkaError) {
      guard !isBroken else { throw state("\(call)", "the producer is of no use any more") }
      try host.call(call, body)
    } catch {
      if error.recovery == .abort { mustAbort = true }
      if error.recovery == .rebuild { isBroken = true }
      throw error
    }
  }

  private func checkEpoch(_ operation: String) throws(KafkaError) {
    guard cluster.coordinator.isCurrent(name, epoch) else {
      throw KafkaError(code: "_FENCED", message: name, operation: operation, recovery: .rebuild)
    }
  }

  private func state(_ operation: String, _ problem: String) -> KafkaError {
    KafkaError(code: "_STATE", message: problem, operation: operation, recovery: .rebuild)
  }
}

private func bytes(_ span: Span<UInt8>?) -> [UInt8]? {
  guard let span else { return nil }
  return span.withUnsafeBufferPointer { Array($0) }
}
