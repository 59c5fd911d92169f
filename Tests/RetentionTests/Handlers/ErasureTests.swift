import Testing

@testable import Retention

@Suite("Erasure") struct ErasureTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  /// A customer with an account, orders that were put away, a parcel, a profile and a care guide that waits for the morning.
  private func known() throws -> Shop {
    var shop = try Shop { $0.gate.quietHours = QuietHours(start: 22 * 60, end: 8 * 60) }
    try shop.take(.told { $0.displayName = "Li" }, at: noon)
    for number in 0..<2 + PointsAccount.settledCapacity {
      try shop.take(.paid("void-\(number)", total: 0), at: noon)
      try shop.take(.cancelled("void-\(number)"), at: noon)
    }
    let line = OrderLine(sku: id("s-1"), category: id("cat-food"), quantity: 1, unitPrice: 10_000)
    try shop.take(.paid(total: 10_000, lines: [line]), at: noon)
    try shop.take(.scan(.delivered), at: noon)
    try shop.take(.viewed, at: noon)
    try shop.advance(to: noon + .hours(13))
    #expect(shop.stored.keys.contains(.contacts))
    return shop
  }

  @Test func everyFacetIsForgottenExceptThatTheCustomerWasErased() throws {
    var shop = try known()
    #expect(shop.stored.count == FacetKind.allCases.count - 1)
    try shop.take(.customerErased, at: noon + .hours(14))
    #expect(Set(shop.stored.keys) == [.erasure])
  }

  @Test func whatIsHeldIsNeverSent() throws {
    var shop = try known()
    let sent = shop.kinds
    try shop.take(.customerErased, at: noon + .hours(14))
    #expect(shop.suppressed == [.careGuide])
    try shop.advance(to: noon + .days(60))
    #expect(shop.kinds == sent)
  }

  @Test func laterEventsLeadToNothingAndAreCounted() throws {
    var shop = try known()
    try shop.take(.customerErased, at: noon + .hours(14), id: "erased")
    let (ledger, sent, stored) = (shop.ledger.count, shop.notifications.count, shop.stored)
    try shop.take(.paid("o-2", total: 10_000), at: noon + .hours(15))
    try shop.take(.told { $0.displayName = "Li" }, at: noon + .hours(16))
    try shop.take(.scan(.delivered, order: "o-2"), at: noon + .hours(17))
    try shop.advance(to: noon + .days(60))
    #expect(shop.observations == [.erasedCustomer, .erasedCustomer, .erasedCustomer])
    #expect((shop.ledger.count, shop.notifications.count) == (ledger, sent))
    #expect(shop.stored == stored)
  }

  @Test func aReplayOfOldInputLeadsToNothingEither() throws {
    var shop = try known()
    try shop.take(.customerErased, at: noon + .hours(14), id: "erased")
    let ledger = shop.ledger.count
    try shop.take(.paid(total: 10_000), at: noon, id: "e-2", seen: noon + .hours(15))
    try shop.take(.customerErased, at: noon + .hours(14), id: "erased", seen: noon + .hours(15))
    #expect(shop.ledger.count == ledger)
    #expect(shop.observations == [.erasedCustomer, .erasedCustomer])
  }

  @Test func aCustomerOfWhomNothingWasKnownIsErasedToo() throws {
    var shop = try Shop()
    try shop.take(.customerErased, at: noon)
    try shop.take(.paid(total: 10_000), at: noon + .hours(1))
    #expect(shop.ledger.isEmpty)
  }
}
