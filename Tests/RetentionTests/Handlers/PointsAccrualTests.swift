import Testing

@testable import Retention

@Suite("Points: accrual") struct PointsAccrualTests {
  /// A day that is no member day.
  private let day = at("2026-11-22T12:00:00+08:00")

  @Test func aMajorUnitEarnsAPointAndTheRestIsFloored() throws {
    var shop = try Shop()
    // 12,899 fen = 128.99 yuan x 1 point = 128.99, floored 128.
    try shop.take(.paid(total: 12_899), at: day)
    #expect(shop.bookings == [Booking(.accrued, 128, pending: 128)])
  }

  @Test func theProductIsFlooredOnceAtTheEnd() throws {
    var shop = try Shop {
      $0.points.pointsPerMajorUnit = 3
      $0.points.campaigns = [Campaign(name: "c", multiplier: BasisPoints(12_000), window: .dayOfMonth(22))]
    }
    // 1.33 yuan x 3 x 1.2 = 4.788, floored 4. Flooring after each factor would give 1 x 3 x 1.2 = 3, or 3 x 1.2 = 3.
    try shop.take(.paid(total: 133), at: day)
    #expect(shop.bookings == [Booking(.accrued, 4, pending: 4)])
  }

  @Test(arguments: [
    ("JPY", 1_500, 1_500),  // no decimals: 1,500 yen
    ("KWD", 12_999, 12),  // three decimals: 12.999 dinars, floored
    ("CNY", 199, 1),  // two decimals: 1.99 yuan, floored
    ("CLF", 29_999, 2),  // four decimals: 2.9999, floored
  ])
  func theMinorUnitIsThatOfTheCurrency(_ currency: String, _ total: Int64, _ points: Int64) throws {
    var shop = try Shop()
    try shop.take(.paid(total: total, currency: currency), at: day)
    #expect(shop.bookings == [Booking(.accrued, points, pending: points)])
  }

  @Test func anOrderThatEarnsNothingIsNeitherBookedNorTold() throws {
    var shop = try Shop()
    try shop.take(.paid("o-1", total: 99), at: day)  // 0.99 yuan, floored 0
    try shop.take(.paid("o-2", total: 0), at: day)
    #expect(shop.ledger.isEmpty)
    #expect(shop.notifications.isEmpty)
  }

  @Test func linesOfExcludedCategoriesEarnNothing() throws {
    var shop = try Shop { $0.points.excludedCategories = [id("gift-card"), id("shipping")] }
    // Excluded: 2 x 5,000 - 500 = 9,500 and 1 x 1,200; eligible: 30,000 - 9,500 - 1,200 = 19,300 fen = 193 yuan.
    let lines: [OrderLine] = [
      .line("food", price: 19_300), .line("gift-card", 2, price: 5_000, discount: 500), .line("shipping", price: 1_200),
    ]
    try shop.take(.paid(total: 30_000, lines: lines), at: day)
    #expect(shop.bookings == [Booking(.accrued, 193, pending: 193)])
    #expect(shop.ledger.first?.rule?.eligible == 19_300)
  }

  @Test func excludedLinesBeyondTheTotalLeaveNothingEligible() throws {
    var shop = try Shop { $0.points.excludedCategories = [id("gift-card")] }
    // A discount on the whole order: 4,000 paid, 5,000 of it excluded; eligible max(0, -1,000) = 0.
    try shop.take(.paid(total: 4_000, lines: [.line("gift-card", price: 5_000)]), at: day)
    #expect(shop.ledger.isEmpty)
  }

  @Test func theTotalCountsAndNotTheSumOfTheLines() throws {
    var shop = try Shop()
    // 10,000 fen of goods, 8,000 paid after the order's discount: 80 points.
    try shop.take(.paid(total: 8_000, lines: [.line("food", price: 10_000)]), at: day)
    #expect(shop.bookings == [Booking(.accrued, 80, pending: 80)])
  }

