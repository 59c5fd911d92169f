import Simulation
import Testing

@testable import Engine
@testable import Retention

/// When a unit of work is committed: at most once an interval, and no later than that asks for.
struct CommitIntervalTests {
  private let world: World
  private let worker: Worker
  private let customer = Shop.customer(in: 0)

  /// A worker that was at rest for a minute.
  init() throws {
    world = try World()
    world.configuration.commitInterval = .seconds(1)
    worker = world.start()
    world.send(Shop.paid("first", of: customer), for: customer)
    try world.settle()
    world.clock.pass(.seconds(60))
  }

  private func order(_ id: String) { world.send(Shop.paid(id, of: customer), for: customer) }

  private var committed: Int { world.ledger.count }

  @Test func whatComesAfterAPauseIsCommittedAtOnce() throws {
    order("second")
    _ = try worker.step()
    #expect(committed == 2)
  }

  @Test func whatComesBehindACommitWaitsForTheRestOfTheInterval() throws {
    order("second")
    _ = try worker.step()
    world.clock.pass(.milliseconds(300))
    order("third")
    _ = try worker.step()
    #expect(committed == 2)
    #expect(worker.pollTimeout() == .milliseconds(700))
    world.clock.pass(.milliseconds(699))
    _ = try worker.step()
    #expect(committed == 2)
    world.clock.pass(.milliseconds(1))
    _ = try worker.step()
    #expect(committed == 3)
  }

  @Test func anIntervalBeginsWithTheCommitAndNotWithItsEnd() throws {
    world.cluster.interlude = { [world] _, call in if call == .commit { world.clock.pass(.milliseconds(100)) } }
    let began = world.clock.read().elapsed
    order("second")
    _ = try worker.step()
    order("third")
    _ = try worker.step()
    let took = world.clock.read().elapsed - began
    #expect(committed == 2 && took >= .milliseconds(100))
    #expect(worker.pollTimeout() == .seconds(1) - took)
  }

  @Test func aTransactionOfABacklogTakesAWholeInterval() throws {
    world.cluster.fetchLimit = Worker.batchLimit
    let order = Shop.paid("second", of: customer)
    for _ in 0..<2 * Worker.batchLimit { world.send(order, for: customer) }
    _ = try worker.step()
    #expect(worker.unit.tally.records == Worker.batchLimit)
    #expect(!worker.isIdle)
    #expect(worker.pollTimeout() == .seconds(1))
    // The second half ends it.
    world.clock.pass(.milliseconds(500))
    _ = try worker.step()
    #expect(!worker.isIdle)
    _ = try worker.step()
    #expect(worker.isIdle)
  }
}
