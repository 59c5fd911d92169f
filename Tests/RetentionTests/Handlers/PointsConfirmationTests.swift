import Testing

@testable import Retention

@Suite("Points: from pending to available") struct PointsConfirmationTests {
  private let paid = at("2026-11-22T12:00:00+08:00")
  private let accrued = Booking(.accrued, 100, pending: 100)
  private let confirmed = Booking(.confirmed, 100, available: 100)

  /// A shop in which an order of 100 yuan was paid.
  private func shop(_ adjust: (inout Rules) -> Void = { _ in }) throws -> Shop {
    var shop = try Shop(adjust)
    try shop.take(.paid(total: 10_000), at: paid)
    return shop
  }

  /// The points become available at `instant`, and not a millisecond before.
  private func expectConfirmation(at instant: Instant, _ shop: Shop) throws {
    var shop = shop
    try shop.advance(to: instant - .millisecond)
    #expect(shop.bookings == [accrued])
    try shop.advance(to: instant)
    #expect(shop.bookings == [accrued, confirmed])
    #expect(shop.ledger.last?.cause == .timer("points.confirm", dueAt: instant))
    #expect(shop.ledger.last?.createdAt == instant)
  }

  @Test func theyAreAvailableSevenDaysAfterTheDelivery() throws {
    var shop = try shop()
    let delivered = paid + .days(3)
    try shop.take(.scan(.delivered), at: delivered)
    try expectConfirmation(at: delivered + .days(7), shop)
  }

  @Test func withoutADeliveryTheyAreAvailableThirtyDaysAfterThePayment() throws {
    try expectConfirmation(at: paid + .days(30), shop())
  }

  @Test func aParcelUnderWayIsNoDelivery() throws {
    var shop = try shop()
    try shop.take(.scan(.outForDelivery), at: paid + .days(1))
    try expectConfirmation(at: paid + .days(30), shop)
  }

  @Test func aDeliverySeenLateReplacesTheLatestDate() throws {
    var shop = try shop()
    // Delivered on day 29: confirmed on day 29 + 7 = 36, and not on day 30.
    try shop.take(.scan(.delivered), at: paid + .days(29))
    try expectConfirmation(at: paid + .days(36), shop)
  }

  @Test func theTimeOfTheDeliveryCountsAndNotWhenItIsSeen() throws {
    var shop = try shop()
    try shop.take(.scan(.delivered), at: paid + .days(1), seen: paid + .days(2))
    try expectConfirmation(at: paid + .days(8), shop)
  }

  @Test func aDeliverySeenBeforeThePaymentCounts() throws {
    var shop = try Shop()
    try shop.take(.scan(.delivered), at: paid + .days(2))
    try shop.take(.paid(total: 10_000), at: paid, seen: paid + .days(2))
    try expectConfirmation(at: paid + .days(9), shop)
  }

  @Test func aDeliveryAfterTheyAreAvailableChangesNothing() throws {
    var shop = try shop()
    try shop.take(.scan(.delivered), at: paid + .days(31))
    try shop.advance(to: paid + .days(100))
    #expect(shop.bookings == [accrued, confirmed])
  }

  @Test func anOrderOfSeveralParcelsCountsAsDeliveredWithTheLast() throws {
    var shop = try shop()
    try shop.take(.scan(.inTransit, of: "p-2"), at: paid + .days(1))
    try shop.take(.scan(.delivered, of: "p-1"), at: paid + .days(2))
    try shop.take(.scan(.delivered, of: "p-2"), at: paid + .days(5))
    try expectConfirmation(at: paid + .days(12), shop)
  }

  @Test func theLastDeliveryIsThatOfTheEventTimesAndNotOfTheArrivals() throws {
    var shop = try shop()
    try shop.take(.scan(.inTransit, of: "p-2"), at: paid + .days(1))
    try shop.take(.scan(.delivered, of: "p-1"), at: paid + .days(5))
    try shop.take(.scan(.delivered, of: "p-2"), at: paid + .days(4), seen: paid + .days(5))
    try expectConfirmation(at: paid + .days(12), shop)
  }

