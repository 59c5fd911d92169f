import Testing

@testable import Retention

@Suite("The points account's bounds") struct PointsAccountTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  /// A shop in which as many orders as are kept were paid, a second apart, each of 10 points.
  private func fullShop() throws -> Shop {
    var shop = try Shop {
      $0.points.maxOrdersPerDay = nil
      $0.tiers.silver.multiplier = .one
    }
    for number in 0..<PointsAccount.orderCapacity {
      try shop.take(.paid("o-\(number)", total: 1_000), at: noon + .seconds(Int64(number)))
    }
    return shop
  }

  @Test func anOrderThatMustLeaveWhilePendingIsConfirmedFirst() throws {
    var shop = try fullShop()
    try shop.take(.paid("new", total: 2_000), at: noon + .hours(1))
    // 256 x 10 pending; the oldest is confirmed, then 20 are added: 2,560 - 10 + 20 = 2,570.
    #expect(
      shop.bookings.suffix(2) == [
        Booking(.confirmed, 10, available: 10, pending: 2_550), Booking(.accrued, 20, available: 10, pending: 2_570),
      ])
    #expect(shop.ledger.suffix(2).map(\.order) == [id("o-0"), id("new")])
    let account = try shop.account()
    #expect(account.orders.count == PointsAccount.orderCapacity)
    #expect(account.order(id("o-0")) == nil)
    #expect(try shop.pastOrders().all().map(\.order) == [id("o-0")])
  }

  @Test func settledOrdersLeaveBeforePendingOnes() throws {
    var shop = try fullShop()
    try shop.take(.cancelled("o-7"), at: noon + .hours(1))
    try shop.take(.paid("new", total: 2_000), at: noon + .hours(2))
    let account = try shop.account()
    #expect(account.order(id("o-7")) == nil)
    #expect(try shop.pastOrders().all().map(\.order) == [id("o-7")])
    #expect(account.order(id("o-0")) != nil)
    #expect(!shop.ledger.contains { $0.kind == .confirmed })
  }

  @Test func ordersAreKeptInTheOrderInWhichTheyWerePaid() throws {
    var shop = try Shop()
    try shop.take(.paid("late", total: 1_000), at: noon)
    try shop.take(.paid("early", total: 1_000), at: noon - .hours(1))
    try shop.take(.paid("same", total: 1_000), at: noon)
    #expect(try shop.account().orders.map(\.order) == [id("early"), id("late"), id("same")])
  }

  @Test func aSumThatDoesNotFitIsTheLargest() {
    #expect((Int64.max - 1).addingClamped(1) == Int64.max)
    #expect(Int64.max.addingClamped(1) == Int64.max)
    #expect((0 as Int64).addingClamped(0) == 0)
  }

  @Test func anOrderWhoseAmountsContradictEachOtherIsRefused() throws {
    func decode(total: Int64, granted: Int64, reversed: Int64, refunded: Int64) throws -> OrderPoints {
      var order = OrderPoints(
        order: id("o-1"), paidAt: noon, paidIn: nil, total: total, currency: nil, granted: granted, redeemed: 0,
        confirmAt: noon)
      order.reversed = reversed
      order.refunded = refunded
      var writer = FacetWriter()
      order.encode(into: &writer)
      var reader = FacetReader(writer.bytes)
      return try OrderPoints(from: &reader, version: PointsAccount.version)
    }
    #expect(try decode(total: 1_000, granted: 10, reversed: 10, refunded: 1_000).pending == 0)
    #expect(throws: FacetError.self) { try decode(total: 1_000, granted: 10, reversed: 11, refunded: 0) }
    #expect(throws: FacetError.self) { try decode(total: 1_000, granted: 10, reversed: 0, refunded: 1_001) }
    #expect(throws: FacetError.self) { try decode(total: -1, granted: 10, reversed: 0, refunded: 0) }
    #expect(throws: FacetError.self) {
      try decode(total: 1_000, granted: PointsRules.largestGrant + 1, reversed: 0, refunded: 0)
    }
  }

  @Test func anAccountThatHoldsAnOrderTwiceIsRefused() throws {
    var account = PointsAccount()
    for total in [1, 2] as [Int64] {
      account.add(
        OrderPoints(
          order: id("o-1"), paidAt: noon, paidIn: nil, total: total, currency: nil, granted: 0, redeemed: 0,
          confirmAt: noon))
    }
    let bytes = account.encoded()
    #expect(throws: FacetError.self) { try PointsAccount.decode(bytes) }
  }
}
