import Kafka

@testable import Engine

/// A transactional producer of the simulated cluster.
final class MemoryProducer: TransactionProducer {
  private let cluster: MemoryCluster
  private let name: String
  private var epoch = 0
  private var isOpen = false
  /// An error asked for an abort, and nothing else is possible.
  private var mustAbort = false
  /// An error asked for another producer.
  private var isBroken = false
  /// The commit was done and its answer lost; the same call tells so.
  private var hasCommitted = false
  private(set) var delivered: [TopicPartition: Offset] = [:]

  init(_ cluster: MemoryCluster, _ name: String) {
    self.cluster = cluster
    self.name = name
  }

  func initTransactions(timeout: Duration) throws(KafkaError) {
    try run(.initTransactions) { () throws(KafkaError) in
      cluster.end(name, commits: false)
      epoch = cluster.coordinator.fence(name)
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
    topic: String, partition: Partition?, key: Span<UInt8>?, value: Span<UInt8>?, headers: [Header], timestamp: Int64?
  ) throws(KafkaError) {
    let (key, value) = (bytes(key), bytes(value))
    try run(.produce) { () throws(KafkaError) in
      guard isOpen else { throw state("produce", "no transaction is open") }
      // A fenced producer learns of it later: the broker refuses the batch, not this call.
      guard cluster.coordinator.isCurrent(name, epoch) else { return }
      let id = cluster.place(topic, partition, key)
      let transaction = cluster.coordinator.write(name, to: id)
      let offset = cluster.logs[id]?.append(
        key: key, value: value, headers: headers, timestamp: timestamp, transaction: transaction)
      delivered[id] = offset?.next
    }
  }

  func poll(timeout: Duration) {}

  func sendOffsets(
    _ offsets: [TopicPartition: Offset], group: GroupMetadata, timeout: Duration
  ) throws(KafkaError) {
    try run(.sendOffsets) { () throws(KafkaError) in
      guard isOpen else { throw state("send offsets", "no transaction is open") }
      try checkEpoch("send offsets")
      guard Membership.isValid(group, in: cluster.group) else {
        throw KafkaError(
          code: "ILLEGAL_GENERATION", message: name, operation: "send offsets", recovery: .abort)
      }
      cluster.coordinator.add(offsets, of: name)
    }
  }

  func commit() throws(KafkaError) {
    try run(.commit) { () throws(KafkaError) in
      guard !hasCommitted else { return }
      guard isOpen, !mustAbort else { throw state("commit", "nothing can be committed") }
      try checkEpoch("commit")
      cluster.end(name, commits: true)
      isOpen = false
      hasCommitted = true
    }
  }

  func abort() throws(KafkaError) {
    try run(.abort) { () throws(KafkaError) in
      guard isOpen else { throw state("abort", "no transaction is open") }
      try checkEpoch("abort")
      cluster.end(name, commits: false)
      isOpen = false
      mustAbort = false
    }
  }

  /// An open transaction is left to its timeout or to the next producer of the name.
  @discardableResult
  func close(timeout: Duration) -> Bool {
    isBroken = true
    return true
  }

  private func run(_ call: Call, _ body: () throws(KafkaError) -> Void) throws(KafkaError) {
    do throws(KafkaError) {
      guard !isBroken else { throw state("\(call)", "the producer is of no use any more") }
      try cluster.faults.run(call, body)
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
  return copy(span)
}
