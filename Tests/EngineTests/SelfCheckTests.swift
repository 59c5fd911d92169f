import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

/// A broken invariant stops its partition, loudly and for good, and nothing else.
struct SelfCheckTests {
  private static let orders = TopicPartition(topic: "orders", partition: Partition(0))
  private let world: World
  /// Whose partition is to be stopped.
  private let customer = Shop.customer(in: 0)
  /// Who is served all the same.
  private let other = Shop.customer(in: 1)

  init() throws { world = try World() }

  /// How a consumer may hand out records that it must not.
  enum Lie: CaseIterable {
    case againAtALaterPoll, againWithinThePoll, backwards

    func distort(_ records: [OwnedRecord], _ former: OwnedRecord) -> [OwnedRecord] {
      switch self {
      case .againAtALaterPoll: [former] + records
      case .againWithinThePoll: records + records
      case .backwards: records.reversed()
      }
    }
  }

  @Test(arguments: Lie.allCases)
  func aRecordThatGoesBackOrComesAgainStopsItsPartition(_ lie: Lie) throws {
    let liar = LyingCluster(world.host)
    world.start(on: liar)
    pay("o-1", customer)
    try world.settle()
    let former = try #require(liar.delivered.first)
    liar.distort = { lie.distort($0, former) }
    pay("o-2", customer)
    pay("o-3", customer)
    try world.run()
    pay("o-4", other)
    try world.run()
    #expect(orderIDs == ["o-1", "o-4"])
    #expect(world.cluster.committedOffsets[Self.orders] == Offset(1))
    try expectPartition0Stopped("offsets", at: "orders")
  }

  @Test func aRecordThatComesAgainAndIsOnlyForwardedStopsItsInputAndNoState() throws {
    let liar = LyingCluster(world.host)
    world.start(on: liar)
    liar.distort = { $0 + $0 }
    world.send(Shop.paid("o-1", of: customer), for: customer, to: "browsing", 2)
    try world.run()
    pay("o-2", customer)
    world.send(Shop.paid("o-3", of: customer), for: customer, to: "browsing", 1)
    world.send(Shop.paid("o-4", of: customer), for: customer, to: "browsing", 2)
    try world.run()
    #expect(Set(orderIDs) == ["o-2", "o-3"])
    #expect(world.board.stoppedPartitions == [TopicPartition(topic: "browsing", partition: Partition(2))])
    #expect(!world.board.isReady(1))
  }

  @Test func anOffsetThatWouldGoBackIsNotCommittedAndItsPartitionIsStopped() throws {
    let worker = world.start()
    pay("o-1", customer)
    try world.settle()
    worker.assignment.inputs[Self.orders]?.position = Offset(0)
    pay("o-2", other)
    try world.run()
    pay("o-3", customer)
    try world.run()
    #expect(orderIDs == ["o-1", "o-2"])
    #expect(world.cluster.transactions.allSatisfy { ($0.offsets[Self.orders] ?? Offset(1)) == Offset(1) })
    try expectPartition0Stopped("offsets", at: "orders")
  }

  @Test func anEventThatTheLedgerDoesNotExplainIsNotCommittedAndItsPartitionIsStopped() throws {
    world.start(with: embezzling(onTimers: false))
    pay("o-1", other)
    pay("o-2", customer)
    try world.run()
    pay("o-3", other)
    world.send(Shop.shipped("s-1", order: "o-2", of: customer, "delivered"), for: customer, to: "shipments")
    try world.run()
    #expect(orderIDs == ["o-1", "o-3"])
    #expect(world.kinds(for: customer).isEmpty)
    #expect(world.cluster.committedOffsets[Self.orders] == nil)
    #expect(world.storedState.keys.allSatisfy { $0.dropFirst().elementsEqual(other.utf8) })
    try expectPartition0Stopped("ledger", at: "orders")
  }

  @Test func aTimerThatTheLedgerDoesNotExplainIsNotCommittedAndItsPartitionIsStopped() throws {
    world.start(with: embezzling(onTimers: true))
    for (order, customer) in [("o-1", customer), ("o-2", other)] { pay(order, customer) }
    try world.settle()
    world.clock.now = Shop.now + .days(31)
    try world.run()
    let confirmed = world.ledger.filter { $0.type == "retention.ledger.confirmed" }
    #expect(confirmed.map(\.customer) == [other])
    try expectPartition0Stopped("ledger", at: "retaind.state")
  }

