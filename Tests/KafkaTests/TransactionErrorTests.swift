import Testing

@testable import Kafka

@Suite("Errors of transactional calls", .blocking)
struct TransactionErrorTests {
  typealias Fault = EmbeddedBroker.Fault
  typealias Request = EmbeddedBroker.Request

  private func recovery(_ body: () throws -> Void) throws -> KafkaError {
    try #require(throws: KafkaError.self) { try body() }
  }

  @Test(
    "init: a coordinator that is busy or moves is waited for",
    arguments: [
      Fault.coordinatorLoading, .coordinatorNotAvailable, .notCoordinator, .disconnect,
    ])
  func initRetries(_ fault: Fault) throws {
    let wire = try Wire()
    wire.broker.inject([fault], for: .initProducerID)
    let producer = try wire.rawProducer()
    try producer.initTransactions(timeout: Wire.patience)
    try producer.begin()
  }

  @Test(
    "init: a refusal stops with the remedy",
    arguments: [
      (Fault.transactionalIDAuthorizationFailed, "transactional id"),
      (.invalidTransactionTimeout, "transaction.timeout.ms"),
    ])
  func initStops(_ fault: Fault, _ remedy: String) throws {
    let wire = try Wire()
    wire.broker.inject([fault], for: .initProducerID)
    let producer = try wire.rawProducer()
    let error = try recovery { try producer.initTransactions(timeout: Wire.patience) }
    #expect(error.recovery == .stop)
    #expect(error.operation == "init transactions")
    #expect(error.message.contains(remedy))
  }

