import Testing

@testable import Retention

/// An order without a parcel is told to be late after 48 hours, a parcel without news to be stalled after 72.
@Suite("Logistics: late dispatch and stalled parcels") struct LogisticsSilenceTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  private func shop(_ adjust: (inout Rules) -> Void = { _ in }) throws -> Shop {
    try Shop {
      $0.logistics = LogisticsRules()
      adjust(&$0)
    }
  }

  private func sent(_ shop: Shop, _ kind: NoticeKind) -> [Instant] {
    shop.notifications.filter { $0.kind == kind }.map(\.createdAt)
  }

  @Test func anOrderWithoutAParcelIsToldOnce48HoursAfterItsPayment() throws {
    var shop = try shop()
    try shop.take(.paid(total: 10_000), at: noon)
    try shop.advance(to: noon + .hours(48) - .millisecond)
    #expect(sent(shop, .shipmentLateDispatch).isEmpty)
    try shop.advance(to: noon + .days(30))
    #expect(sent(shop, .shipmentLateDispatch) == [noon + .hours(48)])
    let notice = try #require(shop.notifications.first { $0.kind == .shipmentLateDispatch })
    #expect(notice.cause == .timer("shipment.late_dispatch", dueAt: noon + .hours(48)))
    #expect(notice.kind.noticeClass == .transactional)
  }

  @Test func anyNewsOfAParcelComesBeforeIt() throws {
    for status in [ShipmentStatus.pending, .infoReceived, .exception] {
      var shop = try shop()
      try shop.take(.paid(total: 10_000), at: noon)
      try shop.take(.scan(status), at: noon + .hours(47))
      try shop.advance(to: noon + .hours(49))
      #expect(sent(shop, .shipmentLateDispatch).isEmpty)
    }
  }

  @Test func newsThatIsSeenBeforeThePaymentDoesToo() throws {
    var shop = try shop()
    try shop.take(.scan(.infoReceived), at: noon + .hours(1))
    try shop.take(.paid(total: 10_000), at: noon, seen: noon + .hours(2))
    try shop.advance(to: noon + .days(3))
    #expect(sent(shop, .shipmentLateDispatch).isEmpty)
  }

  @Test func anOrderThatIsCancelledOrRefundedInFullIsNotAwaited() throws {
    for end in [Event.Payload.cancelled(), .refunded("o-1", 10_000)] {
      var shop = try shop()
      try shop.take(.paid(total: 10_000), at: noon)
      try shop.take(end, at: noon + .hours(1))
      try shop.advance(to: noon + .days(3))
      #expect(sent(shop, .shipmentLateDispatch).isEmpty)
    }
    var shop = try shop()
    try shop.take(.cancelled(), at: noon)
    try shop.take(.paid(total: 10_000), at: noon, seen: noon + .hours(1))
    try shop.advance(to: noon + .days(3))
    #expect(sent(shop, .shipmentLateDispatch).isEmpty)
  }

  @Test func aParcelUnderWayIsToldOnce72HoursAfterItsLatestNews() throws {
    var shop = try shop()
    try shop.take(.scan(.inTransit, .pickedUp), at: noon)
    try shop.take(.scan(.inTransit), at: noon + .hours(10))
    try shop.advance(to: noon + .hours(82) - .millisecond)
    #expect(sent(shop, .shipmentStalled).isEmpty)
    try shop.advance(to: noon + .days(20))
    #expect(sent(shop, .shipmentStalled) == [noon + .hours(82)])
    #expect(shop.notifications.last?.body == "orderId=o-1 shipmentId=p-1")
  }

  @Test func afterNewsItIsToldAgain() throws {
    var shop = try shop()
    try shop.take(.scan(.inTransit), at: noon)
    try shop.take(.scan(.inTransit, .arrived), at: noon + .days(5))
    try shop.advance(to: noon + .days(20))
    #expect(sent(shop, .shipmentStalled) == [noon + .hours(72), noon + .days(8)])
  }

  @Test func oldNewsThatComesLateIsNoNews() throws {
    var shop = try shop()
    try shop.take(.scan(.inTransit, .arrived), at: noon)
    try shop.take(.scan(.inTransit, .departed), at: noon - .hours(5), seen: noon + .hours(71))
    try shop.advance(to: noon + .days(20))
    #expect(sent(shop, .shipmentStalled) == [noon + .hours(72)])
  }

  @Test(arguments: [
    Event.Payload.scan(.pending), .scan(.infoReceived), .scan(.availableForPickup), .scan(.delivered),
  ])
  func aParcelThatNoCarrierCarriesIsNotStalled(_ scan: Event.Payload) throws {
    var shop = try shop()
    try shop.take(scan, at: noon)
    try shop.advance(to: noon + .days(20))
    #expect(sent(shop, .shipmentStalled).isEmpty)
  }

  @Test func aDeliveryACancellationAndAnExpiryOfTheCarriersTrackingEndIt() throws {
    for (end, isTold) in [(Event.Payload.scan(.delivered), false), (.cancelled(), false), (.scan(.expired), true)] {
      var shop = try shop()
      try shop.take(.scan(.inTransit), at: noon)
      try shop.take(end, at: noon + .hours(10))
      try shop.advance(to: noon + .days(20))
      #expect(sent(shop, .shipmentStalled) == (isTold ? [noon + .hours(72)] : []))
    }
  }

  @Test func eachParcelOfAnOrderIsStalledByItself() throws {
    var shop = try shop()
    try shop.take(.scan(.inTransit, of: "p-1"), at: noon)
    try shop.take(.scan(.inTransit, of: "p-2"), at: noon + .hours(1))
    try shop.take(.scan(.delivered, of: "p-1"), at: noon + .hours(2))
    try shop.advance(to: noon + .days(20))
    #expect(sent(shop, .shipmentStalled) == [noon + .hours(73)])
  }

  @Test func whatWaitsInTheQuietHoursIsWithdrawnByNews() throws {
    // 48 h after 23:00 it is quiet until 08:00, and the parcel is scanned at 07:00.
    let night = at("2026-11-22T23:00:00+08:00")
    for isNews in [false, true] {
      var shop = try shop {
        $0.gate.quietHours = Rules().gate.quietHours
        $0.gate.quietTransactional = true
      }
      try shop.take(.paid(total: 0), at: night)
      try shop.advance(to: night + .hours(49))
      if isNews { try shop.take(.scan(.infoReceived), at: night + .hours(56)) }
      try shop.advance(to: night + .hours(60))
      #expect(sent(shop, .shipmentLateDispatch) == (isNews ? [] : [night + .hours(57)]))
      #expect(shop.reasons == (isNews ? [.withdrawn] : []))
    }
  }

  @Test func aCareGuideThatWaitsIsWithdrawnByACancellation() throws {
    let morning = at("2026-11-22T11:00:00+08:00")
    var shop = try shop { $0.gate.quietHours = Rules().gate.quietHours }
    try shop.take(.scan(.delivered), at: morning)
    try shop.advance(to: morning + .hours(13))
    try shop.take(.cancelled(), at: morning + .hours(14))
    try shop.advance(to: morning + .days(2))
    #expect(shop.kinds == [.shipmentDelivered])
    #expect(shop.reasons == [.withdrawn])
  }

  @Test func theRulesSwitchThemOff() throws {
    var shop = try Shop()
    try shop.take(.paid(total: 0), at: noon)
    try shop.take(.scan(.inTransit, order: "o-2"), at: noon)
    try shop.advance(to: noon + .days(20))
    #expect(shop.kinds.isEmpty)
  }

  @Test func parcelsOfTheSameNumberInTwoOrdersAreToldApart() throws {
    var shop = try Shop { $0.logistics.stalledAfterHours = 72 }
    let noon = at("2026-11-22T12:00:00+08:00")
    for order in ["o-1", "o-2"] { try shop.take(.scan(.inTransit, of: "p-1", order: order), at: noon) }
    try shop.advance(to: noon + .hours(72))
    #expect(shop.kinds == [.shipmentStalled, .shipmentStalled])
    #expect(Set(shop.notifications.map(\.id)).count == 2)
  }
}
