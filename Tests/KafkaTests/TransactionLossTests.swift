import Foundation
import Testing

@testable import Kafka

@Suite("Transactional calls while brokers fail", .blocking)
struct TransactionLossTests {
  typealias Fault = EmbeddedBroker.Fault
  typealias Request = EmbeddedBroker.Request

  private let home = TopicPartition("t", 0)

  private func written(_ wire: Wire, _ count: Int) throws -> [String] {
    let reader = try wire.reader()
    try reader.assign([home: Offset(0)])
    return try reader.poll(until: { $0.records.count >= count }).values
  }

  @Test("init: a cluster that is away is a matter of trying again, and the same call goes on when it is back")
  func initWhileAway() throws {
    let wire = try Wire()
    let producer = try wire.rawProducer()
    try wire.broker.setDown()
    let error = try #require(throws: KafkaError.self) { try producer.initTransactions(timeout: .milliseconds(200)) }
    #expect(error.recovery == .retry)
    try wire.broker.setUp()
    try producer.initTransactions(timeout: Wire.patience)
    try producer.begin()
  }

  @Test(
    "produce: what passes is tried again inside",
    arguments: [
      (Request.addPartitionsToTransaction, Fault.coordinatorLoading), (.addPartitionsToTransaction, .notCoordinator),
      (.addPartitionsToTransaction, .concurrentTransactions), (.addPartitionsToTransaction, .disconnect),
      (.produce, .notLeader), (.produce, .requestTimedOut), (.produce, .disconnect),
    ])
  func produceIsTriedAgain(_ request: Request, _ fault: Fault) throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    wire.broker.inject([fault], for: request)
    try producer.commit(values: ["a"], to: "t")
    #expect(try written(wire, 1) == ["a"])
  }

  @Test("produce: a leader that moves in mid-transaction is followed")
  func leaderMoves() throws {
    let wire = try Wire(topic: "t", brokers: 2)
    try wire.broker.setLeader(of: home, broker: 1)
    let producer = try wire.producer()
    try producer.begin()
    try producer.produce("a", to: "t")
    try wire.broker.setLeader(of: home, broker: 2)
    try producer.produce("b", to: "t")
    try producer.commit()
    #expect(try written(wire, 2) == ["a", "b"])
  }

  @Test("send offsets: a group's coordinator that moves is followed")
  func offsetsFollowTheCoordinator() throws {
    let wire = try Wire(topic: "t", brokers: 2)
    let producer = try wire.producer()
    let group = try wire.member(of: "g").groupMetadata()
    for broker in [Int32(1), 2, 1] {
      try wire.broker.moveCoordinator(of: .group("g"), to: broker)
      try producer.begin()
      try producer.sendOffsets([home: Offset(1)], group: group, timeout: Wire.patience)
      try producer.commit()
    }
  }

  @Test(
    "send offsets: a lost answer is asked for again, inside or by the same call",
    arguments: [
      Request.addOffsetsToTransaction, .transactionalOffsetCommit, .findCoordinator,
    ])
  func offsetsAcrossADisconnect(_ request: Request) throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    let group = try wire.member(of: "g").groupMetadata()
    wire.broker.inject([.disconnect], for: request)
    try producer.begin()
    try resumed { () throws(KafkaError) in
      try producer.sendOffsets([home: Offset(1)], group: group, timeout: Wire.patience)
    }
    try producer.commit()
  }

  @Test("send offsets: a cluster that is away is a matter of trying again, and the same call goes on when it is back")
  func offsetsWhileAway() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    let group = try wire.member(of: "g").groupMetadata()
    try producer.begin()
    try wire.broker.setDown()
    let error = try #require(throws: KafkaError.self) {
      try producer.sendOffsets([home: Offset(1)], group: group, timeout: .milliseconds(200))
    }
    #expect(error.recovery == .retry)
    try wire.broker.setUp()
    try resumed { () throws(KafkaError) in
      try producer.sendOffsets([home: Offset(1)], group: group, timeout: .seconds(2))
    }
    try producer.commit()
  }

  @Test("commit and abort: a slow coordinator is waited for")
  func slowEnd() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    try wire.broker.setRoundTrip(.milliseconds(200))
    try producer.commit(values: ["a"], to: "t")
    try producer.begin()
    try producer.produce("dropped", to: "t")
    try producer.abort()
    try wire.broker.setRoundTrip(.zero)
    try producer.commit(values: ["b"], to: "t")
  }

  @Test("commit and abort: a cluster that is away is waited for, however long", arguments: [true, false])
  func endWhileAway(commits: Bool) throws {
    let wire = try Wire(topic: "t")
    let outage = Outage(wire.broker)
    let producer = try TransactionalProducer(
      wire.configuration(), transactionalID: "w", observer: ClientObserver(log: { _ in outage.isNoticed() }))
    try producer.initTransactions(timeout: Wire.patience)
    try producer.begin()
    try producer.produce("a", to: "t")
    // Delivered, so that there is something to end at the coordinator.
    try producer.sendOffsets(
      [home: Offset(1)], group: wire.member(of: "g").groupMetadata(), timeout: Wire.patience)
    try outage.begin()
    if commits { try producer.commit() } else { try producer.abort() }
    #expect(outage.isOver)
    try producer.commit(values: ["b"], to: "t")
  }

  @Test("abort: a coordinator that moves is followed")
  func abortAcrossAMove() throws {
    let wire = try Wire(topic: "t", brokers: 2)
    let producer = try wire.producer()
    for broker in [Int32(2), 1] {
      try producer.begin()
      try producer.sendOffsets(
        [home: Offset(1)], group: wire.member(of: "g").groupMetadata(), timeout: Wire.patience)
      try wire.broker.moveCoordinator(of: .transaction("writer"), to: broker)
      try producer.abort()
    }
    try producer.commit(values: ["a"], to: "t")
  }

  @Test("closing is bounded while the cluster is away with a transaction open")
  func closesWhileAway() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    try producer.begin()
    try producer.produce("a", to: "t")
    try wire.broker.setDown()
    let started = ContinuousClock.now
    producer.close(timeout: .seconds(3))
    #expect(ContinuousClock.now - started < .seconds(5))
  }

  /// Makes a call again as its error asks, as often as the engine does.
  private func resumed(_ body: () throws(KafkaError) -> Void) throws {
    for _ in 1..<5 {
      do { return try body() } catch { try #require(error.recovery == .retry) }
    }
    try body()
  }
}

/// A cluster that is away until its client has noticed.
///
/// Unchecked: the lock guards all that changes.
private final class Outage: @unchecked Sendable {
  private let broker: EmbeddedBroker
  private let lock = NSLock()
  private var isOn = false
  private var wasNoticed = false

  init(_ broker: EmbeddedBroker) { self.broker = broker }

  var isOver: Bool { lock.withLock { wasNoticed && !isOn } }

  func begin() throws {
    lock.withLock { isOn = true }
    try broker.setDown()
  }

  /// The client has logged something while the cluster is away. It comes back from another thread: this one is the client's.
  func isNoticed() {
    guard lock.withLock({ isOn && !wasNoticed }) else { return }
    lock.withLock { wasNoticed = true }
    Thread.detachNewThread { [self] in
      lock.withLock { isOn = false }
      try? broker.setUp()
    }
  }
}
