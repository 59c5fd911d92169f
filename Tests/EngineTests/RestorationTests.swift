import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

/// A state is the same wherever it is restored from, and complete before its inputs start.
struct RestorationTests {
  /// What a restarted worker finds on its disk.
  enum Disk: CaseIterable {
    case nothing, present, torn, flipped, stale, newer, ofAnotherTopic, old

    func prepare(_ world: World, early: [String: [UInt8]]) throws {
      switch self {
      case .nothing: world.storage.files = [:]
      case .present: break
      case .torn: world.storage.files = world.storage.files.mapValues { Array($0.dropLast(7)) }
      case .flipped:
        world.storage.files = world.storage.files.mapValues { bytes in
          var bytes = bytes
          bytes[bytes.count / 2] ^= 4
          return bytes
        }
      case .stale: world.storage.files = early
      case .newer: world.storage.files = try rewritten(world, topic: world.topics.state, offset: Offset(1_000_000))
      case .ofAnotherTopic: world.storage.files = try rewritten(world, topic: "else.state", offset: Offset(0))
      case .old:
        // It holds a customer whose tombstone may have been compacted away since.
        world.storage.files = try rewritten(world, topic: world.topics.state, offset: Offset(0))
        world.clock.now = world.clock.now + .hours(21)
      }
    }

    /// A checkpoint of other customers, which must not be used.
    private func rewritten(_ world: World, topic: String, offset: Offset) throws -> [String: [UInt8]] {
      let state = StatePartition(Partition(0))
      let stranger = try #require(CustomerID(Shop.customer(in: 0, 77)))
      try state.apply(FacetChange(kind: .seen, bytes: [1, 0, 0]), to: stranger)
      var bytes: [UInt8] = []
      Checkpoint.write(
        state, Checkpoint.Identity(topic: topic, partition: Partition(0), partitionCount: 2),
        Checkpoint.Position(offset: offset, takenAt: world.clock.now)
      ) { bytes += $0 }
      return ["state-0.checkpoint": bytes]
    }
  }

  @Test(arguments: Disk.allCases)
  func theStateAndWhatFollowsFromItAreTheSame(_ disk: Disk) throws {
    let (world, customers, early) = try World.lived()
    try disk.prepare(world, early: early)
    world.start()
    try world.settle()
    let restored = world.restoredState
    #expect(restored == world.storedState)
    #expect(!restored.isEmpty)
    for customer in customers {
      world.send(Shop.refunded("o-\(customer)", of: customer, amount: 5_000, id: "r-\(customer)"), for: customer)
    }
    try world.settle()
    let reversals = world.ledger.filter { $0.type == "retention.ledger.reversed" }
    #expect(Set(reversals.map(\.customer)) == Set(customers))
    #expect(reversals.allSatisfy { $0.json["points"] as? Int == -50 && $0.json["pending"] as? Int == 50 })
    world.clock.now = Shop.now + .hours(34)
    try world.settle()
    #expect(world.notifications.filter { $0.type == "retention.order.care_guide" }.count == customers.count)
  }

  @Test func aCheckpointThatIsUsableSavesReadingTheChangelog() throws {
    let (world, _, _) = try World.lived()
    // The second checkpoint is of a worker that has only restored.
    for _ in 0..<2 {
      let worker = world.start()
      try world.settle()
      worker.shutDown()
    }
    let lines = world.logLines.filter { $0.contains("partition-restored") }.suffix(4)
    #expect(lines.count == 4)
    #expect(lines.allSatisfy { $0.contains(#""records":0"#) })
  }

  @Test func compactionChangesNothing() throws {
    let (world, _, _) = try World.lived()
    world.storage.files = [:]
    let before = world.storedState
    for id in world.cluster.logs.keys where id.topic == world.topics.state {
      world.cluster.logs[id]?.compact(now: Shop.now)
    }
    world.start()
    try world.settle()
    #expect(world.restoredState == before)
  }