  @Test func theEntryAndTheNoticeNameTheRuleAndTheNumbers() throws {
    var shop = try Shop { $0.version = "v7" }
    try shop.take(.paid(total: 12_899), at: day, id: "e-paid")
    let entry = try #require(shop.ledger.first)
    let rule = GrantRule(
      name: "base", multiplier: .one, tier: .base, tierMultiplier: .one, pointsPerMajorUnit: 1, eligible: 12_899)
    #expect(entry.rule == rule)
    #expect(entry.order == id("o-1"))
    #expect(entry.customer == Shop.customer)
    #expect(entry.rulesVersion == "v7")
    let notice = try #require(shop.notifications.first)
    #expect(notice.kind == .pointsAccrued)
    #expect(notice.template == .pointsAccrued)
    #expect(notice.body == "orderId=o-1 points=128 pending=128 available=0")
    #expect(
      notice.reason.map(\.name) == ["orderId", "points", "eligible", "rule", "multiplier", "tier", "tierMultiplier"])
    #expect(notice.cause == entry.cause)
  }

  @Test func theSameEventAgainChangesNothing() throws {
    var shop = try Shop()
    try shop.take(.paid(total: 10_000), at: day, id: "e-paid")
    let before = shop.stored
    try shop.take(.paid(total: 10_000), at: day, id: "e-paid")
    #expect(shop.bookings == [Booking(.accrued, 100, pending: 100)])
    #expect(shop.kinds == [.pointsAccrued])
    #expect(shop.stored == before)
    #expect(shop.observations == [.duplicateEvent])
  }

  @Test func theSameOrderByAnotherEventEarnsNothing() throws {
    var shop = try Shop()
    try shop.take(.paid(total: 10_000), at: day, id: "e-paid")
    try shop.take(.paid(total: 50_000, redeeming: 5), at: day + .hours(1), id: "e-paid-again")
    #expect(shop.bookings == [Booking(.accrued, 100, pending: 100)])
    #expect(shop.kinds == [.pointsAccrued])
    #expect(shop.observations == [.duplicateOrder])
  }

  @Test func anOrderPlacedEarnsNothing() throws {
    var shop = try Shop()
    let currency = try #require(Currency(code: "CNY"))
    try shop.take(.orderPlaced(PlacedOrder(order: id("o-1"), currency: currency, total: 10_000, lines: [])), at: day)
    #expect(shop.ledger.isEmpty)
    #expect(shop.stored.isEmpty)
  }
}

@Suite("Points: grants beyond the bounds") struct PointsOverflowTests {
  /// A record of `order.paid` in structured mode.
  private func record(total: Int64) -> [UInt8] {
    Array(
      #"{"specversion":"1.0","id":"e-1","source":"/shop","type":"order.paid","time":"2026-11-22T12:00:00+08:00","data":{"#
        .utf8)
      + Array(#""customerId":"c-1","orderId":"o-1","currency":"CNY","total":\#(total),"lines":[]}}"#.utf8)
  }

  private func decode(total: Int64, pointsPerMajorUnit: Int64 = 1) throws -> Decoded {
    let shop = try Shop { $0.points.pointsPerMajorUnit = pointsPerMajorUnit }
    return try shop.program.decode(
      value: record(total: total).span, headers: [], now: at("2026-11-22T12:00:00+08:00"))
  }

  @Test func theLargestGrantIsAccepted() throws {
    // 100,000,000,000,099 fen = 1,000,000,000,000.99 yuan, floored 10^12 points.
    guard case .event(let event) = try decode(total: 100_000_000_000_099) else {
      Issue.record("the record is no event")
      return
    }
    var shop = try Shop()
    try shop.take(event)
    #expect(shop.bookings == [Booking(.accrued, 1_000_000_000_000, pending: 1_000_000_000_000)])
  }

  @Test func whatOnlyACustomersOwnZoneAddsIsCutOff() throws {
    // The 8th has begun in Auckland and not in Shanghai: the member day doubles what is the largest grant already.
    let evening = at("2026-12-07T22:00:00+08:00")
    var shop = try Shop()
    try shop.take(.told { $0.timeZone = "Pacific/Auckland" }, at: evening - .hours(1))
    try shop.take(.paid(total: 100_000_000_000_099), at: evening)
    #expect(shop.bookings == [Booking(.accrued, 1_000_000_000_000, pending: 1_000_000_000_000)])
    #expect(shop.ledger.first?.rule?.name == "member-day")
  }

  @Test(arguments: [
    (100_000_000_000_100 as Int64, 1 as Int64),  // 10^12 + 1 points
    (1_000_000_000_000_000, 1_000_000),  // 10^13 yuan x 10^6 = 10^19 points, beyond 64 bits
  ])
  func aLargerGrantIsRefusedAsOutOfRangeBeforeAnythingChanges(_ total: Int64, _ pointsPerMajorUnit: Int64) {
    let error = #expect(throws: Reject.self) { try decode(total: total, pointsPerMajorUnit: pointsPerMajorUnit) }
    #expect(error?.code == .outOfRange)
    #expect(error?.message.contains("data.total") == true)
  }
}
