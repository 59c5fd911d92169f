import Testing

@testable import Retention

@Suite("Points: refunds and cancellations before their order") struct PointsWaitingTests {
  private let paid = at("2026-11-22T12:00:00+08:00")

  @Test func aRefundSeenBeforeItsOrderWaitsForIt() throws {
    var shop = try Shop()
    try shop.take(.refunded("o-1", 250), at: paid + .hours(1))
    #expect(shop.ledger.isEmpty)
    #expect(shop.notifications.isEmpty)
    try shop.take(.paid(total: 1_000), at: paid, seen: paid + .hours(2))
    // 10 granted, floor(10 x 250 / 1000) = 2 reversed.
    #expect(shop.bookings == [Booking(.accrued, 10, pending: 10), Booking(.reversed, -2, pending: 8)])
    #expect(shop.kinds == [.pointsAccrued, .pointsReversed])
    #expect(try shop.account().waiting.isEmpty)
  }

  @Test func severalRefundsThatWaitedAreReversedEachByItsOwnEntryInTheOrderInWhichTheyCame() throws {
    var shop = try Shop()
    for event in ["e-first", "e-second", "e-third"] { try shop.take(.refunded("o-1", 333), at: paid, id: event) }
    try shop.take(.paid(total: 1_000), at: paid, id: "e-paid")
    // floor(3.33) = 3; floor(6.66) = 6, 6 - 3 = 3; floor(9.99) = 9, 9 - 6 = 3.
    #expect(shop.ledger.map(\.points) == [10, -3, -3, -3])
    #expect(shop.ledger.compactMap(\.cause.eventName) == ["e-paid", "e-first", "e-second", "e-third"])
    #expect(shop.kinds == [.pointsAccrued, .pointsReversed, .pointsReversed, .pointsReversed])
    #expect(Set(shop.ledger.map(\.id)).count == 4)
    #expect(Set(shop.notifications.map(\.id)).count == 4)
  }

  @Test func whatWaitedKeepsTheEventThatToldOfItAsItsCause() throws {
    var shop = try Shop()
    try shop.take(.refunded("o-1", 500), at: paid + .hours(1), id: "e-refund")
    try shop.take(.paid(total: 1_000), at: paid, id: "e-paid", seen: paid + .hours(2))
    // It was the first record that this shop took.
    let cause = Cause.event(
      id("e-refund"), type: .orderRefunded, origin: .init(topic: "orders", partition: 3, offset: 1))
    #expect(shop.ledger.last?.cause == cause)
    #expect(shop.notifications.last?.cause == cause)
    // 72 h after the refund and not after the payment.
    #expect(shop.notifications.last?.expiresAt == paid + .hours(73))
  }

  @Test func aCancellationSeenBeforeItsOrderWaitsForIt() throws {
    var shop = try Shop()
    try shop.take(.cancelled(), at: paid + .hours(1))
    try shop.take(.paid(total: 1_000, redeeming: 4), at: paid, seen: paid + .hours(2))
    #expect(
      shop.bookings == [
        Booking(.redeemed, -4, debt: 4), Booking(.accrued, 10, pending: 10, debt: 4), Booking(.reversed, -10, debt: 4),
        Booking(.restored, 4),
      ])
    // The customer is not told of points that are gone already, neither coming nor going.
    #expect(shop.kinds == [])
    try shop.advance(to: paid + .days(100))
    #expect(shop.ledger.count == 4)
  }

  @Test func aRefundAndACancellationThatWaitedReverseAllBetweenThem() throws {
    for (early, points) in [
      ([.refunded("o-1", 500), .cancelled()], [10, -5, -5]), ([.cancelled(), .refunded("o-1", 500)], [10, -10]),
    ] as [([Event.Payload], [Int64])] {
      var shop = try Shop()
      for payload in early { try shop.take(payload, at: paid) }
      try shop.take(.paid(total: 1_000), at: paid)
      #expect(shop.ledger.map(\.points) == points)
      #expect(shop.bookings.last == Booking(.reversed, points.last ?? 0))
      #expect(Set(shop.ledger.map(\.id)).count == points.count)
      #expect(!shop.kinds.contains(.pointsAccrued))
    }
  }

  @Test func refundsAfterTheOrderAddToThoseThatWaited() throws {
    var shop = try Shop()
    try shop.take(.refunded("o-1", 150), at: paid)
    try shop.take(.paid(total: 1_000), at: paid)
    try shop.take(.refunded("o-1", 150), at: paid)
    // floor(1.5) = 1; floor(3.0) = 3, 3 - 1 = 2.
    #expect(shop.ledger.map(\.points) == [10, -1, -2])
  }

  @Test func whatWaitsTouchesNoOtherOrder() throws {
    var shop = try Shop()
    try shop.take(.cancelled("o-2"), at: paid)
    try shop.take(.paid("o-1", total: 1_000), at: paid)
    #expect(shop.bookings == [Booking(.accrued, 10, pending: 10)])
    #expect(try shop.account().waiting.map(\.order) == [id("o-2")])
  }

  @Test func whenTooManyWaitTheOneThatWaitedLongestIsDroppedAndObserved() throws {
    var shop = try Shop()
    for index in 0...PointsAccount.waitingCapacity {
      try shop.take(.cancelled("o-\(index)"), at: paid)
    }
    #expect(shop.observations == [.waitingReversalDropped])
    try shop.take(.paid("o-0", total: 1_000), at: paid)
    try shop.take(.paid("o-1", total: 1_000), at: paid)
    #expect(shop.ledger.map(\.points) == [10, 10, -10])
  }
}
