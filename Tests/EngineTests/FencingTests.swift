import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

/// Two processes of one name do not fight, and a producer that was only given up is replaced.
struct FencingTests {
  @Test func aProcessWhoseNameAnotherOneTookStopsAndSaysSo() throws {
    let world = try World()
    let older = world.start(0)
    try world.settle()
    world.start(0)
    try world.settle()
    let stop = try #require(world.stop(of: older))
    #expect(stop.problem.contains("FENCED_INSTANCE_ID"))
    #expect(stop.kind == .fenced)
    #expect(try #require(world.workers[0]).isAssigned)
  }

  @Test func aFencedProducerStopsWhenTheConsumerIsFencedTooAndDoesNotFenceBack() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitInterval = .seconds(3_600)
    let older = world.start(0)
    for _ in 0..<5 { _ = try older.step() }
    world.send(Shop.paid("o-1", of: customer), for: customer)
    for _ in 0..<3 { _ = try older.step() }
    // The newer one has made its producer and has not joined yet.
    let newer = try world.host.makeProducer(worker: 0)
    try newer.initTransactions(timeout: .zero)
    world.clock.pass(.seconds(4_000))
    _ = try older.step()
    #expect(older.suspectUntil != nil)
    let before = world.cluster.faults.counts[.initTransactions]
    let member = try world.host.makeConsumer(worker: 0)
    try member.subscribe(world.topics.inputs + [world.topics.forward])
    let stop = try #require(world.stop(of: older, rounds: 20))
    #expect(stop.problem.contains("FENCED_INSTANCE_ID"))
    #expect(world.cluster.faults.counts[.initTransactions] == before)
    #expect(world.ledger.isEmpty)
  }

  @Test func aProducerThatTookTooLongIsReplacedAndTheWorkIsDoneAgain() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitInterval = .seconds(1)
    let worker = world.start(0)
    for _ in 0..<5 { _ = try worker.step() }
    world.send(Shop.paid("o-1", of: customer), for: customer)
    for _ in 0..<3 { _ = try worker.step() }
    #expect(worker.isInTransaction)
    world.cluster.expireTransaction(worker: 0)
    try world.settle()
    #expect(world.ledger.count == 1)
    #expect(world.restoredState == world.storedState)
  }

  @Test func aProducerThatIsFencedDuringARevocationDoesNotKeepTheGroupWaiting() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitInterval = .seconds(3_600)
    let worker = world.start(0)
    for _ in 0..<5 { _ = try worker.step() }
    world.send(Shop.paid("o-1", of: customer), for: customer)
    for _ in 0..<3 { _ = try worker.step() }
    world.cluster.expireTransaction(worker: 0)
    world.cluster.group.rebalance()
    for _ in 0..<5 {
      _ = try worker.step()
      world.clock.pass(.milliseconds(200))
    }
    #expect(world.cluster.group.isStable)
    #expect(world.cluster.group.generation == 2)
  }

  @Test func aProducerThatIsFencedDuringARevocationDoesNotFenceBack() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.commitInterval = .seconds(3_600)
    let older = world.start(0)
    for _ in 0..<5 { _ = try older.step() }
    world.send(Shop.paid("o-1", of: customer), for: customer)
    for _ in 0..<3 { _ = try older.step() }
    let newer = try world.host.makeProducer(worker: 0)
    try newer.initTransactions(timeout: .zero)
    let before = world.cluster.faults.counts[.initTransactions]
    world.cluster.group.rebalance()
    for _ in 0..<5 {
      _ = try older.step()
      world.clock.pass(.milliseconds(200))
    }
    #expect(older.suspectUntil != nil)
    #expect(world.cluster.faults.counts[.initTransactions] == before)
  }

  @Test(arguments: [Call.poll, .assign, .committed, .initTransactions, .begin, .sendOffsets, .makeConsumer])
  func whatAnOperatorMustMendStopsTheWorkerWithKafkasWords(_ call: Call) throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.send(Shop.paid("o-1", of: customer), for: customer)
    world.cluster.faults.fail(call, .init(recovery: .stop, code: "TOPIC_AUTHORIZATION_FAILED"))
    let stop = try #require(world.stop(of: world.start()))
    #expect(stop.kind == .configuration)
    #expect(stop.problem.contains("TOPIC_AUTHORIZATION_FAILED"))
  }

  @Test func pausesBetweenAttemptsGrowAndOneSuccessBeginsAnew() {
    var backoff = Backoff()
    var pauses: [Duration] = []
    for _ in 0..<8 {
      backoff.extend(from: .seconds(100))
      pauses.append(backoff.until - .seconds(100))
    }
    #expect(pauses.prefix(3) == [.milliseconds(100), .milliseconds(200), .milliseconds(400)])
    #expect(pauses.last == .seconds(5))
    backoff.reset()
    backoff.extend(from: .seconds(100))
    #expect(backoff.until == .milliseconds(100_100))
  }
}