  @Test(
    "send offsets: what passes is tried again inside",
    arguments: [
      Fault.coordinatorLoading, .concurrentTransactions, .notCoordinator,
    ])
  func offsetsRetry(_ fault: Fault) throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    let group = try wire.member(of: "g").groupMetadata()
    wire.broker.inject([fault], for: .addOffsetsToTransaction)
    try producer.begin()
    try producer.sendOffsets([TopicPartition("t", 0): Offset(1)], group: group, timeout: Wire.patience)
    try producer.commit()
  }

  @Test("send offsets: a coordinator that is slower than the timeout is asked again by the same call")
  func offsetsAskForRetry() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    let group = try wire.member(of: "g").groupMetadata()
    let offsets = [TopicPartition("t", 0): Offset(1)]
    try producer.begin()
    try wire.broker.setRoundTrip(.milliseconds(400))
    let error = try recovery { try producer.sendOffsets(offsets, group: group, timeout: .milliseconds(100)) }
    #expect(error.recovery == .retry)
    try wire.broker.setRoundTrip(.zero)
    try producer.sendOffsets(offsets, group: group, timeout: Wire.patience)
    try producer.commit()
  }

  @Test(
    "send offsets: a member of an earlier generation aborts, and the next transaction works",
    arguments: [
      Fault.illegalGeneration, .unknownMember,
    ])
  func offsetsAbort(_ fault: Fault) throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    let group = try wire.member(of: "g").groupMetadata()
    wire.broker.inject([fault], for: .transactionalOffsetCommit)
    try producer.begin()
    let offsets = [TopicPartition("t", 0): Offset(1)]
    let error = try recovery { try producer.sendOffsets(offsets, group: group, timeout: Wire.patience) }
    #expect(error.recovery == .abort)
    #expect(try recovery { try producer.commit() }.recovery == .abort)
    try producer.abort()
    try producer.begin()
    try producer.sendOffsets(offsets, group: group, timeout: Wire.patience)
    try producer.commit()
  }

  @Test(
    "send offsets: refusals stop, fencing rebuilds",
    arguments: [
      (Request.addOffsetsToTransaction, Fault.groupAuthorizationFailed, Recovery.stop),
      (.transactionalOffsetCommit, .fencedInstance, .stop),
      (.addOffsetsToTransaction, .invalidProducerEpoch, .rebuild),
      (.addOffsetsToTransaction, .invalidTransactionState, .rebuild),
    ])
  func offsetsEnd(_ request: Request, _ fault: Fault, _ expected: Recovery) throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    let group = try wire.member(of: "g").groupMetadata()
    wire.broker.inject([fault], for: request)
    try producer.begin()
    let error = try recovery {
      try producer.sendOffsets([TopicPartition("t", 0): Offset(1)], group: group, timeout: Wire.patience)
    }
    #expect(error.recovery == expected)
  }

  @Test(
    "commit: what passes is tried again inside",
    arguments: [
      Fault.coordinatorLoading, .concurrentTransactions, .notCoordinator, .disconnect,
    ])
  func commitRetries(_ fault: Fault) throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    wire.broker.inject([fault], for: .endTransaction)
    try producer.commit(values: ["a"], to: "t")
    try producer.commit(values: ["b"], to: "t")
  }

  @Test("commit: a record that could not be delivered aborts, and the next transaction works")
  func failedDeliveryAborts() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    wire.broker.inject([.unknownTopicOrPartition], for: .addPartitionsToTransaction)
    wire.broker.inject([.invalidProducerIDMapping], for: .addPartitionsToTransaction)
    let error = try recovery { try producer.commit(values: ["a"], to: "t") }
    #expect(error.operation == "commit transaction")
    #expect(error.recovery == .abort)
    try producer.abort()
    try producer.commit(values: ["b"], to: "t")
  }

  @Test("commit: a record that runs into its delivery timeout aborts")
  func deliveryTimeoutAborts() throws {
    let wire = try Wire(topic: "t", brokers: 2)
    let producer = try wire.producer("writer", ["message.timeout.ms": "400", "request.timeout.ms": "200"])
    try producer.commit(values: ["a"], to: "t")
    try wire.broker.setLeader(of: TopicPartition("t", 0), broker: nil)
    wire.broker.inject(Array(repeating: .notLeader, count: 100), for: .produce)
    let error = try recovery { try producer.commit(values: ["b"], to: "t") }
    #expect(error.recovery == .abort)
  }

  @Test("commit: a refused record stops, with the topic's name and the remedy")
  func refusedDeliveryStops() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    wire.broker.inject([.topicAuthorizationFailed], for: .produce)
    let error = try recovery { try producer.commit(values: ["a"], to: "t") }
    #expect(error.recovery == .stop)
    #expect(error.message.contains("t [0]"))
    #expect(error.message.contains("grant"))
  }

  @Test(
    "commit: a producer that was fenced, or ran out of time, is rebuilt",
    arguments: [
      Fault.producerFenced, .invalidProducerEpoch, .invalidTransactionState,
    ])
  func fencedCommitRebuilds(_ fault: Fault) throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    wire.broker.inject([fault], for: .endTransaction)
    let error = try recovery { try producer.commit(values: ["a"], to: "t") }
    #expect(error.recovery == .rebuild)
    #expect(try recovery { try producer.begin() }.recovery == .rebuild)
    #expect(try recovery { try producer.produce("b", to: "t") }.recovery == .rebuild)
  }

  @Test("commit: an end that the coordinator refuses has an unknown outcome, and rebuilds")
  func unknownOutcomeRebuilds() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    wire.broker.inject([.disconnect, .invalidProducerIDMapping], for: .endTransaction)
    let error = try recovery { try producer.commit(values: ["a"], to: "t") }
    #expect(error.recovery == .rebuild)
  }

  @Test("abort: what passes is tried again inside, fencing rebuilds")
  func abortErrors() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    for fault in [Fault.coordinatorLoading, .notCoordinator, .disconnect] {
      wire.broker.inject([fault], for: .endTransaction)
      try producer.begin()
      try producer.produce("a", to: "t")
      // Delivered, so that there is something to end at the coordinator.
      try producer.sendOffsets(
        [TopicPartition("t", 0): Offset(1)], group: wire.member(of: "g").groupMetadata(), timeout: Wire.patience)
      try producer.abort()
    }
    wire.broker.inject([.producerFenced], for: .endTransaction)
    try producer.begin()
    try producer.sendOffsets(
      [TopicPartition("t", 0): Offset(1)], group: wire.member(of: "g").groupMetadata(), timeout: Wire.patience)
    #expect(try recovery { try producer.abort() }.recovery == .rebuild)
  }

  /// A dead letter names the partition that it came from, whatever somebody wrote there.
  @Test(
    "produce: a partition that the topic does not have is refused, however large its number", arguments: [9, Int32.max])
  func partitionBeyondTheTopicIsRefused(_ partition: Int32) throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    try producer.commit(values: ["a"], to: "t")
    let error = try recovery { try producer.commit(values: ["b"], to: "t", partition: partition) }
    #expect(error.recovery != .retry)
    #expect(producer.delivered == [:])
  }

  @Test("a coordinator that moves between the calls of a transaction is followed")
  func coordinatorMoves() throws {
    let wire = try Wire(topic: "t", brokers: 2)
    try wire.broker.moveCoordinator(of: .transaction("writer"), to: 1)
    let producer = try wire.producer()
    for (broker, value) in [(2, "a"), (1, "b"), (2, "c")] {
      try producer.begin()
      try producer.produce(value, to: "t")
      try wire.broker.moveCoordinator(of: .transaction("writer"), to: Int32(broker))
      try producer.commit()
    }
  }

  @Test("a cluster that goes away and comes back in mid-transaction loses nothing")
  func brokerBounce() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    try producer.begin()
    try producer.produce("a", to: "t")
    try wire.broker.setDown()
    try producer.produce("b", to: "t")
    try wire.broker.setUp()
    try producer.commit()
    let reader = try wire.reader()
    try reader.assign([TopicPartition("t", 0): Offset(0)])
    #expect(try reader.poll(until: { $0.records.count >= 2 }).values == ["a", "b"])
  }
}
