import Testing

@testable import Retention

@Suite("Lifecycle") struct LifecycleTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  /// A shop in which so many orders of 10 yuan were paid, a day apart.
  private func shop(orders: Int, _ adjust: (inout Rules) -> Void = { _ in }) throws -> Shop {
    var shop = try Shop(adjust)
    for number in 1...orders {
      try shop.take(.paid("o-\(number)", total: 1_000), at: noon + .days(Int64(number)))
    }
    return shop
  }

  private func changes(_ shop: Shop) -> [String] {
    shop.notifications.filter { $0.kind == .lifecycleChanged }.map(\.body)
  }

  @Test func aCustomerGrowsWithTheThirdOrderAndIsMatureWithTheSixth() throws {
    #expect(try changes(shop(orders: 2)) == [])
    #expect(try changes(shop(orders: 3)) == ["from=new to=growing"])
    #expect(try changes(shop(orders: 5)) == ["from=new to=growing"])
    #expect(try changes(shop(orders: 6)) == ["from=new to=growing", "from=growing to=mature"])
    #expect(try changes(shop(orders: 20)).count == 2)
  }

  @Test func goldIsMatureWhateverTheNumberOfOrders() throws {
    var shop = try Shop()
    try shop.take(.paid(total: 500_000), at: noon)
    #expect(changes(shop) == ["from=new to=mature"])
    // Gold is kept in 2027 and lost in 2028; one order is new again.
    try shop.advance(to: at("2028-11-22T00:00:00+08:00"))
    #expect(changes(shop) == ["from=new to=mature", "from=mature to=new"])
  }

  @Test func cancelledOrdersDoNotCount() throws {
    var shop = try shop(orders: 3)
    try shop.take(.cancelled("o-2"), at: noon + .days(10))
    try shop.take(.cancelled("o-2"), at: noon + .days(11))
    try shop.take(.paid("o-4", total: 1_000), at: noon + .days(12))
    #expect(changes(shop) == ["from=new to=growing", "from=growing to=new", "from=new to=growing"])
  }

  @Test func refundedOrdersCount() throws {
    var shop = try shop(orders: 2)
    try shop.take(.refunded("o-1", 1_000), at: noon + .days(10))
    try shop.take(.paid("o-3", total: 1_000), at: noon + .days(12))
    #expect(changes(shop) == ["from=new to=growing"])
  }

  @Test func itIsToldToOtherServicesWhateverTheCustomerAllows() throws {
    var shop = try Shop {
      $0.gate.quietHours = QuietHours(start: 0, end: 23 * 60 + 59)
      $0.gate.servicePerDay = 0
    }
    try shop.take(
      .consent {
        $0.push = false
        $0.sms = false
        $0.email = false
      }, at: noon)
    for number in 1...3 { try shop.take(.paid("o-\(number)", total: 1_000), at: noon + .days(Int64(number))) }
    let notice = try #require(shop.notifications.last)
    #expect(notice.kind == .lifecycleChanged && notice.channels.isEmpty)
    #expect(notice.kind.noticeClass == .service)
    #expect(notice.reason.first { $0.name == "paidOrders" }?.value == .integer(3))
  }

  @Test func ofAHistoryReadLateItIsNotTold() throws {
    var shop = try Shop()
    for number in 1...3 {
      try shop.take(.paid("o-\(number)", total: 1_000), at: noon, seen: noon + .days(30))
    }
    #expect(changes(shop) == [])
    #expect(try shop.standing().stage == .growing)
  }
}
