import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

/// A worker with nothing to do waits long, and misses nothing by it.
struct IdleTests {
  private let world: World
  private let customer = Shop.customer(in: 0)

  init() throws { world = try World() }

  @Test func aWorkerAtRestWaitsLongAndOneThatJoinsDoesNot() throws {
    let worker = world.start()
    #expect(worker.pollTimeout() == .milliseconds(100))
    try world.settle()
    #expect(worker.pollTimeout() == world.configuration.idleWait)
  }

  @Test func aTimerThatComesUpMeanwhileEndsTheWait() throws {
    let worker = world.start()
    world.send(Shop.shipped("s-1", order: "o-1", of: customer, "delivered"), for: customer, to: "shipments")
    try world.settle()
    let due = try #require(worker.assignment.states.values.compactMap(\.timers.earliest).min())
    world.clock.now = due - TimeSpan(milliseconds: 300)
    #expect(worker.pollTimeout() == .milliseconds(300))
  }

  @Test func anOpenUnitOfWorkIsCommittedInTime() throws {
    let worker = world.start()
    try world.settle()
    world.send(Shop.paid("o-1", of: customer), for: customer)
    while worker.unit.isEmpty { _ = try worker.step() }
    #expect(worker.pollTimeout() <= world.configuration.commitInterval)
  }

  @Test func whatComesDuringTheWaitIsDoneByTheBusinessThatTookOverDuringIt() throws {
    world.start()
    try world.settle()
    var rules = Shop.openRules
    rules.version = "other"
    let program = try Shop.program(rules)
    world.cluster.interlude = { [world, customer] _, call in
      guard call == .poll else { return }
      world.cluster.interlude = nil
      world.source.replace(program)
      world.send(Shop.paid("o-1", of: customer), for: customer)
    }
    try world.settle()
    let entry = try #require(world.ledger.first)
    #expect(String(decoding: entry.record.value ?? [], as: UTF8.self).contains(#""rulesVersion":"other""#))
  }
}
