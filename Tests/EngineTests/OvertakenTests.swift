import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

/// A worker that stood still is not mistaken for a group whose input is gone; and what failed half way leaves nothing behind
/// that goes on by itself. All of these were found by the simulation.
struct OvertakenTests {
  private static let orders = TopicPartition(topic: "orders", partition: Partition(0))

  /// A worker that was replaced without hearing of it, while its successor has read two more orders.
  private func overtaken() throws -> (world: World, zombie: Worker) {
    let world = try World()
    let customer = Shop.customer(in: 0)
    let zombie = world.start(0)
    try world.settle()
    world.cluster.group.hearing = { .seconds(3_600) }
    world.cluster.expireSession(worker: 0)
    world.cluster.group.hearing = { .zero }
    world.kill(0)
    world.start(1)
    for order in 1...2 { world.send(Shop.paid("o-\(order)", of: customer), for: customer) }
    try world.settle()
    world.cluster.group.hearing = { .seconds(3_600) }
    return (world, zombie)
  }

  @Test func aPositionThatIsGoneBecauseAnotherMemberReadOnIsNoReasonToStop() throws {
    let (world, zombie) = try overtaken()
    world.cluster.logs[Self.orders]?.truncate(before: try #require(world.cluster.committedOffsets[Self.orders]))
    #expect(world.stop(of: zombie, rounds: 3) == nil)
    #expect(world.logLines.contains { $0.contains("may have read on") })
  }

  @Test func whileItIsNotKnownWhoseThePositionIsTheProcessGoesOn() throws {
    let (world, zombie) = try overtaken()
    world.cluster.logs[Self.orders]?.truncate(before: try #require(world.cluster.committedOffsets[Self.orders]))
    world.cluster.faults.fail(.committed, .init(recovery: .retry))
    #expect(world.stop(of: zombie, rounds: 1) == nil)
    #expect(zombie.session == nil)
  }

  @Test func aPositionThatIsGoneForTheWholeGroupStopsWithARemedy() throws {
    let world = try World()
    let worker = world.start(0)
    try world.settle()
    let customer = Shop.customer(in: 0)
    for order in 1...2 { world.send(Shop.paid("o-\(order)", of: customer), for: customer) }
    world.cluster.logs[Self.orders]?.truncate(before: Offset(1))
    let stop = try #require(world.stop(of: worker, rounds: 3))
    #expect(stop.kind == .configuration)
    #expect(stop.problem.contains("orders [0]"))
  }

  @Test func aWorkerWhoseProducerWasFencedReadsNothingUntilItKnowsWhy() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitInterval = .seconds(1)
    let worker = world.start(0)
    for _ in 0..<5 { _ = try worker.step() }
    world.send(Shop.paid("o-1", of: customer), for: customer)
    _ = try worker.step()
    world.cluster.expireTransaction(worker: 0)
    world.clock.pass(.seconds(2))
    _ = try worker.step()
    #expect(worker.suspectUntil != nil)
    world.send(Shop.paid("o-2", of: customer), for: customer)
    world.cluster.logs[Self.orders]?.truncate(before: Offset(2))
    #expect(world.stop(of: worker, rounds: 5) == nil)
  }

  @Test func aChangelogReaderThatCannotBeSetBackIsReplaced() throws {
    let (world, customers, _) = try World.lived()
    world.cluster.faults.fail(.readerPoll, .init(recovery: .retry))
    world.cluster.faults.fail(.readerAssign, .init(recovery: .retry), skipping: 1)
    world.storage.files = [:]
    world.start(0)
    try world.settle()
    #expect(world.restoredState == world.storedState)
    #expect(!customers.isEmpty)
  }

  @Test func aPreparationThatFailsHalfWayLeavesNothingThatIsRead() throws {
    let world = try World()
    world.cluster.write("browsing", 2, value: Array("no event".utf8))
    world.cluster.faults.fail(.bounds, .init(recovery: .retry), times: 3)
    let worker = world.start(0)
    var failures = 0
    while world.cluster.faults.counts[.bounds, default: 0] < 3 {
      _ = try worker.step()
      world.clock.pass(.seconds(1))
      failures += 1
      try #require(failures < 50)
      #expect(worker.unprepared == nil || worker.assignment.inputs.isEmpty)
    }
    try world.settle()
    #expect(world.deadLetters.count == 1)
  }
}
