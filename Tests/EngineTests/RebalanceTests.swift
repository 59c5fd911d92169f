import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

/// Partitions change hands with nothing lost, doubled or done by two.
struct RebalanceTests {
  @Test func twoWorkersShareThePartitionsAndNothingIsLostOrDoubled() throws {
    let world = try World()
    let customers = (0..<8).map { Shop.customer(in: Int32($0 % 2), $0) }
    world.start(0)
    try world.settle()
    for customer in customers { world.send(Shop.paid("o-\(customer)", of: customer), for: customer) }
    world.start(1)
    try world.settle()
    #expect(world.workers[0]?.assignment.owned == [Partition(0)])
    #expect(world.workers[1]?.assignment.owned == [Partition(1)])
    for customer in customers { world.send(Shop.paid("p-\(customer)", of: customer), for: customer, to: "orders", 0) }
    try world.settle()
    world.kill(1)
    world.cluster.expireSession(worker: 1)
    for customer in customers { world.send(Shop.cancelled("o-\(customer)", of: customer), for: customer) }
    try world.settle()
    #expect(world.workers[0]?.assignment.owned == [Partition(0), Partition(1)])
    for customer in customers {
      let entries = world.ledger.filter { $0.customer == customer }
      #expect(entries.compactMap { $0.json["points"] as? Int }.sorted() == [-100, 100, 100])
      #expect(entries.last?.json["pending"] as? Int == 100)
    }
    #expect(world.restoredState == world.storedState)
  }

  @Test func aRevocationCommitsWhatWasProcessedAndKeepsACheckpoint() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitInterval = .seconds(3_600)
    let worker = world.start()
    for _ in 0..<5 { _ = try worker.step() }
    world.send(Shop.paid("o-1", of: customer), for: customer)
    for _ in 0..<3 { _ = try worker.step() }
    #expect(world.ledger.isEmpty)
    world.cluster.group.rebalance()
    _ = try worker.step()
    #expect(world.ledger.count == 1)
    #expect(world.storage.files.count == 2)
    #expect(worker.assignment.owned.isEmpty)
    try world.settle()
    #expect(world.ledger.count == 1)
  }

  @Test func aLostAssignmentDropsTheUnitOfWorkAndClaimsNoCheckpoint() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitInterval = .seconds(3_600)
    let worker = world.start()
    for _ in 0..<5 { _ = try worker.step() }
    world.send(Shop.paid("o-1", of: customer), for: customer)
    for _ in 0..<3 { _ = try worker.step() }
    #expect(!worker.isIdle)
    world.cluster.expireSession(worker: 0)
    _ = try worker.step()
    #expect(world.cluster.faults.counts[.sendOffsets] == nil)
    #expect(worker.isIdle)
    #expect(worker.assignment.states.isEmpty)
    #expect(world.ledger.isEmpty)
    #expect(world.cluster.coordinator.isIdle)
    #expect(world.storage.files.isEmpty)
    world.configuration.commitInterval = .milliseconds(100)
    world.start(0)
    try world.settle()
    #expect(world.ledger.count == 1)
  }

  @Test func aWorkerThatLostItsPartitionsWithoutKnowingCommitsNothing() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitInterval = .seconds(1)
    let zombie = world.start(0)
    for _ in 0..<5 { _ = try zombie.step() }
    world.send(Shop.paid("o-1", of: customer), for: customer)
    for _ in 0..<3 { _ = try zombie.step() }
    #expect(!zombie.isIdle)
    world.kill(0)
    world.cluster.expireSession(worker: 0)
    world.start(1)
    for _ in 0..<10 {
      _ = try #require(world.workers[1]).step()
      world.clock.pass(.milliseconds(300))
    }
    #expect(throws: KafkaError.self) { try zombie.commit() }
    #expect(world.ledger.count <= 1)
    zombie.discard()
    world.cluster.expireTransaction(worker: 0)
    try world.settle()
    #expect(world.ledger.count == 1)
    #expect(world.restoredState == world.storedState)
  }

  @Test func aCheckpointNeverClaimsWhatAnotherOwnerWrote() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    let zombie = world.start(0)
    try world.settle()
    world.send(Shop.paid("o-1", of: customer), for: customer)
    try world.settle()
    world.kill(0)
    world.cluster.expireSession(worker: 0)
    world.start(1)
    try world.settle()
    world.send(Shop.paid("o-2", of: customer), for: customer)
    try world.settle()
    // It believes that it still owns the partition, and its disk outlives it.
    zombie.takeCheckpoints()
    world.kill(1)
    world.cluster.expireSession(worker: 1)
    world.start(2)
    try world.settle()
    #expect(world.restoredState == world.storedState)
    world.send(Shop.paid("o-3", of: customer), for: customer)
    try world.settle()
    #expect(world.ledger.last?.json["pending"] as? Int == 300)
  }

  @Test(arguments: [Call.assign, .unassign], [Recovery.retry, .abort, .rebuild])
  func anAnswerToTheGroupThatFailsIsGivenAgain(_ call: Call, _ recovery: Recovery) throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.start(0)
    if call == .unassign { try world.settle() }
    world.cluster.faults.fail(call, .init(recovery: recovery))
    if call == .unassign { world.cluster.group.rebalance() }
    world.send(Shop.paid("o-1", of: customer), for: customer)
    try world.settle()
    #expect(world.ledger.count == 1)
    #expect(world.board.isReady(1))
  }

  @Test(arguments: [Recovery.retry, .abort, .rebuild])
  func aRevocationIsAnsweredAlthoughNeitherCommitNorAbortSucceeds(_ recovery: Recovery) throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitInterval = .seconds(3_600)
    let worker = world.start()
    for _ in 0..<5 { _ = try worker.step() }
    world.send(Shop.paid("o-1", of: customer), for: customer)
    for _ in 0..<3 { _ = try worker.step() }
    world.cluster.faults.fail(.sendOffsets, .init(recovery: .abort))
    world.cluster.faults.fail(.abort, .init(recovery: recovery), times: 5)
    world.cluster.group.rebalance()
    _ = try worker.step()
    #expect(worker.assignment.owned.isEmpty)
    world.configuration.commitInterval = .milliseconds(100)
    for _ in 0..<40 {
      _ = try worker.step()
      world.clock.pass(.milliseconds(200))
    }
    #expect(world.cluster.group.isStable)
    #expect(world.cluster.group.generation >= 2)
  }

  @Test(arguments: [Call.committed, .watermarks, .partitionCounts, .bounds, .readerAssign])
  func findingOutWhereThePartitionsStandIsTriedAgain(_ call: Call) throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.cluster.faults.fail(call, .init(recovery: .retry))
    world.cluster.faults.fail(call, .init(recovery: .abort))
    world.send(Shop.paid("o-1", of: customer), for: customer)
    world.start()
    try world.settle()
    #expect(world.ledger.count == 1)
    #expect(world.cluster.faults.failures == 2)
  }

  @Test(arguments: [Call.makeProducer, .makeConsumer, .initTransactions])
  func connectingIsTriedAgain(_ call: Call) throws {
    let world = try World()
    world.cluster.faults.fail(call, .init(recovery: .retry), times: 3)
    world.start()
    try world.settle()
    #expect(world.board.isReady(1))
  }

  @Test func moreWorkersThanPartitionsAreReadyWithNothingToDo() throws {
    let world = try World()
    for worker in 0..<3 { world.start(worker) }
    try world.settle()
    #expect(world.board.isReady(3))
    #expect(world.workers[2]?.assignment.states.isEmpty == true)
  }
}
