import Simulation
import Testing

@testable import Engine
@testable import Retention

@Suite("What a unit of work publishes") struct HeldOutputTests {
  /// A worker that has taken paid orders of one customer and has not come to its commit.
  private func gathering(orders: Int, held: Int) throws -> (World, Worker, customer: String) {
    let world = try World()
    world.configuration.commitInterval = .seconds(1)
    world.configuration.heldOutputs = held
    let worker = world.start()
    for _ in 0..<5 { _ = try worker.step() }
    let customer = Shop.customer(in: 0)
    for number in 0..<orders { world.send(Shop.paid("o-\(number)", of: customer), for: customer) }
    for _ in 0..<3 { _ = try worker.step() }
    #expect(!worker.isIdle)
    return (world, worker, customer)
  }

  @Test func isWrittenAtItsEndAndNoTransactionIsOpenBefore() throws {
    let (world, worker, customer) = try gathering(orders: 1, held: 1_000)
    #expect(!worker.isInTransaction)
    try world.settle()
    #expect(world.ledger.map(\.type) == ["retention.ledger.accrued"])
    #expect(world.kinds(for: customer) == ["points.accrued"])
  }

  @Test func isWrittenBeforeItsEndWhenItIsMuch() throws {
    let (world, worker, _) = try gathering(orders: 2, held: 4)
    // An entry and a notice each.
    #expect(worker.isInTransaction)
    try world.settle()
    #expect(world.ledger.count == 2)
  }

  @Test func isForgottenWithItAndNothingIsAborted() throws {
    let (world, worker, customer) = try gathering(orders: 1, held: 1_000)
    worker.readAgain()
    #expect(worker.isIdle)
    #expect(world.cluster.faults.counts[.abort, default: 0] == 0)
    try world.settle()
    #expect(world.ledger.count == 1)
    #expect(world.kinds(for: customer) == ["points.accrued"])
  }
}
