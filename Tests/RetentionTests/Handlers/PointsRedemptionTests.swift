import Testing

@testable import Retention

@Suite("Points: redemption") struct PointsRedemptionTests {
  private let paid = at("2026-11-22T12:00:00+08:00")

  /// A shop whose customer has 100 available points, earned by `o-1`; the clock stands at day 30.
  private func shop() throws -> Shop {
    var shop = try Shop()
    try shop.take(.paid(total: 10_000), at: paid)
    try shop.advance(to: paid + .days(30))
    return shop
  }

  @Test func redeemedPointsComeOffAvailableBeforeTheOrderEarns() throws {
    var shop = try shop()
    try shop.take(.paid("o-2", total: 5_000, redeeming: 30), at: paid + .days(31))
    #expect(
      shop.bookings.suffix(2) == [
        Booking(.redeemed, -30, available: 70), Booking(.accrued, 50, available: 70, pending: 50),
      ])
    #expect(shop.observations.isEmpty)
  }

  @Test func allThatIsAvailableCanBeRedeemed() throws {
    var shop = try shop()
    try shop.take(.paid("o-2", total: 0, redeeming: 100), at: paid + .days(31))
    #expect(shop.bookings.last == Booking(.redeemed, -100))
    #expect(shop.observations.isEmpty)
  }

  @Test func whatIsMissingBecomesDebtAndIsObserved() throws {
    var shop = try shop()
    try shop.take(.paid("o-2", total: 0, redeeming: 130), at: paid + .days(31))
    // 100 available, 30 missing.
    #expect(shop.bookings.last == Booking(.redeemed, -130, debt: 30))
    #expect(shop.observations == [.redeemedBeyondBalance])
  }

  @Test func pendingPointsCannotBeRedeemed() throws {
    var shop = try Shop()
    try shop.take(.paid("o-1", total: 10_000), at: paid)
    try shop.take(.paid("o-2", total: 0, redeeming: 40), at: paid + .hours(1))
    #expect(shop.bookings.last == Booking(.redeemed, -40, pending: 100, debt: 40))
  }

  @Test func aCancelledOrderRestoresWhatItRedeemed() throws {
    var shop = try shop()
    try shop.take(.paid("o-2", total: 5_000, redeeming: 30), at: paid + .days(31))
    try shop.take(.cancelled("o-2"), at: paid + .days(32))
    #expect(
      shop.bookings.suffix(2) == [Booking(.reversed, -50, available: 70), Booking(.restored, 30, available: 100)])
    // Told the balances as they stand when all is done.
    #expect(shop.notifications.last?.body == "orderId=o-2 points=50 available=100 debt=0")
  }

  @Test func restoredPointsPayDebtFirst() throws {
    var shop = try shop()
    try shop.take(.paid("o-2", total: 0, redeeming: 130), at: paid + .days(31))
    try shop.take(.cancelled("o-2"), at: paid + .days(32))
    // 130 restored: 30 pay the debt, 100 are available again.
    #expect(shop.bookings.last == Booking(.restored, 130, available: 100))
  }

  @Test func aCancellationRestoresOnce() throws {
    var shop = try shop()
    try shop.take(.paid("o-2", total: 0, redeeming: 30), at: paid + .days(31))
    try shop.take(.cancelled("o-2"), at: paid + .days(32))
    try shop.take(.cancelled("o-2"), at: paid + .days(33))
    #expect(shop.ledger.map(\.kind) == [.accrued, .confirmed, .redeemed, .restored])
    #expect(try shop.account().available == 100)
  }

  @Test func aRefundRestoresNothing() throws {
    var shop = try shop()
    try shop.take(.paid("o-2", total: 5_000, redeeming: 30), at: paid + .days(31))
    try shop.take(.refunded("o-2", 5_000), at: paid + .days(32))
    #expect(shop.bookings.last == Booking(.reversed, -50, available: 70))
  }

  @Test func aCancellationOfASettledOrderTakesItsPointsAndRestoresWhatItRedeemed() throws {
    var shop = try shop()
    try shop.take(.paid("o-2", total: 5_000, redeeming: 30), at: paid + .days(31))
    try shop.advance(to: paid + .days(61))
    try shop.take(.paid("o-3", total: 0, redeeming: 110), at: paid + .days(62))
    try shop.take(.cancelled("o-2"), at: paid + .days(63))
    // 100 - 30 + 50 = 120 available, - 110 = 10; 50 reversed: 10 from available, 40 debt; 30 restored: debt 10.
    #expect(
      shop.bookings.suffix(4) == [
        Booking(.confirmed, 50, available: 120), Booking(.redeemed, -110, available: 10),
        Booking(.reversed, -50, debt: 40), Booking(.restored, 30, debt: 10),
      ])
  }
}
