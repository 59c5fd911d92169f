import Testing

@testable import Kafka

@Suite("Group membership", .blocking)
struct GroupTests {
  private let all = (0..<4).map { TopicPartition("t", $0) }

  private func positions(_ partitions: [TopicPartition]) -> [TopicPartition: Offset] {
    Dictionary(uniqueKeysWithValues: partitions.map { ($0, Offset(0)) })
  }

  /// Answers as an engine does, but only when it is told of the event.
  private func answer(_ consumer: Consumer, _ rebalance: Rebalance) throws {
    switch rebalance {
    case .assigned(let partitions): try consumer.assign(positions(partitions))
    case .revoked: try consumer.unassign()
    }
  }

  @Test("a member owns all partitions, answers late, shares them with a second one, and gets them back")
  func rebalanceAnsweredLate() throws {
    let wire = try Wire(topic: "t", partitions: 4)
    try wire.producer().commit(values: ["a", "b"], to: "t", partition: 1)
    let first = try wire.member(of: "g", ["session.timeout.ms": "4000", "heartbeat.interval.ms": "100"])
    try first.subscribe(["t"])
    let assigned = try first.poll(until: { !$0.rebalances.isEmpty })
    #expect(assigned.rebalances == [.assigned(all)])

    // Not answered yet: polls go on, bring nothing, and do not repeat the event.
    var waiting = Seen()
    for _ in 0..<5 { waiting.add(try first.poll(limit: 10, timeout: .milliseconds(10))) }
    #expect(waiting.rebalances.isEmpty && waiting.records.isEmpty)
    try first.assign([:])
    try first.assign(positions(all))
    #expect(try first.poll(until: { $0.records.count == 2 }).values == ["a", "b"])

    let second = try wire.member(of: "g", ["session.timeout.ms": "4000", "heartbeat.interval.ms": "100"])
    try second.subscribe(["t"])
    let revoked = try first.poll(until: { !$0.rebalances.isEmpty })
    #expect(revoked.rebalances == [.revoked(all, lost: false)])
    #expect(try second.poll(limit: 1, timeout: .milliseconds(10)).rebalance == nil)
    try first.unassign()

    let halves = try pollBoth(first, second)
    #expect(Set(halves.0).union(halves.1) == Set(all))
    #expect(Set(halves.0).isDisjoint(with: halves.1))
    #expect(halves.0.count == 2)

    #expect(second.close(timeout: .seconds(10)))
    let back = try first.poll(
      until: { $0.rebalances.contains(.assigned(all)) }, answering: { try answer(first, $0) })
    #expect(back.rebalances.first == .revoked(halves.0, lost: false))
    #expect(first.close(timeout: .seconds(10)))
  }

  /// Polls two members in turn until both own something.
  private func pollBoth(_ first: Consumer, _ second: Consumer) throws -> ([TopicPartition], [TopicPartition]) {
    var owned: [[TopicPartition]] = [[], []]
    let deadline = ContinuousClock.now + Wire.patience
    while owned.contains([]), ContinuousClock.now < deadline {
      for (index, consumer) in [first, second].enumerated() {
        guard let rebalance = try consumer.poll(limit: 10, timeout: .milliseconds(10)).rebalance else { continue }
        // What the first one to be assigned has is taken back again if the other joins a second time.
        switch rebalance {
        case .assigned(let partitions): owned[index] = partitions.sorted()
        case .revoked: owned[index] = []
        }
        try answer(consumer, rebalance)
      }
    }
    return (owned[0], owned[1])
  }

  @Test("a member the coordinator no longer knows loses its partitions and joins again")
  func lostMembership() throws {
    let wire = try Wire(topic: "t", partitions: 4)
    let member = try wire.member(of: "g", ["session.timeout.ms": "4000", "heartbeat.interval.ms": "100"])
    try member.subscribe(["t"])
    _ = try member.poll(until: { !$0.rebalances.isEmpty }, answering: { try answer(member, $0) })
    wire.broker.inject([.unknownMember], for: .heartbeat)
    let seen = try member.poll(until: { $0.rebalances.count == 2 }, answering: { try answer(member, $0) })
    #expect(seen.rebalances == [.revoked(all, lost: true), .assigned(all)])
  }

