import Testing

@testable import Retention

@Suite("The gate") struct GateTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  @Test func aTransactionalNoticeIsSentUpTo72HoursAfterItsCause() throws {
    var shop = try Shop()
    try shop.take(.scan(.outForDelivery), at: noon, seen: noon + .hours(72))
    #expect(shop.kinds == [.shipmentOutForDelivery])
    #expect(shop.suppressed.isEmpty)
  }

  @Test func aMillisecondLaterItIsStaleAndOnlyTheStateIsBuilt() throws {
    var shop = try Shop()
    try shop.take(.paid(total: 10_000), at: noon, seen: noon + .hours(72) + .millisecond)
    try shop.take(.scan(.delivered), at: noon, seen: noon + .hours(72) + .millisecond)
    #expect(shop.notifications.isEmpty)
    #expect(shop.suppressed == [.pointsAccrued, .shipmentDelivered])
    #expect(shop.bookings == [Booking(.accrued, 100, pending: 100)])
    #expect(try shop.order("o-1")?.deliveredAt == noon)
  }

  @Test func aStaleMilestoneIsNotToldByALaterScanEither() throws {
    var shop = try Shop()
    try shop.take(.scan(.delivered), at: noon, seen: noon + .days(4))
    try shop.take(.scan(.delivered), at: noon + .days(4))
    #expect(shop.kinds.isEmpty)
  }

  @Test func aServiceNoticeIsSentUpTo72HoursAfterItWasDue() throws {
    for (late, isSent) in [(TimeSpan.hours(72), true), (.hours(72) + .millisecond, false)] {
      var shop = try Shop()
      try shop.take(.scan(.delivered), at: noon)
      // The care guide was due at 12 h.
      try shop.sleep(until: noon + .hours(12) + late)
      #expect(shop.kinds.contains(.careGuide) == isSent)
      #expect(shop.suppressed == (isSent ? [] : [.careGuide]))
    }
  }

  @Test func aFirstStartOnALongHistorySendsNothingStale() throws {
    var shop = try Shop()
    for (day, order) in ["o-1", "o-2", "o-3"].enumerated() {
      let time = noon - .days(100 - Int64(day))
      try shop.take(.paid(order, total: 10_000), at: time, seen: noon)
      try shop.take(.scan(.delivered, order: order), at: time + .hours(20), seen: noon)
    }
    try shop.sleep(until: noon)
    #expect(shop.notifications.isEmpty)
    #expect(shop.bookings.last == Booking(.confirmed, 100, available: 300))
    #expect(shop.suppressed.filter { $0 == .careGuide || $0 == .survey }.count == 6)
  }

  @Test func theRulesDecideHowLongANoticeHelps() throws {
    var shop = try Shop {
      $0.gate.transactionalStaleAfterHours = 1
      $0.gate.serviceExpiresAfterHours = 2
    }
    try shop.take(.scan(.outForDelivery), at: noon, seen: noon + .hours(1) + .millisecond)
    try shop.take(.scan(.delivered), at: noon + .hours(2))
    try shop.advance(to: noon + .hours(14))
    #expect(shop.suppressed == [.shipmentOutForDelivery])
    #expect(shop.notifications.map(\.expiresAt) == [noon + .hours(3), noon + .hours(16)])
  }

  @Test func anExpiryCountsFromTheCauseAndNotFromWhenItIsSeen() throws {
    var shop = try Shop()
    try shop.take(.scan(.delivered), at: noon, seen: noon + .hours(10))
    try shop.sleep(until: noon + .hours(20))
    // 72 h after the delivery; 72 h after 12 h.
    #expect(shop.notifications.map(\.createdAt) == [noon + .hours(10), noon + .hours(20)])
    #expect(shop.notifications.map(\.expiresAt) == [noon + .hours(72), noon + .hours(84)])
  }

  @Test func aNotificationCarriesWhatTheRulesSayOfEveryCustomer() throws {
    var shop = try Shop {
      $0.version = "v9"
      $0.locale = .english
      $0.defaultChannels = [.wechat, .push]
    }
    try shop.take(.scan(.outForDelivery), at: noon)
    let notice = try #require(shop.notifications.first)
    #expect(notice.customer == Shop.customer)
    #expect(notice.rulesVersion == "v9")
    #expect(notice.locale == .english)
    #expect(notice.title == "en shipment.out_for_delivery")
    // WeChat has to be asked for.
    #expect(notice.channels == [.push])
  }

  @Test func thePointsAndTheParcelsAreTransactionalTheFollowUpsServices() {
    for kind in NoticeKind.allCases {
      let isMarketing = kind.rank > 0
      let isService =
        kind.rawValue.hasPrefix("tier.")
        || [.careGuide, .survey, .pointsExpiring, .pointsExpired, .lifecycleChanged].contains(kind)
      #expect(kind.noticeClass == (isService ? .service : isMarketing ? .marketing : .transactional))
    }
  }
}

extension TimeSpan {
  fileprivate static func + (a: TimeSpan, b: TimeSpan) -> TimeSpan {
    TimeSpan(milliseconds: a.milliseconds + b.milliseconds)
  }
}
