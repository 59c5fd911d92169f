import Testing

@testable import Retention

@Suite("Points: suspiciously many") struct PointsHoldTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  /// A shop in which 20 orders of 10 yuan were paid within 20 minutes of noon.
  private func busyShop(_ adjust: (inout Rules) -> Void = { _ in }) throws -> Shop {
    var shop = try Shop(adjust)
    for number in 1...20 {
      try shop.take(.paid("o-\(number)", total: 1_000), at: noon + .minutes(Int64(number)))
    }
    return shop
  }

  @Test func theTwentyFirstOrderOfALocalDayIsHeldAndNotTold() throws {
    var shop = try busyShop()
    #expect(shop.bookings.allSatisfy { $0.kind == .accrued } && shop.observations.isEmpty)
    try shop.take(.paid("o-21", total: 5_000), at: noon + .hours(1))
    #expect(shop.bookings.last == Booking(.held, 50, pending: 200))
    #expect(shop.ledger.last?.rule?.name == "base")
    #expect(shop.observations == [.pointsHeld])
    #expect(shop.kinds.count { $0 == .pointsAccrued } == 20)
  }

  @Test func theDayIsTheLocalOneOfThePayment() throws {
    var shop = try busyShop()
    try shop.take(.paid("o-21", total: 5_000), at: at("2026-11-22T23:59:59.999+08:00"))
    try shop.take(.paid("o-22", total: 5_000), at: at("2026-11-23T00:00:00+08:00"))
    try shop.take(.paid("o-23", total: 5_000), at: at("2026-11-22T00:00:00+08:00"), seen: noon + .days(1))
    try shop.take(.paid("o-24", total: 5_000), at: at("2026-11-21T23:59:59.999+08:00"), seen: noon + .days(1))
    #expect(shop.ledger.suffix(4).map(\.kind) == [.held, .accrued, .held, .accrued])
  }

  @Test func heldPointsArePendingAfterSevenDaysAndThenConfirmedAsUsual() throws {
    var shop = try busyShop()
    let paid = noon + .hours(1)
    try shop.take(.paid("o-21", total: 5_000), at: paid)
    try shop.advance(to: paid + .days(7) - .millisecond)
    #expect(shop.bookings.last?.kind == .held)
    try shop.advance(to: paid + .days(7))
    #expect(shop.bookings.last == Booking(.released, 50, pending: 250))
    #expect(shop.ledger.last?.cause == .timer("points.release", dueAt: paid + .days(7)))
    try shop.advance(to: paid + .days(30))
    #expect(shop.bookings.last == Booking(.confirmed, 50, available: 250))
    #expect(shop.kinds.count { $0 == .pointsAccrued } == 20)
  }

  @Test func pointsWhoseConfirmationIsDueAreConfirmedWhenTheyAreReleased() throws {
    var shop = try busyShop { $0.points.confirmAfterDays = 1 }
    let paid = noon + .hours(1)
    try shop.take(.paid("o-21", total: 5_000), at: paid)
    try shop.take(.scan(.delivered, order: "o-21"), at: paid + .days(1))
    try shop.advance(to: paid + .days(7))
    #expect(
      shop.bookings.suffix(2) == [
        Booking(.released, 50, pending: 250), Booking(.confirmed, 50, available: 50, pending: 200),
      ])
  }

  @Test func anOrderThatIsCancelledMeanwhileGivesNothing() throws {
    var shop = try busyShop()
    try shop.take(.paid("o-21", total: 5_000), at: noon + .hours(1))
    try shop.take(.cancelled("o-21"), at: noon + .hours(2))
    #expect(shop.bookings.last == Booking(.held, -50, pending: 200))
    try shop.advance(to: noon + .days(60))
    #expect(!shop.ledger.contains { $0.kind == .released })
    // 20 x 10 of the others.
    #expect(try shop.account().available == 200)
    #expect(!shop.kinds.contains(.pointsReversed))
  }

  @Test func whatIsRefundedMeanwhileIsNotReleased() throws {
    var shop = try busyShop()
    try shop.take(.paid("o-21", total: 5_000), at: noon + .hours(1))
    // 2,000 of 5,000: floor(50 x 0.4) = 20.
    try shop.take(.refunded("o-21", 2_000), at: noon + .hours(2))
    #expect(shop.bookings.last == Booking(.held, -20, pending: 200))
    try shop.advance(to: noon + .days(8))
    #expect(shop.bookings.last == Booking(.released, 30, pending: 230))
    try shop.take(.refunded("o-21", 3_000), at: noon + .days(9))
    #expect(shop.bookings.last == Booking(.reversed, -30, pending: 200))
  }

  @Test func aRefundSeenBeforeItsHeldOrderTakesHeldPoints() throws {
    var shop = try busyShop()
    try shop.take(.refunded("o-21", 2_000), at: noon + .hours(1))
    try shop.take(.paid("o-21", total: 5_000), at: noon + .hours(1))
    #expect(shop.bookings.suffix(2) == [Booking(.held, 50, pending: 200), Booking(.held, -20, pending: 200)])
  }

  @Test func morePointsOnADayThanTheLimitAreHeldFromTheOrderThatExceedsIt() throws {
    var shop = try Shop { $0.points.maxPointsPerDay = 150 }
    try shop.take(.paid("o-1", total: 10_000), at: noon)
    try shop.take(.paid("o-2", total: 5_000), at: noon + .hours(1))
    // 150 is not more than 150; one more is, and what comes after it as well.
    try shop.take(.paid("o-3", total: 100), at: noon + .hours(2))
    try shop.take(.paid("o-4", total: 100), at: noon + .hours(3))
    #expect(shop.ledger.map(\.kind) == [.accrued, .accrued, .held, .held])
  }

  @Test func nothingIsHeldWithoutLimits() throws {
    var shop = try busyShop { $0.points.maxOrdersPerDay = nil }
    try shop.take(.paid("o-21", total: 5_000_000), at: noon + .hours(1))
    #expect(shop.ledger.allSatisfy { $0.kind == .accrued })
  }

  @Test func anOrderThatEarnsNothingIsNotHeld() throws {
    var shop = try busyShop()
    try shop.take(.paid("o-21", total: 99), at: noon + .hours(1))
    #expect(shop.ledger.count == 20 && shop.observations.isEmpty)
    #expect(try shop.account().order(id("o-21"))?.isHeld == false)
  }

  @Test func pointsAreNotConfirmedBeforeTheyAreReleased() throws {
    var shop = try busyShop { $0.points.confirmAfterDays = 0 }
    // Delivered on 30 November, released on 5 December: they become available in December.
    let paid = at("2026-11-28T12:00:00+08:00")
    for number in 1...21 { try shop.take(.paid("x-\(number)", total: 1_000), at: paid + .minutes(Int64(number))) }
    try shop.take(.scan(.delivered, order: "x-21"), at: paid + .days(2))
    try shop.advance(to: paid + .days(8))
    let confirmed = try #require(shop.ledger.last { $0.kind == .confirmed && $0.order == id("x-21") })
    #expect(confirmed.expiresOn?.iso8601 == "2027-12-31")
    #expect(confirmed.cause == .timer("points.confirm", dueAt: paid + .minutes(21) + .days(7)))
  }

  @Test func suspiciousOrdersPushNothingOutThatIsNotSettled() throws {
    var shop = try busyShop()
    for number in 21...600 {
      try shop.take(
        .paid("o-\(number)", total: 10_000, redeeming: 1), at: noon + .minutes(30) + .seconds(Int64(number)))
    }
    #expect(shop.observations.count { $0 == .orderNotTaken } == 600 - PointsAccount.orderCapacity)
    #expect(try shop.account().available == 0)
    // All of them are cancelled: nobody has anything for nothing.
    for number in 1...600 { try shop.take(.cancelled("o-\(number)"), at: noon + .hours(1)) }
    try shop.advance(to: noon + .days(60))
    let account = try shop.account()
    // What the orders that were not taken paid with stays paid.
    #expect(account.available == 0 && account.debt == 600 - Int64(PointsAccount.orderCapacity))
    #expect(try shop.standing().paidOrders == 0)
    #expect(try shop.standing().spend.isEmpty)
  }
}
