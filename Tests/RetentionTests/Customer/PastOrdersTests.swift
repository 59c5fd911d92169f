import Testing

@testable import Retention

@Suite("Orders whose points are settled") struct PastOrdersTests {
  private let noon = at("2026-01-01T12:00:00+08:00")

  /// A shop in which `count` orders of 10 points each were paid, a day apart, and confirmed the day after.
  private func shop(_ count: Int, _ adjust: (inout Rules) -> Void = { _ in }) throws -> Shop {
    var shop = try Shop {
      $0.points.confirmAtLatestDays = 1
      $0.points.expireAfterMonths = 0
      $0.points.campaigns = []
      $0.tiers.silver.multiplier = .one
      adjust(&$0)
    }
    for number in 0..<count { try shop.take(.paid("o-\(number)", total: 1_000), at: noon + .days(Int64(number))) }
    return shop
  }

  @Test func theAccountKeepsFewSettledOrders() throws {
    let shop = try shop(100)
    let account = try shop.account()
    #expect(account.orders.count <= PointsAccount.settledCapacity + 2)
    #expect(try shop.pastOrders().count + account.orders.count == 100)
    #expect(account.available == 990)
    #expect(account.pending == 10)
  }

  @Test func aRefundFindsAnOrderThatWasPutAway() throws {
    var shop = try shop(40)
    try shop.take(.refunded("o-0", 500), at: noon + .days(40))
    #expect(shop.bookings.last == Booking(.reversed, -5, available: 395, pending: 0))
    // What was refunded is remembered, wherever the order lies: 10 x 700 / 1,000 - 5 = 2.
    for number in 40..<60 { try shop.take(.paid("o-\(number)", total: 1_000), at: noon + .days(Int64(number))) }
    try shop.take(.refunded("o-0", 200), at: noon + .days(60))
    #expect(shop.bookings.last == Booking(.reversed, -2, available: 593, pending: 0))
    try shop.take(.cancelled("o-1"), at: noon + .days(60))
    #expect(shop.bookings.last == Booking(.reversed, -10, available: 583, pending: 0))
    #expect(try shop.standing().paidOrders == 59)
  }

  @Test func anOrderThatWasPutAwayIsNotPaidAgain() throws {
    var shop = try shop(40)
    let before = shop.ledger.count
    try shop.take(.paid("o-0", total: 1_000), at: noon + .days(39))
    #expect(shop.observations.last == .duplicateOrder)
    #expect(shop.ledger.count == before)
  }

  @Test func theOneThatWasPutAwayFirstLeavesFirst() throws {
    var shop = try shop(OrderPoints.archiveCapacity + 30)
    #expect(try shop.pastOrders().count == OrderPoints.archiveCapacity)
    try shop.take(.refunded("o-0", 1_000), at: noon + .days(400))
    #expect(try shop.account().waiting.map(\.order) == [id("o-0")])
    let oldest = try #require(try shop.pastOrders().all().first)
    try shop.take(.cancelled(oldest.order.description), at: noon + .days(400))
    #expect(shop.bookings.last?.kind == .reversed)
  }

  @Test func ordersOfTheSameDayCountWhereverTheyLie() throws {
    var shop = try shop(0) {
      $0.points.confirmAtLatestDays = 0
      $0.points.maxOrdersPerDay = 20
    }
    for number in 0..<21 { try shop.take(.paid("o-\(number)", total: 1_000), at: noon + .minutes(Int64(number))) }
    #expect(try shop.pastOrders().count > 0)
    #expect(shop.observations == [.pointsHeld])
    #expect(shop.ledger.last?.kind == .held)
  }

  @Test func whoReachedATierWithAnOrderThatWasPutAwayIsJudgedAYearAfterIt() throws {
    var shop = try shop(40) { $0.tiers.silver.threshold = 500 }
    // 41 x 10 = 410 so far: what came late is enough, and it does not make the newest order older.
    try shop.take(.paid("late", total: 20_000), at: noon, seen: noon + .days(41))
    let newest = try #require(try shop.pastOrders().newest)
    #expect(try shop.standing().tier == .silver)
    let day = try #require(try shop.standing().judgement?.day)
    #expect(day >= LocalTime(identifier: "Asia/Shanghai")!.day(of: newest) + 365)
  }

  @Test func aDamagedOrderIsReportedWhenItIsAskedFor() throws {
    var past = PastOrders()
    past.put([settled("o-1"), settled("o-2")])
    var bytes = try #require(past.encoded())
    // The first byte of the last order's identifier, behind the length of that.
    let place = try #require(bytes.lastIndex(of: UInt8(ascii: "o")))
    bytes[place] = 0xff
    let damaged = try PastOrders.decode(bytes)
    #expect(try damaged.record(id("o-1"))?.granted == 10)
    #expect(throws: FacetError.self) { try damaged.record(id("o-2")) }

    let program = try RetentionProgram(rules: Rules(), wording: PlainWording.all(), decoder: EventDecoder())
    var customer = Customer(id: Shop.customer)
    try customer.load(.all) { $0 == .pastOrders ? bytes : nil }
    let event = Event(id: id("e-1"), time: noon, customer: Shop.customer, payload: .refunded("o-2", 10))
    let origin = Cause.Origin(topic: "orders", partition: 0, offset: 0)
    let outcome = program.process(event, origin: origin, customer: &customer, now: noon)
    #expect(outcome.violation?.hasPrefix("facet pastOrders ") == true)
  }

  private func settled(_ name: String) -> OrderPoints {
    var account = PointsAccount()
    account.add(
      OrderPoints(
        order: id(name), paidAt: noon, paidIn: nil, total: 1_000, currency: nil, granted: 10, redeemed: 0,
        confirmAt: noon))
    _ = account.confirm(id(name), for: nil)
    return account.orders[0]
  }
}
