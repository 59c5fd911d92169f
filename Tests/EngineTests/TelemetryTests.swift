import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

@Suite("What workers tell of themselves") struct TelemetryTests {
  private let customer = Shop.customer(in: 0)

  @Test func aHistogramCountsEachValueOnceAndItsBoundsAreInclusive() {
    var histogram = Histogram(bounds: [1, 10])
    for value in [0.5, 1, 1.5, 10, 11] { histogram.observe(value) }
    #expect(histogram.counts == [2, 2, 1])
    #expect(histogram.sum == 24)
    var sum = histogram
    sum.add(histogram)
    #expect(sum.counts == [4, 4, 2] && sum.sum == 48 && sum.count == 10)
  }

  @Test func eventsAreCountedByTypeAndByWhatBecameOfThem() throws {
    let world = try World()
    world.start()
    for id in ["a", "a", "b"] { world.send(Shop.paid("o-1", of: customer, id: id), for: customer) }
    try world.settle()
    world.send(Shop.erased(customer, id: "x", at: Shop.now), for: customer, to: "customers")
    try world.settle()
    world.send(Shop.paid("o-2", of: customer, id: "c"), for: customer)
    try world.settle()
    func count(_ type: EventType, _ result: EventOutcome.Result) -> Int {
      world.board.tally.outcomes[EventOutcome(type: type, result: result)] ?? 0
    }
    // "b" pays the order again, by another event.
    #expect(count(.orderPaid, .processed) == 1)
    #expect(count(.orderPaid, .duplicate) == 2)
    #expect(count(.orderPaid, .erased) == 1)
    #expect(count(.customerErased, .processed) == 1)
    #expect(world.board.tally.events == ["order.paid": 4, "customer.erased": 1])
  }

  @Test func aForwardedRecordHasItsLatencyMeasuredOnceAndFromItsFirstAppend() throws {
    let world = try World()
    world.start()
    // The browsing topic has another number of partitions.
    world.cluster.write(
      "browsing", 2, value: Shop.paid("o-1", of: customer), timestamp: (Shop.now - .hours(1)).milliseconds)
    try world.settle()
    let tally = world.board.tally
    #expect(tally.records == 2 && tally.forwarded.count == 1)
    #expect(tally.latency.count == 1)
    #expect((3_600..<3_660).contains(tally.latency.sum))
    #expect(tally.transactionRecords.sum == 2)
    #expect(tally.transactionSeconds.count == tally.commits)
  }

  @Test func aWorkerTellsWhatItHoldsAndHowFarBehindItIs() throws {
    let world = try World()
    let worker = world.start()
    world.send(Shop.paid("o-1", of: customer), for: customer)
    try world.settle()
    for _ in 0..<10 {
      _ = try worker.step()
      world.clock.pass(.milliseconds(200))
    }
    let detail = try #require(world.board.details[0])
    #expect(detail.phase == .processing)
    #expect(detail.inputs.count == 11)
    let orders = try #require(detail.inputs.first { $0.id == TopicPartition(topic: "orders", partition: Partition(0)) })
    // Behind the record lies the mark of its transaction in other partitions, not in this one.
    #expect(orders.committed == Offset(1) && orders.lag == 0 && orders.isActive)
    let state = try #require(detail.states.first { $0.partition == Partition(0) })
    #expect(state.customers == 1 && state.bytes > 0 && state.timers > 0 && state.overdueTimers == 0)
    #expect(world.board.incidents.rebalances == [.assigned: 1])
    #expect(world.board.incidents.restoreSeconds.count == 1)
    #expect(world.board.committedAt != nil)
  }

  @Test func overdueTimersAreCounted() {
    var timers = TimerIndex()
    for (number, due) in [5, 1, 9, 3, 7, 3].enumerated() {
      let customer: CustomerID = CustomerID("c-\(number)")!
      timers.insert(TimerEntry(due: Instant(milliseconds: Int64(due)), customer: customer, facet: .account))
    }
    #expect([0, 1, 3, 6, 9].map { timers.countDue(by: Instant(milliseconds: Int64($0))) } == [0, 1, 3, 4, 6])
    #expect(TimerIndex().countDue(by: Instant(milliseconds: 0)) == 0)
  }

  @Test func whatFailsIsCountedByItsCause() throws {
    let world = try World()
    let worker = world.start()
    try world.settle()
    try worker.recover(
      from: KafkaError(code: "_TIMED_OUT", message: "", operation: "commit transaction", recovery: .abort))
    #expect(world.board.incidents.aborts == ["_TIMED_OUT": 1])
  }

  @Test func anotherBusinessTakesOverBetweenTwoTransactions() throws {
    let world = try World()
    let worker = world.start()
    try world.settle()
    world.send(Shop.paid("o-1", of: customer), for: customer)
    while worker.unit.isEmpty { _ = try worker.step() }
    var rules = Shop.openRules
    rules.version = "other"
    world.source.replace(try Shop.program(rules))
    world.send(Shop.paid("o-2", of: customer), for: customer)
    _ = try worker.step()
    try world.settle()
    world.send(Shop.paid("o-3", of: customer), for: customer)
    try world.settle()
    let versions = world.ledger.map { String(decoding: $0.record.value ?? [], as: UTF8.self) }.map {
      $0.contains(#""rulesVersion":"other""#)
    }
    #expect(versions == [false, false, true])
  }
}
