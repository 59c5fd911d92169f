import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

/// Timers are part of the state: neither lost nor doubled, whatever becomes of units of work and clocks.
struct TimerTests {
  @Test func aTimerThatOneUnitOfWorkWithdrawsAndSetsAgainIsNotLost() throws {
    let world = try World()
    world.configuration.commitInterval = .seconds(1)
    let customer = Shop.customer(in: 0)
    let worker = world.start()
    let delivered = Shop.now - .hours(13)
    world.clock.now = Shop.now - .hours(2)
    world.send(
      Shop.shipped("s-1", order: "o-1", of: customer, "delivered", at: delivered), for: customer, to: "shipments")
    try world.settle()
    // It is due. A second parcel withdraws it, and is seen to have come before the first, in the same unit of work.
    world.clock.now = Shop.now
    world.send(
      Shop.shipped("s-2", order: "o-1", of: customer, "in_transit", at: delivered - .hours(2)), for: customer,
      to: "shipments")
    _ = try worker.step()
    world.send(
      Shop.shipped("s-2", order: "o-1", of: customer, "delivered", at: delivered - .hours(1)), for: customer,
      to: "shipments")
    _ = try worker.step()
    #expect(worker.unit.tally.records == 2)
    try world.settle()
    #expect(world.kinds(for: customer).contains("order.care_guide"))
  }