  @Test(arguments: [Shop.customer(in: 1), Shop.customer(in: 0, 1)])
  func aCustomerWhoBecomesAnotherIsNotCommittedAndThePartitionIsStopped(_ name: String) throws {
    let name = try #require(CustomerID(name))
    world.start(with: Impostor(honest: world.business, victim: customer, name: name))
    pay("o-1", customer)
    try world.run()
    pay("o-2", other)
    try world.run()
    #expect(orderIDs == ["o-2"])
    try expectPartition0Stopped("ownership", at: "retaind.state")
  }

  @Test func aRevocationIsAnsweredAlthoughASelfCheckForbidsTheCommit() throws {
    world.configuration.commitInterval = .seconds(3_600)
    let worker = world.start()
    pay("o-1", customer)
    for _ in 0..<8 { _ = try worker.step() }
    try worker.commit()
    worker.assignment.inputs[Self.orders]?.position = Offset(0)
    pay("o-2", other)
    for _ in 0..<3 { _ = try worker.step() }
    world.cluster.group.rebalance()
    for _ in 0..<8 { _ = try worker.step() }
    #expect(world.cluster.group.isStable)
    #expect(world.cluster.coordinator.isIdle || !worker.isIdle)
    try worker.commit()
    #expect(orderIDs == ["o-1", "o-2"])
    try expectPartition0Stopped("offsets", at: "orders")
  }