  @Test func abortedRecordsOfTheChangelogAreNoState() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.cluster.faults.fail(.sendOffsets, .init(recovery: .abort), times: 3)
    world.send(Shop.paid("o-1", of: customer), for: customer)
    world.start()
    try world.settle()
    world.start()
    try world.settle()
    #expect(world.restoredState == world.storedState)
  }

  @Test func aPredecessorsOpenTransactionIsWaitedFor() throws {
    let world = try World()
    let predecessor = try world.openTransaction()
    world.cluster.committedOffsets[TopicPartition(topic: world.topics.forward, partition: Partition(0))] = Offset(0)
    let worker = world.start(0)
    for _ in 0..<30 {
      _ = try worker.step()
      world.clock.pass(.milliseconds(200))
    }
    #expect(worker.isAssigned)
    #expect(!worker.assignment.isRestored)
    #expect(!world.board.isReady(1))
    #expect(world.logLines.contains { $0.contains("partition-restoring") })
    try predecessor.commit()
    try world.settle()
    #expect(worker.assignment.isRestored)
    #expect(world.restoredState == world.storedState)
    #expect(!world.restoredState.isEmpty)
  }

  @Test func aTransactionThatStaysOpenStopsTheRestoreAtItsDeadlineWithARemedy() throws {
    let world = try World()
    world.configuration.restoreDeadline = .seconds(30)
    _ = try world.openTransaction()
    let stop = try #require(world.stop(of: world.start(0)))
    #expect(stop.kind == .unavailable)
    #expect(stop.problem.contains("retaind.state [0]"))
    #expect(stop.remedy.contains("restoreDeadlineSeconds"))
  }

  @Test func timeInWhichTheProcessStoodStillIsNotWaiting() throws {
    let world = try World()
    let predecessor = try world.openTransaction()
    world.cluster.committedOffsets[TopicPartition(topic: world.topics.forward, partition: Partition(0))] = Offset(0)
    let worker = world.start(0)
    for _ in 0..<10 {
      _ = try worker.step()
      world.clock.pass(.milliseconds(200))
    }
    #expect(!worker.assignment.isRestored)
    // The machine sleeps for an hour, six times as long as a restore may take.
    world.clock.pass(.seconds(3_600))
    for _ in 0..<10 {
      _ = try worker.step()
      world.clock.pass(.milliseconds(200))
    }
    try predecessor.commit()
    try world.settle()
    #expect(worker.assignment.isRestored)
  }

  @Test func inputsThatNeedAStateWaitForItOthersDoNot() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    let predecessor = try world.openTransaction()
    world.send(Shop.paid("o-1", of: customer), for: customer)
    let elsewhere = Shop.customer(in: 1)
    world.send(Shop.paid("o-2", of: elsewhere), for: elsewhere)
    world.send(Shop.paid("o-3", of: elsewhere), for: elsewhere, to: "browsing", 2)
    let worker = world.start(0)
    for _ in 0..<30 {
      _ = try worker.step()
      world.clock.pass(.milliseconds(200))
    }
    #expect(Set(world.ledger.compactMap { $0.json["orderId"] as? String }) == ["o-2", "o-3"])
    try predecessor.abort()
    try world.settle()
    #expect(world.ledger.count == 3)
  }

  @Test func aPredecessorsOffsetsThatAreNotDecidedAreWaitedFor() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.start(0)
    try world.settle()
    world.send(Shop.paid("o-1", of: customer), for: customer)
    world.cluster.faults.crash(.sendOffsets, afterEffect: true)
    #expect(world.stop(of: try #require(world.workers[0])) != nil)
    world.kill(0)
    world.cluster.expireSession(worker: 0)
    let heir = world.start(1)
    for _ in 0..<30 {
      _ = try heir.step()
      world.clock.pass(.seconds(1))
    }
    #expect(!heir.isAssigned)
    world.cluster.coordinator.end(SimulatedCluster.name(0), commits: true)
    try world.settle()
    #expect(world.ledger.count == 1)
    #expect(world.restoredState == world.storedState)
  }

  @Test(arguments: [Recovery.retry, .abort, .rebuild])
  func aFailedPollOfTheChangelogLosesNoRecord(_ recovery: Recovery) throws {
    let (world, _, _) = try World.lived()
    world.storage.files = [:]
    world.cluster.fetchLimit = 2
    for skipping in [0, 1, 2] {
      world.cluster.faults.fail(.readerPoll, .init(recovery: recovery), skipping: skipping, times: 2)
    }
    world.start()
    try world.settle()
    #expect(world.restoredState == world.storedState)
  }

  @Test func aRebalanceDuringTheRestoreBeginsAnewAndSkipsNothing() throws {
    let (world, customers, _) = try World.lived()
    world.storage.files = [:]
    world.cluster.fetchLimit = 1
    for customer in customers { world.send(Shop.paid("p-\(customer)", of: customer), for: customer) }
    let worker = world.start(0)
    for _ in 0..<3 {
      for _ in 0..<6 { _ = try worker.step() }
      #expect(worker.restoration != nil)
      world.cluster.group.rebalance()
    }
    try world.settle(rounds: 2_000)
    #expect(world.restoredState == world.storedState)
    #expect(world.ledger.count == 2 * customers.count)
  }
}