  @Test("a member whose instance name was taken stops, and says what to do")
  func fencedInstance() throws {
    let wire = try Wire(topic: "t", partitions: 4)
    let member = try wire.member(
      of: "g", ["session.timeout.ms": "4000", "heartbeat.interval.ms": "100", "group.instance.id": "w0"])
    try member.subscribe(["t"])
    _ = try member.poll(until: { !$0.rebalances.isEmpty }, answering: { try answer(member, $0) })
    wire.broker.inject([.fencedInstance], for: .heartbeat)
    let error = try #require(throws: KafkaError.self) { _ = try member.poll(until: { _ in false }) }
    #expect(error.recovery == .stop)
    #expect(error.code == "FENCED_INSTANCE_ID")
    #expect(error.message.contains("instance name"))
    #expect(member.close(timeout: .seconds(10)))
  }

  @Test("a member whose instance name was taken while it waited for the group stops too, and does not take it back")
  func fencedWhileJoining() throws {
    let wire = try Wire(topic: "t", partitions: 4)
    let member = try wire.member(of: "g", ["session.timeout.ms": "4000", "group.instance.id": "w0"])
    wire.broker.inject([.fencedInstance], for: .joinGroup)
    try member.subscribe(["t"])
    let error = try #require(throws: KafkaError.self) { _ = try member.poll(until: { _ in false }) }
    #expect(error.recovery == .stop)
    #expect(error.code == "FENCED_INSTANCE_ID")
  }

  @Test("a member closes in time although it never answered its assignment")
  func closesUnanswered() throws {
    let wire = try Wire(topic: "t", partitions: 4)
    let member = try wire.member(of: "g")
    try member.subscribe(["t"])
    #expect(try member.poll(until: { !$0.rebalances.isEmpty }).rebalances == [.assigned(all)])
    let started = ContinuousClock.now
    #expect(member.close(timeout: .seconds(10)))
    #expect(ContinuousClock.now - started < .seconds(8))
  }

  @Test("closing is cut off at its bound when the cluster hangs, and says so in the log")
  func closeIsBounded() throws {
    let lines = Lines()
    let wire = try Wire(topic: "t", partitions: 4)
    let member = try Consumer(
      wire.configuration(["group.id": "g"]), observer: ClientObserver(log: { lines.append($0) }))
    try member.subscribe(["t"])
    _ = try member.poll(until: { !$0.rebalances.isEmpty }, answering: { try answer(member, $0) })
    try wire.broker.setRoundTrip(.seconds(4))
    let started = ContinuousClock.now
    #expect(member.close(timeout: .milliseconds(300)) == false)
    #expect(ContinuousClock.now - started < .seconds(2))
    #expect(lines.all.contains { $0.facility == "CLOSE" })
  }

  @Test("a refused group stops with the remedy")
  func refusedGroup() throws {
    let wire = try Wire(topic: "t")
    let member = try wire.member(of: "g")
    wire.broker.inject([.groupAuthorizationFailed], for: .joinGroup)
    try member.subscribe(["t"])
    let error = try #require(throws: KafkaError.self) { _ = try member.poll(until: { _ in false }) }
    #expect(error.recovery == .stop)
    #expect(error.message.contains("grant"))
  }

  @Test("group metadata differs once the member has joined")
  func metadataFollowsTheGeneration() throws {
    let wire = try Wire(topic: "t", partitions: 4)
    let member = try wire.member(of: "g")
    let before = try member.groupMetadata()
    try member.subscribe(["t"])
    _ = try member.poll(until: { !$0.rebalances.isEmpty }, answering: { try answer(member, $0) })
    #expect(try member.groupMetadata() != before)
  }
}