  @Test func shuttingDownCommitsNothingThatASelfCheckForbids() throws {
    world.configuration.commitInterval = .seconds(3_600)
    let worker = world.start(
      with: Impostor(honest: world.business, victim: customer, name: try #require(CustomerID(other))))
    pay("o-1", customer)
    for _ in 0..<8 { _ = try worker.step() }
    #expect(!worker.isIdle)
    worker.shutDown()
    #expect(world.cluster.coordinator.isIdle)
    #expect(world.cluster.transactions.isEmpty)
    #expect(world.storage.files.keys.sorted() == ["state-1.checkpoint"])
    #expect(world.logLines.contains { $0.contains("self-check-failed") })
  }

  @Test func theNextWorkerOfTheProcessDoesNotGoOnWithTheStoppedPartitionEither() throws {
    world.start(0, with: embezzling(onTimers: false))
    pay("o-1", customer)
    try world.run()
    world.start(1)
    world.kill(0)
    world.cluster.expireSession(worker: 0)
    pay("o-2", other)
    try world.run()
    #expect(world.workers[1]?.assignment.inputs[Self.orders] != nil)
    #expect(orderIDs == ["o-2"])
    #expect(!world.board.isReady(1))
  }

  @Test func aProcessThatIsStartedAgainDoesWhatWasLeft() throws {
    world.start(with: embezzling(onTimers: false))
    for (order, customer) in [("o-1", customer), ("o-2", other)] { pay(order, customer) }
    try world.run()
    world.start(board: StatusBoard())
    try world.settle()
    #expect(orderIDs.sorted() == ["o-1", "o-2"])
    #expect(world.restoredState == world.storedState)
  }

  @Test func aReplayEndsWhereTheLedgerDoesNotExplainTheAccount() throws {
    var emitted = 0
    let replay = Replay(business: embezzling(onTimers: false), topics: Topics(), source: "/test") { _ in emitted += 1 }
    try replay.take(line: Shop.paid("o-1", of: other))
    let before = emitted
    let stop = #expect(throws: Stop.self) { try replay.take(line: Shop.paid("o-2", of: customer)) }
    #expect(stop?.problem.contains("after 2 lines") == true)
    #expect(emitted == before)
  }

  private func pay(_ order: String, _ customer: String) {
    world.send(Shop.paid(order, of: customer), for: customer)
  }

  private func embezzling(onTimers: Bool) -> RetentionProgram {
    let embezzler = Embezzler(accomplice: customer, onTimers: onTimers)
    return RetentionProgram(world.business, handlers: world.business.handlers + [embezzler])
  }

  private var orderIDs: [String] { world.ledger.compactMap { $0.json["orderId"] as? String } }

  /// Partition 0 is stopped and stays so over a rebalance, partition 1 is not, and the operator is told.
  private func expectPartition0Stopped(_ check: String, at topic: String) throws {
    let stopped = ["customers", "orders", "retaind.forward", "shipments"]
    #expect(world.board.stoppedPartitions.sorted().map(\.description) == stopped.map { "\($0) [0]" })
    let lines = world.logLines.filter { $0.contains("self-check-failed") }
    #expect(lines.count == 1)
    let line = try #require(lines.first)
    for field in [#""level":"critical""#, #""check":"\#(check)""#, #""topic":"\#(topic)""#, #""partition":0"#] {
      #expect(line.contains(field))
    }
    #expect(line.contains(#""offset":"#) && !line.contains(customer) && !line.contains(other))
    let before = Set(orderIDs)
    world.configuration.commitInterval = .milliseconds(100)
    world.cluster.group.rebalance()
    pay("late", customer)
    pay("later", other)
    try world.run()
    try world.workers.values.forEach { try $0.commit() }
    #expect(Set(orderIDs) == before.union(["later"]))
    #expect(!world.board.isReady(1))
    #expect(world.workers.values.allSatisfy { $0.assignment.owned == [Partition(1)] && $0.assignment.isRestored })
    #expect(world.logLines.filter { $0.contains("self-check-failed") }.count == 1)
  }
}

/// What comes again for a good reason breaks no invariant; the random runs say the same of everything else.
struct LegitimateRepeatTests {
  @Test func theRestOfAPollInWhichATopicIsStoppedComesAgain() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.deadLetterLimit.records = 0
    world.cluster.write("customers", 0, value: [1])
    for order in 1...5 { world.send(Shop.paid("o-\(order)", of: customer), for: customer) }
    let liar = LyingCluster(world.host)
    // The bad record first, so that all others are polled before the stop and looked at after it.
    liar.distort = { $0.sorted { $0.topic < $1.topic } }
    world.start(on: liar)
    try world.settle()
    #expect(world.board.stoppedTopics == ["customers"])
    #expect(liar.delivered.count > 6)
    #expect(world.ledger.count == 5)
    #expect(world.board.stoppedPartitions.isEmpty)
  }

  @Test func whatIsPolledWhileAnotherPartitionBecomesCompleteComesAgain() throws {
    let (world, _, _) = try World.lived()
    world.storage.files["state-1.checkpoint"] = nil
    world.cluster.fetchLimit = 1
    // Long, so that the restore of the one partition does not have to read what the other writes.
    world.configuration.commitInterval = .seconds(5)
    let customer = Shop.customer(in: 0)
    let before = world.ledger.count
    for order in 1...20 { world.send(Shop.paid("p-\(order)", of: customer), for: customer) }
    let liar = LyingCluster(world.host)
    world.start(on: liar)
    try world.settle()
    #expect(liar.delivered.count > 20)
    #expect(world.ledger.count == before + 20)
    #expect(world.board.stoppedPartitions.isEmpty)
  }

  @Test(arguments: [Recovery.retry, .abort, .rebuild])
  func whatIsReadAgainAfterAnErrorBreaksNoInvariant(_ recovery: Recovery) throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitRecords = 2
    for order in 1...5 { world.send(Shop.paid("o-\(order)", of: customer), for: customer) }
    for call in [Call.poll, .produce, .sendOffsets] {
      world.cluster.faults.fail(call, .init(recovery: recovery, hasEffect: call == .poll), skipping: 4)
    }
    world.start()
    try world.settle()
    #expect(world.ledger.count == 5)
    #expect(world.board.stoppedPartitions.isEmpty)
  }
}

extension World {
  /// Steps all workers in turn, letting time pass, whether they come to rest or not.
  func run(rounds: Int = 40) throws {
    for _ in 0..<rounds {
      for (_, worker) in workers.sorted(by: { $0.key < $1.key }) { _ = try worker.step() }
      clock.pass(.milliseconds(200))
    }
  }
}
