import Testing

@testable import Retention

@Suite("Orders of which nothing is to be told") struct QuietOrdersTests {
  private let noon = at("2026-01-01T12:00:00+08:00")

  /// A shop in which `count` orders were delivered, a day apart; care guide and survey follow within two days.
  private func shop(_ count: Int) throws -> Shop {
    var shop = try Shop {
      $0.logistics.surveyAfterDays = 1
      $0.points.maxOrdersPerDay = nil
    }
    for number in 0..<count {
      try shop.take(.scan(.delivered, of: "p-\(number)", order: "o-\(number)"), at: noon + .days(Int64(number)))
    }
    try shop.advance(to: noon + .days(Int64(count)) + .hours(12))
    return shop
  }

  @Test func theBookKeepsFewOrders() throws {
    let shop = try shop(40)
    #expect(try shop.orders().orders.count <= OrderBook.quietCapacity + 3)
    #expect(try shop.orders().orders.count + shop.quietOrders().count == 40)
  }

  @Test func anOrderThatWasPutAwayIsNotToldOfAgain() throws {
    var shop = try shop(40)
    let before = shop.notifications.count
    try shop.take(.scan(.delivered, of: "p-0", order: "o-0"), at: noon + .days(41))
    try shop.advance(to: noon + .days(50))
    #expect(shop.notifications.count == before)
    #expect(try shop.order("o-0")?.deliveredAt == noon)
    #expect(try shop.quietOrders().record(id("o-0")) == nil)
  }

  @Test func pointsOfAnOrderThatWasPutAwayCountFromItsDelivery() throws {
    var shop = try shop(40)
    try shop.take(.paid("o-3", total: 1_000), at: noon + .days(41))
    // Delivered on the third day, and confirmed seven days after that: long ago.
    #expect(try shop.account().order(id("o-3"))?.dueAt == noon + .days(3) + .days(7))
  }

  @Test func anOrderThatWasPutAwayIsForgottenAfterSixtyQuietDays() throws {
    #expect(try shop(60).quietOrders().record(id("o-0")) != nil)
    let later = try shop(80).quietOrders()
    #expect(try later.record(id("o-0")) == nil)
    #expect(try later.all().allSatisfy { $0.newsAt >= later.newest! - TrackedOrder.quietLimit })
  }
}