  @Test func aSecondParcelKnownOnlyAfterTheFirstWasDeliveredPutsItOff() throws {
    var shop = try shop()
    try shop.take(.scan(.delivered, of: "p-1"), at: paid + .days(2))
    try shop.take(.scan(.inTransit, of: "p-2"), at: paid + .days(3))
    // No longer delivered: 30 days after the payment, until the second is.
    try expectConfirmation(at: paid + .days(30), shop)
    try shop.take(.scan(.delivered, of: "p-2"), at: paid + .days(6))
    try expectConfirmation(at: paid + .days(13), shop)
  }

  @Test func zeroDaysIsAtOnce() throws {
    var delivered = try shop { $0.points.confirmAfterDays = 0 }
    try delivered.take(.scan(.delivered), at: paid + .days(2))
    try delivered.advance(to: paid + .days(2))
    #expect(delivered.bookings == [accrued, confirmed])
    var neverDelivered = try shop { $0.points.confirmAtLatestDays = 0 }
    try neverDelivered.advance(to: paid)
    #expect(neverDelivered.bookings == [accrued, confirmed])
  }

  @Test func ordersDueTogetherAreConfirmedEachByItsOwnEntry() throws {
    var shop = try shop()
    try shop.take(.paid("o-2", total: 5_000), at: paid)
    try shop.advance(to: paid + .days(30))
    #expect(
      shop.bookings.suffix(2) == [
        Booking(.confirmed, 100, available: 100, pending: 50), Booking(.confirmed, 50, available: 150),
      ])
    #expect(Set(shop.ledger.map(\.id)).count == 4)
  }

  @Test func afterADowntimeTheyAreConfirmedInTheOrderInWhichTheyWereDue() throws {
    var shop = try shop()
    try shop.take(.paid("o-2", total: 5_000), at: paid + .hours(1))
    try shop.take(.scan(.delivered, order: "o-2"), at: paid + .days(1))
    try shop.sleep(until: paid + .days(60))
    // o-2 was due on day 1 + 7 = 8, o-1 on day 30.
    #expect(shop.ledger.suffix(2).map(\.order) == [id("o-2"), id("o-1")])
    #expect(
      shop.ledger.suffix(2).map(\.cause) == [
        .timer("points.confirm", dueAt: paid + .days(8)), .timer("points.confirm", dueAt: paid + .days(30)),
      ])
  }

  @Test func whatIsFullyReversedIsNotConfirmed() throws {
    var refunded = try shop()
    try refunded.take(.refunded("o-1", 10_000), at: paid + .days(1))
    try refunded.advance(to: paid + .days(100))
    #expect(refunded.bookings == [accrued, Booking(.reversed, -100)])
    var cancelled = try shop()
    try cancelled.take(.cancelled(), at: paid + .days(1))
    try cancelled.take(.scan(.delivered), at: paid + .days(2))
    try cancelled.advance(to: paid + .days(100))
    #expect(cancelled.bookings == [accrued, Booking(.reversed, -100)])
  }

  @Test func onlyWhatWasNotRefundedIsConfirmed() throws {
    var shop = try shop()
    // 2,500 of 10,000 refunded: floor(100 x 0.25) = 25 reversed, 75 confirmed.
    try shop.take(.refunded("o-1", 2_500), at: paid + .days(1))
    try shop.advance(to: paid + .days(30))
    #expect(shop.bookings == [accrued, Booking(.reversed, -25, pending: 75), Booking(.confirmed, 75, available: 75)])
  }

  @Test func confirmedPointsAreNotTold() throws {
    var shop = try shop()
    try shop.advance(to: paid + .days(30))
    #expect(shop.kinds == [.pointsAccrued])
  }
}
