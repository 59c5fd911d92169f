import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

/// Each event takes effect once, whenever the worker dies.
struct ExactlyOnceTests {
  /// The moments between two calls of a unit of work at which a process may die.
  enum Death: CaseIterable {
    case beforeBegin, afterBegin, afterFirstRecord, beforeSendOffsets, afterSendOffsets, beforeCommit, afterCommit

    func arrange(_ faults: FaultScript) {
      switch self {
      case .beforeBegin: faults.crash(.begin)
      case .afterBegin: faults.crash(.begin, afterEffect: true)
      case .afterFirstRecord: faults.crash(.produce, afterEffect: true)
      case .beforeSendOffsets: faults.crash(.sendOffsets)
      case .afterSendOffsets: faults.crash(.sendOffsets, afterEffect: true)
      case .beforeCommit: faults.crash(.commit)
      case .afterCommit: faults.crash(.commit, afterEffect: true)
      }
    }
  }

  @Test(arguments: Death.allCases)
  func anEventTakesEffectOnceWhenTheProcessDies(_ death: Death) throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    death.arrange(world.cluster.faults)
    world.send(Shop.paid("o-1", of: customer), for: customer)
    #expect(world.stop(of: world.start())?.problem.contains("_CRASH") == true)
    world.start()
    try world.settle()
    #expect(world.ledger.map(\.type) == ["retention.ledger.accrued"])
    #expect(world.kinds(for: customer) == ["points.accrued"])
    #expect(world.ledger.first?.json["pending"] as? Int == 100)
  }

  @Test(arguments: Death.allCases)
  func aTimerFiresOnceWhenTheProcessDies(_ death: Death) throws {
    let world = try World()
    let customer = Shop.customer(in: 1)
    world.start()
    world.send(Shop.shipped("s-1", order: "o-1", of: customer, "delivered"), for: customer, to: "shipments")
    try world.settle()
    world.clock.now = Shop.now + .hours(13)
    death.arrange(world.cluster.faults)
    let worker = try #require(world.workers[0])
    #expect(world.stop(of: worker)?.problem.contains("_CRASH") == true)
    world.start()
    try world.settle()
    #expect(world.kinds(for: customer) == ["shipment.delivered", "order.care_guide"])
  }

  @Test(arguments: [Call.begin, .produce, .sendOffsets, .groupMetadata])
  func anAbortedUnitIsReadAgain(_ call: Call) throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.cluster.faults.fail(call, .init(recovery: .abort))
    world.send(Shop.paid("o-1", of: customer), for: customer)
    world.start()
    try world.settle()
    #expect(world.ledger.count == 1)
    #expect(world.cluster.faults.failures == 1)
  }

  @Test func anAbortFiresTheTimersAgainOnce() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.start()
    world.send(Shop.shipped("s-1", order: "o-1", of: customer, "delivered"), for: customer, to: "shipments")
    try world.settle()
    world.clock.now = Shop.now + .hours(13)
    world.cluster.faults.fail(.sendOffsets, .init(recovery: .abort), times: 3)
    try world.settle()
    #expect(world.kinds(for: customer) == ["shipment.delivered", "order.care_guide"])
    #expect(world.cluster.faults.failures == 3)
  }

  /// Six answers in a row are more than the engine waits for.
  @Test(arguments: [(Recovery.rebuild, 1), (.retry, 6)])
  func aCommitWhoseOutcomeIsUnknownIsNotDoneAgain(_ recovery: Recovery, times: Int) throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.cluster.faults.fail(.commit, .init(recovery: recovery, hasEffect: true), times: times)
    world.send(Shop.paid("o-1", of: customer), for: customer)
    world.start()
    try world.settle()
    #expect(world.ledger.count == 1)
  }

  @Test(arguments: [Call.sendOffsets, .commit, .abort], [false, true])
  func aCallThatMayBeMadeAgainIsMadeAgain(_ call: Call, hasEffect: Bool) throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    if call == .abort { world.cluster.faults.fail(.sendOffsets, .init(recovery: .abort)) }
    world.cluster.faults.fail(call, .init(recovery: .retry, hasEffect: hasEffect && call != .abort), times: 2)
    world.send(Shop.paid("o-1", of: customer), for: customer)
    world.start()
    try world.settle()
    #expect(world.ledger.count == 1)
    #expect(world.cluster.transactions.count == 1)
    #expect(world.cluster.group.generation == 1)
  }

  @Test func nothingToCommitMakesNoTransaction() throws {
    let world = try World()
    world.start()
    try world.settle()
    for _ in 0..<50 {
      world.clock.pass(.seconds(1))
      _ = try #require(world.workers[0]).step()
    }
    #expect(world.cluster.faults.counts[.begin] == nil)
    #expect(world.cluster.faults.counts[.sendOffsets] == nil)
  }

  @Test func aTransactionOfATimerAloneCarriesTheOffsetOfTheForwardPartition() throws {
    let world = try World()
    let customer = Shop.customer(in: 1)
    world.start()
    world.send(Shop.shipped("s-1", order: "o-1", of: customer, "delivered"), for: customer, to: "shipments")
    try world.settle()
    let before = world.cluster.transactions.count
    world.clock.now = Shop.now + .hours(13)
    try world.settle()
    #expect(world.cluster.transactions.count == before + 1)
    let offsets = try #require(world.cluster.transactions.last).offsets
    #expect(Array(offsets.keys) == [TopicPartition(topic: world.topics.forward, partition: Partition(1))])
  }

  @Test func aTransactionThatTouchesAStateCarriesTheOffsetOfItsForwardPartition() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.start()
    world.send(Shop.paid("o-1", of: customer), for: customer)
    try world.settle()
    let transaction = try #require(world.cluster.transactions.first)
    #expect(transaction.offsets.keys.contains(TopicPartition(topic: world.topics.forward, partition: Partition(0))))
    #expect(transaction.offsets[TopicPartition(topic: "orders", partition: Partition(0))] == Offset(1))
  }

  @Test func aUnitOfWorkEndsAtItsNumberOfRecords() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitRecords = 2
    for order in 1...5 { world.send(Shop.paid("o-\(order)", of: customer), for: customer) }
    world.start()
    try world.settle()
    #expect(
      world.cluster.transactions.map { $0.offsets[TopicPartition(topic: "orders", partition: Partition(0))]?.value }
        == [2, 4, 5])
  }

  @Test func shuttingDownCommitsWhatWasProcessed() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitInterval = .seconds(3_600)
    let worker = world.start()
    world.send(Shop.paid("o-1", of: customer), for: customer)
    for _ in 0..<10 { _ = try worker.step() }
    #expect(world.ledger.isEmpty)
    worker.shutDown()
    #expect(world.ledger.count == 1)
    #expect(world.storage.files.keys.sorted() == ["state-0.checkpoint", "state-1.checkpoint"])
  }

  @Test func shuttingDownLeavesNoTransactionOpenWhenTheCommitFails() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitInterval = .seconds(3_600)
    let worker = world.start()
    world.send(Shop.paid("o-1", of: customer), for: customer)
    for _ in 0..<10 { _ = try worker.step() }
    world.cluster.faults.fail(.sendOffsets, .init(recovery: .abort))
    worker.shutDown()
    #expect(world.cluster.coordinator.isIdle)
    #expect(world.ledger.isEmpty)
    #expect(world.storage.files.count == 2)
  }

  @Test func anOffsetThatTheClientsSkipIsNotAnEventTwice() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.cluster.fetchLimit = 1
    world.start()
    for order in 1...4 { world.send(Shop.paid("o-\(order)", of: customer), for: customer, to: "orders", 1) }
    try world.settle()
    // Each was forwarded in a transaction of its own, whose markers are gaps of the forward topic.
    #expect(world.ledger.map { $0.json["orderId"] as? String } == ["o-1", "o-2", "o-3", "o-4"])
  }
}
