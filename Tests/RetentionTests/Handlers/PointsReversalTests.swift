import Testing

@testable import Retention

@Suite("Points: refunds and cancellations") struct PointsReversalTests {
  private let paid = at("2026-11-22T12:00:00+08:00")

  /// A shop in which an order was paid; 10 yuan earn 10 points.
  private func shop(total: Int64 = 1_000, redeeming points: Int64 = 0) throws -> Shop {
    var shop = try Shop()
    try shop.take(.paid(total: total, redeeming: points), at: paid)
    return shop
  }

  @Test func partialRefundsReverseTheFlooredShareOfTheirSum() throws {
    var shop = try shop()
    for amount in [333, 333, 333, 1] as [Int64] { try shop.take(.refunded("o-1", amount), at: paid + .hours(1)) }
    // floor(10 x 333 / 1000) = 3; floor(6.66) = 6, 6 - 3 = 3; floor(9.99) = 9, 9 - 6 = 3; 10 - 9 = 1.
    #expect(
      shop.bookings == [
        Booking(.accrued, 10, pending: 10), Booking(.reversed, -3, pending: 7), Booking(.reversed, -3, pending: 4),
        Booking(.reversed, -3, pending: 1), Booking(.reversed, -1),
      ])
  }

  @Test func aRefundTooSmallForAPointCountsWithTheNext() throws {
    var shop = try shop()
    // floor(10 x 99 / 1000) = 0: neither booked nor told; floor(10 x 100 / 1000) = 1.
    try shop.take(.refunded("o-1", 99), at: paid + .hours(1))
    #expect(shop.ledger.count == 1)
    #expect(shop.kinds == [.pointsAccrued])
    try shop.take(.refunded("o-1", 1), at: paid + .hours(2))
    #expect(shop.bookings.last == Booking(.reversed, -1, pending: 9))
  }

  @Test func theShareIsOfWhatWasGrantedAlsoInACampaign() throws {
    var shop = try Shop()
    // The member day: 1.50 yuan x 2 = 3 points. floor(3 x 50 / 150) = 1; floor(3 x 149 / 150) = floor(2.98) = 2, 2 - 1 = 1.
    let memberDay = at("2026-12-08T12:00:00+08:00")
    try shop.take(.paid(total: 150), at: memberDay)
    try shop.take(.refunded("o-1", 50), at: memberDay)
    try shop.take(.refunded("o-1", 99), at: memberDay)
    #expect(shop.ledger.map(\.points) == [3, -1, -1])
  }

  @Test func theShareIsOfTheTotalAlsoWhenOnlyAPartWasEligible() throws {
    var shop = try Shop { $0.points.excludedCategories = [id("gift-card")] }
    // Granted for 400 of 1,000: 4 points. Half is refunded: floor(4 x 500 / 1000) = 2.
    try shop.take(.paid(total: 1_000, lines: [.line("gift-card", price: 600)]), at: paid)
    try shop.take(.refunded("o-1", 500), at: paid)
    #expect(shop.bookings == [Booking(.accrued, 4, pending: 4), Booking(.reversed, -2, pending: 2)])
  }

  @Test func refundsBeyondTheTotalReverseAtMostWhatWasGranted() throws {
    var shop = try shop()
    try shop.take(.refunded("o-1", 900), at: paid)
    try shop.take(.refunded("o-1", 900), at: paid)
    try shop.take(.refunded("o-1", Int64.max), at: paid)
    // floor(9) = 9; min(1800, 1000) of 1000: 10 - 9 = 1; nothing is left.
    #expect(shop.ledger.map(\.points) == [10, -9, -1])
  }

  @Test func theSameRefundAgainReversesNothing() throws {
    var shop = try shop()
    try shop.take(.refunded("o-1", 300), at: paid, id: "e-refund")
    try shop.take(.refunded("o-1", 300), at: paid, id: "e-refund")
    #expect(shop.ledger.map(\.points) == [10, -3])
    #expect(shop.observations == [.duplicateEvent])
  }

  @Test func aCancellationReversesAllOnce() throws {
    var shop = try shop()
    try shop.take(.cancelled(), at: paid)
    try shop.take(.cancelled(), at: paid)
    #expect(shop.bookings == [Booking(.accrued, 10, pending: 10), Booking(.reversed, -10)])
  }

  @Test func aCancellationAfterRefundsReversesTheRest() throws {
    var shop = try shop()
    try shop.take(.refunded("o-1", 330), at: paid)
    try shop.take(.refunded("o-1", 330), at: paid)
    try shop.take(.cancelled(), at: paid)
    // floor(3.3) = 3; floor(6.6) = 6, 6 - 3 = 3; 10 - 6 = 4.
    #expect(shop.ledger.map(\.points) == [10, -3, -3, -4])
    #expect(shop.bookings.last == Booking(.reversed, -4))
  }

  @Test func aRefundAfterTheCancellationReversesNothing() throws {
    var shop = try shop()
    try shop.take(.cancelled(), at: paid)
    try shop.take(.refunded("o-1", 1_000), at: paid)
    #expect(shop.ledger.map(\.points) == [10, -10])
  }

  @Test func pendingPointsOfTheOrderAreTakenAndNotAvailableOnes() throws {
    var shop = try shop()
    try shop.take(.scan(.delivered), at: paid)
    try shop.advance(to: paid + .days(7))
    try shop.take(.paid("o-2", total: 500), at: paid + .days(8))
    try shop.take(.cancelled("o-2"), at: paid + .days(8))
    // 10 of o-1 are available, 5 of o-2 pending: the cancellation of o-2 takes the 5.
    #expect(shop.bookings.last == Booking(.reversed, -5, available: 10))
  }

  @Test func availablePointsAreTakenAndWhatIsMissingBecomesDebt() throws {
    var shop = try shop()
    try shop.advance(to: paid + .days(30))
    try shop.take(.paid("o-2", total: 0, redeeming: 8), at: paid + .days(31))
    try shop.take(.refunded("o-1", 1_000), at: paid + .days(32))
    // 10 available - 8 redeemed = 2; 10 are reversed: 2 from available, 8 of debt.
    #expect(
      shop.bookings.suffix(2) == [Booking(.redeemed, -8, available: 2), Booking(.reversed, -10, available: 0, debt: 8)])
    #expect(shop.notifications.last?.body == "orderId=o-1 points=10 available=0 debt=8")
  }

  @Test func newPointsPayDebtFirst() throws {
    var shop = try shop(redeeming: 25)
    // 25 redeemed of nothing: debt 25. 10 pending pay debt when they are confirmed: 15 left, then 20 more: 5 available.
    try shop.advance(to: paid + .days(30))
    try shop.take(.paid("o-2", total: 2_000), at: paid + .days(31))
    try shop.advance(to: paid + .days(61))
    #expect(
      shop.bookings == [
        Booking(.redeemed, -25, debt: 25), Booking(.accrued, 10, pending: 10, debt: 25),
        Booking(.confirmed, 10, debt: 15), Booking(.accrued, 20, pending: 20, debt: 15),
        Booking(.confirmed, 20, available: 5),
      ])
  }

  @Test func theNoticeTellsWhatWasTakenAndWhatIsLeft() throws {
    var shop = try shop()
    try shop.take(.refunded("o-1", 500), at: paid, id: "e-refund")
    let notice = try #require(shop.notifications.last)
    #expect(notice.kind == .pointsReversed)
    #expect(notice.body == "orderId=o-1 points=5 available=0 debt=0")
    #expect(notice.reason.map(\.name) == ["orderId", "points", "pending", "available", "debt"])
    #expect(notice.reason.map(\.value) == [.text("o-1"), .integer(5), .integer(5), .integer(0), .integer(0)])
    #expect(shop.ledger.last?.rule == nil)
  }
}
