import Foundation
import Operations
import Simulation
import Synchronization
import Testing

@testable import Engine
@testable import Retention

/// A worker that hangs is seen from outside of its thread, and one that waits is not taken for one that hangs.
struct ProgressTests {
  private let world: World

  init() throws { world = try World() }

  private var stalls: [Stall] { world.board.stalls(at: world.clock.read().elapsed) }

  private var isAttended: Bool { world.board.isAttended(at: world.clock.read().elapsed) }

  @Test func aWorkerIsMissedOnceItHasNotComeByForTheBound() {
    let progress = ProgressClock(worker: 3, board: world.board, clock: world.clock)
    progress.pass()
    world.clock.pass(ProgressClock.bound)
    #expect(stalls.isEmpty)
    world.clock.pass(.seconds(1))
    #expect(stalls == [Stall(worker: 3, lasting: .seconds(61))])
    progress.pass()
    #expect(stalls.isEmpty)
  }

  @Test func aCallThatWaitsForACoordinatorMayTakeHoweverLongAndNoOtherMay() {
    let progress = ProgressClock(worker: 0, board: world.board, clock: world.clock)
    progress.waiting {
      world.clock.pass(.seconds(3_600))
      #expect(stalls.isEmpty)
    }
    #expect(stalls.isEmpty)
    progress.passing {
      world.clock.pass(.seconds(61))
      #expect(stalls.count == 1)
    }
    #expect(stalls.isEmpty)
  }

  @Test func aWorkerThatWaitsForACoordinatorIsNotAtItsWorkUntilItIsSeenAgain() {
    ProgressClock(worker: 0, board: world.board, clock: world.clock).waiting {
      world.clock.pass(.seconds(10))
      #expect(isAttended)
      world.clock.pass(.seconds(1))
      #expect(!isAttended)
    }
    #expect(isAttended)
  }

  @Test func aWorkerThatIsIdleOrTriesAgainAndAgainMoves() throws {
    let worker = Watched(world, business: world.business).worker
    for failing in [false, true] {
      if failing { world.cluster.faults.fail(.poll, .init(recovery: .retry), times: 10) }
      for _ in 0..<10 {
        _ = try worker.step()
        world.clock.pass(.seconds(50))
        #expect(stalls.isEmpty)
      }
    }
    #expect(worker.isAssigned)
  }

  @Test func eachPieceOfACheckpointIsProgress() throws {
    let watched = WatchedCluster(world.host, worker: 0, board: world.board, clock: world.clock)
    try watched.watching(world.storage).write("large") { output in
      for _ in 0..<3 {
        world.clock.pass(.seconds(50))
        try output([1])
        #expect(stalls.isEmpty)
      }
    }
    #expect(world.storage.files == ["large": [1, 1, 1]])
  }

  @Test func aWorkerWhoseHandlerHangsIsMissedAndSeenAgainWhenItGoesOn() throws {
    let gate = Gate()
    let customer = Shop.customer(in: 0)
    // Each record is a unit of work, so that the worker comes by between the two.
    world.configuration.commitRecords = 1
    world.send(Shop.paid("o-1", of: customer), for: customer)
    world.send(Shop.paid("o-2", of: customer), for: customer)
    let watched = Watched(world, business: HangingBusiness(program: world.business, gate: gate))
    watched.run()
    gate.waitUntilSomebodyHangs()
    #expect(stalls.isEmpty)
    world.clock.pass(.seconds(61))
    #expect(stalls.map(\.worker) == [0])
    gate.open()
    gate.waitUntilSomebodyHangs()
    #expect(stalls.isEmpty)
    gate.open()
    watched.stop()
    #expect(world.ledger.count == 2)
  }
}

/// A worker whose use of the world is watched, on this thread or on one of its own.
///
/// Unchecked: while the thread runs the test touches only the clock and the board, which lock themselves.
private final class Watched: @unchecked Sendable {
  let worker: Worker
  private let isStopping = Atomic(false)
  private let done = DispatchSemaphore(value: 0)

  init(_ world: World, business: any Business) {
    let watched = WatchedCluster(world.host, worker: 0, board: world.board, clock: world.clock)
    worker = Worker(
      number: 0, configuration: world.configuration, partitioning: world.partitioning, cluster: watched,
      business: BusinessSource(business), storage: watched.watching(world.storage), clock: world.clock,
      log: Log(Log.Configuration(), to: .lines { _ in }), board: world.board)
  }

  func run() {
    Thread.detachNewThread { [self] in
      while !isStopping.load(ordering: .acquiring) { _ = try? worker.step() }
      worker.shutDown()
      done.signal()
    }
  }

  func stop() {
    isStopping.store(true, ordering: .releasing)
    done.wait()
  }
}

/// Holds up whoever comes until it is opened for one.
private final class Gate: Sendable {
  private let arrivals = DispatchSemaphore(value: 0)
  private let departures = DispatchSemaphore(value: 0)

  func hang() {
    arrivals.signal()
    departures.wait()
  }

  func waitUntilSomebodyHangs() { arrivals.wait() }
  func open() { departures.signal() }
}

/// The business with a handler that does not return by itself.
private final class HangingBusiness: Business {
  let program: RetentionProgram
  let gate: Gate

  init(program: RetentionProgram, gate: Gate) {
    self.program = program
    self.gate = gate
  }

  func decode(value: Span<UInt8>?, headers: [MessageHeader], now: Instant) throws(Reject) -> Decoded {
    try program.decode(value: value, headers: headers, now: now)
  }

  func facets(for type: EventType) -> FacetSet { program.facets(for: type) }
  func facets(firing facet: FacetKind) -> FacetSet { program.facets(firing: facet) }

  func process(_ event: Event, origin: Cause.Origin, customer: inout Customer, now: Instant) -> Outcome {
    gate.hang()
    return program.process(event, origin: origin, customer: &customer, now: now)
  }

  func fire(_ facet: FacetKind, customer: inout Customer, now: Instant) -> Outcome {
    program.fire(facet, customer: &customer, now: now)
  }
}