  @Test func aTimerThatWasWithdrawnFiresNothingAndMakesNoTransaction() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.start()
    world.send(Shop.shipped("s-1", order: "o-1", of: customer, "delivered"), for: customer, to: "shipments")
    try world.settle()
    world.send(Shop.cancelled("o-1", of: customer), for: customer, to: "shipments")
    try world.settle()
    let before = world.cluster.transactions.count
    world.clock.now = Shop.now + .days(8)
    try world.settle()
    #expect(world.kinds(for: customer) == ["shipment.delivered"])
    #expect(world.cluster.transactions.count == before)
    #expect(world.board.tally.timers == 0)
  }

  @Test func aClockThatJumpsBackFiresNothingTwice() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.start()
    world.send(Shop.shipped("s-1", order: "o-1", of: customer, "delivered"), for: customer, to: "shipments")
    try world.settle()
    for hours in [13, -20, 14, 0, 30] as [Int64] {
      world.clock.now = Shop.now + .hours(hours)
      try world.settle()
    }
    #expect(world.kinds(for: customer) == ["shipment.delivered", "order.care_guide"])
  }

  @Test func afterDowntimeTimersFireInOrderOfDueTime() throws {
    let world = try World()
    let customers = (0..<4).map { Shop.customer(in: 0, $0) }
    world.start()
    for (index, customer) in customers.enumerated() {
      let time = Shop.now - .minutes(Int64([3, 1, 4, 2][index]))
      world.send(Shop.shipped("s", order: "o", of: customer, "delivered", at: time), for: customer, to: "shipments")
    }
    try world.settle()
    world.kill(0)
    world.clock.now = Shop.now + .hours(13)
    world.start()
    try world.settle()
    let guides = world.notifications.filter {
      $0.type == "retention.order.care_guide" && $0.record.partition == Partition(0)
    }
    #expect(guides.map(\.customer) == [2, 0, 3, 1].map { customers[$0] })
  }

  /// What happened before a timer was due is in the input already, behind much else: the timer must not come first.
  @Test(arguments: [0, 1] as [Int32]) func afterDowntimeWhatLiesInTheInputsComesBeforeTheTimers(partition: Int32) throws
  {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.start()
    world.send(Shop.shipped("s-1", order: "o-1", of: customer, "delivered"), for: customer, to: "shipments")
    try world.settle()
    world.kill(0)
    world.cluster.fetchLimit = 3
    for _ in 0..<40 { world.send([], for: customer, to: "orders") }
    world.send(
      Shop.cancelled("o-1", of: customer, at: Shop.now + .hours(1)), for: customer, to: "orders", partition)
    world.clock.now = Shop.now + .hours(13)
    world.start()
    try world.settle()
    #expect(world.kinds(for: customer) == ["shipment.delivered"])
  }

  @Test func aPartitionThatCannotBeReadHoldsTheTimersUntilItCan() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.start()
    world.send(Shop.shipped("s-1", order: "o-1", of: customer, "delivered"), for: customer, to: "shipments")
    try world.settle()
    world.kill(0)
    world.clock.now = Shop.now + .hours(13)
    let orders = TopicPartition(topic: "orders", partition: Partition(1))
    world.cluster.leaderless = [orders]
    let worker = world.start()
    for _ in 0..<400 {
      _ = try worker.step()
      world.clock.pass(.milliseconds(200))
    }
    #expect(worker.assignment.isRestored && world.board.tally.timers == 0)
    world.cluster.leaderless = []
    try world.settle()
    #expect(world.kinds(for: customer) == ["shipment.delivered", "order.care_guide"])
  }

  @Test func timersDoNotWaitForInputThatGoesOnComing() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    let worker = world.start()
    world.send(Shop.shipped("s-1", order: "o-1", of: customer, "delivered"), for: customer, to: "shipments")
    try world.settle()
    world.kill(0)
    world.cluster.fetchLimit = 2
    world.clock.now = Shop.now + .hours(13)
    let second = world.start()
    for _ in 0..<100 {
      // Two partitions never come to their end again.
      for partition in [0, 1] as [Int32] { for _ in 0..<2 { world.send([], for: customer, to: "orders", partition) } }
      _ = try second.step()
      world.clock.pass(.milliseconds(200))
    }
    #expect(worker !== second && world.kinds(for: customer).contains("order.care_guide"))
  }

  @Test func theIndexGivesWhatIsDueInOrderAsSortingDoes() throws {
    var random = Seeded(3)
    for _ in 0..<40 {
      var index = TimerIndex()
      var sorted: [Instant] = []
      for step in 0..<120 {
        if Int.random(in: 0..<3, using: &random) > 0 {
          let due = Instant(milliseconds: Int64.random(in: 0..<50, using: &random))
          index.insert(TimerEntry(due: due, customer: try #require(CustomerID("c-\(step)")), facet: .orders))
          sorted.append(due)
          sorted.sort()
        } else {
          let now = Instant(milliseconds: Int64.random(in: 0..<50, using: &random))
          let expected = sorted.first.flatMap { $0 <= now ? $0 : nil }
          let popped = index.popDue(by: now)
          #expect(popped?.due == expected)
          if expected != nil { sorted.removeFirst() }
        }
        #expect(index.earliest == sorted.first)
        #expect(index.count == sorted.count)
      }
    }
  }

  @Test func theIndexLosesNoEntryOfEqualDueTimes() throws {
    var index = TimerIndex()
    let due = Instant(milliseconds: 7)
    for number in 0..<50 {
      index.insert(TimerEntry(due: due, customer: try #require(CustomerID("c-\(number)")), facet: .account))
    }
    var hints: Set<TimerIndex.Hint> = []
    while let hint = index.popDue(by: due) { hints.insert(hint) }
    #expect(hints.count == 50)
  }

  /// An order that leaves an account or an order book takes the earliest due time with it, days before that time.
  @Test func theIndexDoesNotGrowWithDueTimesThatWereReplaced() throws {
    let state = StatePartition(Partition(0))
    let customers = try (0..<10).map { try #require(CustomerID("c-\($0)")) }
    for number in 0..<5_000 {
      // Goes up and down, so that due times are replaced and come back.
      try state.apply(due(Int64(number * 7 % 4_000)), to: customers[number % 10])
    }
    #expect(state.timers.count <= 100)
    let last = (4_990..<5_000).map { Int64($0 * 7 % 4_000) }
    var popped: [Instant] = []
    while let entries = state.popDue(by: Instant(milliseconds: 4_000)) {
      for entry in entries {
        #expect(try state.facet(entry.facet, of: entry.customer).flatMap(nextDue) == entry.due)
        popped.append(entry.due)
      }
    }
    #expect(Set(popped) == Set(last.map { Instant(milliseconds: $0) }))
  }

  @Test func aFacetWithNothingDueLeavesNoEntryForEver() throws {
    let state = StatePartition(Partition(0))
    for number in 0..<5_000 {
      let customer = try #require(CustomerID("c-\(number)"))
      try state.apply(due(Int64(number)), to: customer)
      try state.apply(FacetChange(kind: .orders, bytes: nil), to: customer)
    }
    #expect(state.timers.count <= 100)
  }

  @Test(arguments: FacetKind.allCases)
  func anEntryComesBackAsItWasPutIn(facet: FacetKind) throws {
    let state = StatePartition(Partition(0))
    var expected: Set<TimerEntry> = []
    for number in 0..<100 {
      let customer = try #require(CustomerID("c-\(number)"))
      try state.apply(FacetChange(kind: facet, bytes: due(Int64(number / 2)).bytes), to: customer)
      expected.insert(
        TimerEntry(due: Instant(milliseconds: Int64(number / 2)), customer: customer, facet: facet))
    }
    var popped: [TimerEntry] = []
    while let entries = state.popDue(by: Instant(milliseconds: 100)) { popped += entries }
    #expect(popped.count == 100 && Set(popped) == expected)
  }

  @Test func sweepingKeepsOneEntryOfEachThatIsCurrentInOrder() throws {
    var index = TimerIndex()
    for number in (0..<90).reversed() {
      let entry = TimerEntry(
        due: Instant(milliseconds: Int64(number / 3)), customer: try #require(CustomerID("c-\(number % 3)")),
        facet: .orders)
      index.insert(entry)
      index.insert(entry)
    }
    index.sweep { $0.due.milliseconds % 2 == 0 }
    #expect(index.count == 45)
    var popped: [Int64] = []
    while let entry = index.popDue(by: Instant(milliseconds: 100)) { popped.append(entry.due.milliseconds) }
    #expect(popped == stride(from: 0, to: 30, by: 2).flatMap { [$0, $0, $0] })
  }

  /// A facet that holds nothing but when it is due.
  private func due(_ milliseconds: Int64) -> FacetChange {
    var writer = FacetWriter()
    writer.put(byte: 1)
    writer.put(Instant(milliseconds: milliseconds))
    return FacetChange(kind: .orders, bytes: writer.bytes)
  }
}
