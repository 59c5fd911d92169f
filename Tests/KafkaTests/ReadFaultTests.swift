import Foundation
import Testing

@testable import Kafka

@Suite("Reading from brokers that fail", .blocking)
struct ReadFaultTests {
  typealias Fault = EmbeddedBroker.Fault

  private let home = TopicPartition("t", 0)

  /// Makes a call again as long as that is what its error asks for, as the engine does at its next step.
  private func again<R>(_ body: () throws(KafkaError) -> R) throws -> R {
    let deadline = ContinuousClock.now + Wire.patience
    while true {
      do {
        return try body()
      } catch {
        guard error.recovery == .retry, ContinuousClock.now < deadline else { throw error }
      }
    }
  }

  @Test(
    "fetch: what passes is tried again inside, and no record is skipped or repeated",
    arguments: [
      Fault.notLeader, .unknownTopicOrPartition, .requestTimedOut, .disconnect,
    ])
  func fetchIsTriedAgain(_ fault: Fault) throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    try producer.commit(values: ["a", "b"], to: "t")
    let reader = try wire.reader()
    wire.broker.inject([fault], for: .fetch)
    try reader.assign([home: Offset(0)])
    var seen = try reader.poll(until: { $0.records.count >= 2 })
    #expect(seen.values == ["a", "b"])
    wire.broker.inject([fault, fault], for: .fetch)
    try producer.commit(values: ["c"], to: "t")
    seen = try reader.poll(until: { !$0.records.isEmpty })
    #expect(seen.values == ["c"])
  }

  @Test("fetch: a leader that moves is followed")
  func leaderMoves() throws {
    let wire = try Wire(topic: "t", brokers: 2)
    try wire.broker.setLeader(of: home, broker: 1)
    let producer = try wire.producer()
    let reader = try wire.reader()
    try reader.assign([home: Offset(0)])
    for (broker, value) in [(Int32(2), "a"), (1, "b")] {
      try wire.broker.setLeader(of: home, broker: broker)
      try producer.commit(values: [value], to: "t")
      #expect(try reader.poll(until: { !$0.records.isEmpty }).values == [value])
    }
  }

  @Test("fetch: a slow broker does not hold a poll up, and what it has comes")
  func slowFetch() throws {
    let wire = try Wire(topic: "t")
    try wire.producer().commit(values: ["a"], to: "t")
    let reader = try wire.reader()
    try wire.broker.setRoundTrip(.milliseconds(300))
    try reader.assign([home: Offset(0)])
    let started = ContinuousClock.now
    _ = try reader.poll(limit: 10, timeout: .milliseconds(10))
    #expect(ContinuousClock.now - started < .milliseconds(290))
    #expect(try reader.poll(until: { !$0.records.isEmpty }).values == ["a"])
  }

  @Test("fetch: a cluster that goes away and comes back is read on from the same position")
  func fetchAcrossABounce() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    try producer.commit(values: ["a"], to: "t")
    let reader = try wire.reader()
    try reader.assign([home: Offset(0)])
    _ = try reader.poll(until: { !$0.records.isEmpty })
    try wire.broker.setDown()
    #expect(try reader.poll(until: { !$0.errors.isEmpty }).errors.allSatisfy { $0.recovery == .retry })
    try wire.broker.setUp()
    try producer.commit(values: ["b"], to: "t")
    #expect(try reader.poll(until: { !$0.records.isEmpty }).values == ["b"])
  }

  @Test(
    "committed positions: what passes is a matter of trying again",
    arguments: [
      Fault.coordinatorLoading, .coordinatorNotAvailable, .notCoordinator, .disconnect,
    ])
  func committedIsTriedAgain(_ fault: Fault) throws {
    let wire = try Wire(topic: "t")
    let member = try wire.member(of: "g")
    wire.broker.inject([fault], for: .offsetFetch)
    #expect(
      try again { () throws(KafkaError) in try member.committed([home], timeout: Wire.patience) }.isEmpty)
  }

  @Test("committed positions: a coordinator that moves is followed")
  func committedAcrossAMove() throws {
    let wire = try Wire(topic: "t", brokers: 2)
    let member = try wire.member(of: "g")
    for broker in [Int32(1), 2] {
      try wire.broker.moveCoordinator(of: .group("g"), to: broker)
      #expect(
        try again { () throws(KafkaError) in try member.committed([home], timeout: Wire.patience) }.isEmpty)
    }
  }

  @Test("committed positions: a refused group stops with the remedy")
  func refusedCommittedStops() throws {
    let wire = try Wire(topic: "t")
    let member = try wire.member(of: "g")
    wire.broker.inject([.groupAuthorizationFailed], for: .offsetFetch)
    let error = try #require(throws: KafkaError.self) { _ = try member.committed([home], timeout: Wire.patience) }
    #expect(error.recovery == .stop)
    #expect(error.message.contains("grant"))
  }

  @Test("committed positions: a cluster that is away is a matter of trying again, within the timeout")
  func committedWhileAway() throws {
    let wire = try Wire(topic: "t")
    let member = try wire.member(of: "g")
    _ = try again { () throws(KafkaError) in try member.committed([home], timeout: Wire.patience) }
    try wire.broker.setDown()
    let error = try bounded(wire) { try member.committed([home], timeout: .milliseconds(200)) }
    #expect(error.recovery == .retry)
    try wire.broker.setUp()
    #expect(try again { () throws(KafkaError) in try member.committed([home], timeout: .seconds(1)) }.isEmpty)
  }

  @Test("watermarks: a leader that is away, or slow, is a matter of trying again, within the timeout")
  func watermarksWhileAway() throws {
    let wire = try Wire(topic: "t")
    let reader = try wire.reader()
    let ends = try reader.watermarks(of: home, timeout: Wire.patience)
    // The leader is known by now, so that it is its answer that is waited for.
    try wire.broker.setRoundTrip(.seconds(8))
    let slow = try bounded(wire) { try reader.watermarks(of: home, timeout: .milliseconds(200)) }
    #expect(slow.recovery == .retry)
    try wire.broker.setRoundTrip(.zero)
    try wire.broker.setDown()
    let away = try bounded(wire) { try reader.watermarks(of: home, timeout: .milliseconds(200)) }
    #expect(away.recovery == .retry)
    try wire.broker.setUp()
    #expect(try again { () throws(KafkaError) in try reader.watermarks(of: home, timeout: .seconds(1)) } == ends)
  }

  @Test(
    "watermarks: what passes is a matter of trying again",
    arguments: [
      Fault.notLeader, .requestTimedOut, .disconnect,
    ])
  func watermarksAreTriedAgain(_ fault: Fault) throws {
    let wire = try Wire(topic: "t")
    let reader = try wire.reader()
    wire.broker.inject([fault], for: .listOffsets)
    let ends = try again { () throws(KafkaError) in try reader.watermarks(of: home, timeout: Wire.patience) }
    #expect(ends == Watermarks(low: Offset(0), high: Offset(0)))
  }

  @Test("watermarks: a leader that is slower than the timeout is a matter of trying again")
  func slowWatermarks() throws {
    let wire = try Wire(topic: "t")
    let reader = try wire.reader()
    try wire.broker.setRoundTrip(.milliseconds(500))
    let error = try #require(throws: KafkaError.self) {
      _ = try reader.watermarks(of: home, timeout: .milliseconds(50))
    }
    #expect(error.recovery == .retry)
    #expect(error.message.contains("t [0]"))
  }

  @Test("topics: what passes is a matter of trying again", arguments: [Fault.requestTimedOut, .disconnect])
  func topicsAreTriedAgain(_ fault: Fault) throws {
    let wire = try Wire(topic: "t")
    let admin = try Admin(wire.configuration(), observer: .silent)
    wire.broker.inject([fault], for: .metadata)
    let topics = try again { () throws(KafkaError) in try admin.topics(timeout: .seconds(2)) }
    #expect(topics.map(\.name) == ["t"])
  }

  @Test("topics: a cluster that is slow or away is a matter of trying again, within the timeout")
  func topicsWhileAway() throws {
    let wire = try Wire(topic: "t")
    let admin = try Admin(wire.configuration(), observer: .silent)
    _ = try admin.topics(timeout: Wire.patience)
    try wire.broker.setRoundTrip(.seconds(2))
    let started = ContinuousClock.now
    let slow = try #require(throws: KafkaError.self) { _ = try admin.topics(timeout: .milliseconds(100)) }
    #expect(slow.recovery == .retry)
    #expect(ContinuousClock.now - started < .seconds(2))
    try wire.broker.setRoundTrip(.zero)
    try wire.broker.setDown()
    let away = try #require(throws: KafkaError.self) { _ = try admin.topics(timeout: .milliseconds(100)) }
    #expect(away.recovery == .retry)
    try wire.broker.setUp()
    #expect(try again { () throws(KafkaError) in try admin.topics(timeout: .seconds(1)) }.count == 1)
  }

  /// The error of a call that has a timeout of its own. One that has none fails the test instead of holding it up: the cluster
  /// comes back after a while.
  private func bounded<R>(_ wire: Wire, _ body: () throws -> R) throws -> KafkaError {
    let broker = wire.broker
    let hasReturned = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      guard hasReturned.wait(timeout: .now() + 4) == .timedOut else { return }
      try? broker.setRoundTrip(.zero)
      try? broker.setUp()
    }
    defer { hasReturned.signal() }
    let started = ContinuousClock.now
    let error = try #require(throws: KafkaError.self) { _ = try body() }
    #expect(ContinuousClock.now - started < .seconds(4))
    return error
  }
}
