import Testing

@testable import Kafka

@Suite("A member whose coordinator fails", .blocking)
struct GroupFaultTests {
  typealias Fault = EmbeddedBroker.Fault
  typealias Request = EmbeddedBroker.Request

  private let home = TopicPartition("t", 0)
  private let quick = ["session.timeout.ms": "4000", "heartbeat.interval.ms": "100"]

  private func answer(_ consumer: Consumer, _ rebalance: Rebalance) throws {
    switch rebalance {
    case .assigned(let partitions):
      try consumer.assign(Dictionary(uniqueKeysWithValues: partitions.map { ($0, Offset(0)) }))
    case .revoked: try consumer.unassign()
    }
  }

  private func joined(_ wire: Wire) throws -> Consumer {
    let member = try wire.member(of: "g", quick)
    try member.subscribe(["t"])
    _ = try member.poll(until: { !$0.rebalances.isEmpty }, answering: { try answer(member, $0) })
    return member
  }

  // The mock cluster waits three seconds before a group's first generation, so that several faults share one join.
  @Test(
    "joining: what passes is tried again inside",
    arguments: [
      (Request.findCoordinator, [Fault.coordinatorNotAvailable, .disconnect]),
      (.joinGroup, [.coordinatorLoading, .notCoordinator, .unknownMember, .disconnect]),
      (.syncGroup, [.notCoordinator, .disconnect]),
    ])
  func joiningIsTriedAgain(_ request: Request, _ faults: [Fault]) throws {
    let wire = try Wire(topic: "t")
    wire.broker.inject(faults, for: request)
    let member = try wire.member(of: "g", quick)
    try member.subscribe(["t"])
    let seen = try member.poll(until: { !$0.rebalances.isEmpty })
    #expect(seen.rebalances == [.assigned([home])])
  }

  @Test("a heartbeat: a coordinator that is away for a moment costs nothing")
  func heartbeatIsTriedAgain() throws {
    let wire = try Wire(topic: "t")
    let member = try joined(wire)
    let before = try member.groupMetadata()
    let producer = try wire.producer()
    for (number, fault) in [Fault.coordinatorNotAvailable, .notCoordinator, .disconnect].enumerated() {
      wire.broker.inject([fault, fault], for: .heartbeat)
      try producer.commit(values: ["\(number)"], to: "t")
      let seen = try member.poll(until: { !$0.records.isEmpty })
      #expect(seen.rebalances.isEmpty)
    }
    #expect(try member.groupMetadata() == before)
  }

  @Test(
    "a heartbeat that a newer generation refuses gives the partitions up and joins again",
    arguments: [
      (Fault.rebalanceInProgress, false), (.illegalGeneration, true),
    ])
  func heartbeatRejoins(_ fault: Fault, isLost: Bool) throws {
    let wire = try Wire(topic: "t")
    let member = try joined(wire)
    wire.broker.inject([fault], for: .heartbeat)
    let seen = try member.poll(until: { $0.rebalances.count == 2 }, answering: { try answer(member, $0) })
    #expect(seen.rebalances == [.revoked([home], lost: isLost), .assigned([home])])
  }

  @Test("a coordinator that moves is followed: records, positions and metadata as before")
  func coordinatorMoves() throws {
    let wire = try Wire(topic: "t", brokers: 2)
    try wire.broker.moveCoordinator(of: .group("g"), to: 1)
    let member = try joined(wire)
    let producer = try wire.producer()
    for (broker, value) in [(Int32(2), "a"), (1, "b")] {
      try wire.broker.moveCoordinator(of: .group("g"), to: broker)
      try producer.commit(values: [value], to: "t")
      let seen = try member.poll(until: { $0.values.contains(value) }, answering: { try answer(member, $0) })
      #expect(seen.rebalances.isEmpty)
      #expect(try member.committed([home], timeout: Wire.patience).isEmpty)
    }
  }

  @Test("a cluster that goes away is told of, and goes on where it was when it is back")
  func clusterBounces() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    let member = try joined(wire)
    try producer.commit(values: ["a"], to: "t")
    _ = try member.poll(until: { !$0.records.isEmpty })
    try wire.broker.setDown()
    let away = try member.poll(until: { !$0.errors.isEmpty })
    #expect(away.errors.allSatisfy { $0.recovery == .retry })
    try wire.broker.setUp()
    try producer.commit(values: ["b"], to: "t")
    let back = try member.poll(until: { !$0.records.isEmpty })
    #expect(back.values == ["b"])
  }

  @Test("a coordinator that is slow does not hold a poll up")
  func slowCoordinator() throws {
    let wire = try Wire(topic: "t")
    let member = try joined(wire)
    try wire.broker.setRoundTrip(.seconds(1))
    let started = ContinuousClock.now
    _ = try member.poll(limit: 10, timeout: .milliseconds(50))
    #expect(ContinuousClock.now - started < .milliseconds(900))
    try wire.broker.setRoundTrip(.zero)
  }

  @Test("leaving is bounded while the cluster is away")
  func leavesWhileAway() throws {
    let wire = try Wire(topic: "t")
    let member = try joined(wire)
    try wire.broker.setDown()
    let started = ContinuousClock.now
    _ = member.close(timeout: .seconds(3))
    #expect(ContinuousClock.now - started < .seconds(5))
  }

  @Test("leaving: whatever the coordinator answers, it ends in time")
  func leavesAnyway() throws {
    let wire = try Wire(topic: "t")
    let member = try joined(wire)
    wire.broker.inject([.notCoordinator, .unknownMember, .disconnect], for: .leaveGroup)
    #expect(member.close(timeout: .seconds(10)))
  }
}
