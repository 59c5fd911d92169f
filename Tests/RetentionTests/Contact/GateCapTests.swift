import Testing

@testable import Retention

@Suite("The gate: caps") struct GateCapTests {
  private let morning = at("2026-11-23T09:00:00+08:00")

  /// A shop that advertises with every view, and in which it is never quiet.
  private func shop(
    _ kinds: [(NoticeKind, Template)] = [(.winbackOffer, .winbackOffer)], lifetime: TimeSpan = .hours(1),
    _ adjust: (inout Rules) -> Void = { _ in }
  ) throws -> Shop {
    var shop = try Shop(adjust)
    shop.add(Advertiser(kinds: kinds, lifetime: lifetime))
    return shop
  }

  @Test func oneMarketingNoticeALocalDayAndThreeInSevenDays() throws {
    var shop = try shop()
    // Every six hours for ten days, from the 23rd at 09:00 on.
    for step in 0..<40 as Range<Int64> { try shop.take(.viewed, at: morning + .hours(6 * step)) }
    let days = shop.notifications.map { $0.createdAt }
    // The 23rd, 24th and 25th at their first chance; then the 30th, when the 23rd is seven days back, and so on.
    #expect(
      days == [
        morning, at("2026-11-24T03:00:00+08:00"), at("2026-11-25T03:00:00+08:00"), at("2026-11-30T03:00:00+08:00"),
        at("2026-12-01T03:00:00+08:00"), at("2026-12-02T03:00:00+08:00"),
      ])
    #expect(shop.reasons.allSatisfy { $0 == .cap })
    #expect(shop.reasons.count == 40 - 6)
  }

  @Test func aDayIsTheCustomersOwn() throws {
    // 00:30 in Berlin is still the 22nd in New York.
    let night = at("2026-11-23T00:30:00+01:00")
    for (zone, count) in [("Europe/Berlin", 2), ("America/New_York", 1)] {
      var shop = try shop()
      try shop.take(.told { $0.timeZone = zone }, at: night - .days(1))
      try shop.take(.viewed, at: night - .hours(1))
      try shop.take(.viewed, at: night)
      #expect(shop.notifications.count == count, "\(zone)")
    }
  }

  @Test func aNoticeThatStillHelpsOnTheNextFreeDayWaitsForIt() throws {
    var shop = try shop(lifetime: .days(2))
    try shop.take(.viewed, at: morning)
    try shop.take(.viewed, at: morning + .hours(1))
    #expect(shop.notifications.count == 1)
    try shop.advance(to: morning + .days(2))
    #expect(shop.notifications.map(\.createdAt) == [morning, at("2026-11-24T00:00:00+08:00")])
    #expect(shop.reasons.isEmpty)
  }

  @Test func theNextFreeDayBeginsWhenItIsNotQuietAnyMore() throws {
    var shop = try shop(lifetime: .days(2)) { $0.gate.quietHours = Rules().gate.quietHours }
    try shop.take(.viewed, at: morning)
    try shop.take(.viewed, at: morning + .hours(1))
    try shop.advance(to: morning + .days(2))
    #expect(shop.notifications.map(\.createdAt) == [morning, at("2026-11-24T08:00:00+08:00")])
  }

  @Test func whereThereIsRoomForOneTheMostValuableGoesFirst() throws {
    var shop = try shop(Advertiser.marketing)
    try shop.take(.viewed, at: morning)
    #expect(shop.notifications.map(\.template) == [.churnWarningPrice])
    #expect(
      shop.suppressed == [.churnWarning, .churnWarning, .replenishmentDue, .winbackOffer, .browseOffer])
  }

  @Test func whatWaitsForTheSameDayIsToldInOrderOfValueAndTheRestWaitsOn() throws {
    var shop = try shop(
      [(.browseOffer, .browseOffer), (.winbackOffer, .winbackOffer), (.replenishmentDue, .replenishmentDue)],
      lifetime: .days(2))
    try shop.take(.viewed, at: morning)
    #expect(shop.kinds == [.replenishmentDue])
    try shop.advance(to: morning + .days(3))
    #expect(shop.kinds == [.replenishmentDue, .winbackOffer, .browseOffer])
    #expect(
      shop.notifications.map(\.createdAt)
        == [morning, at("2026-11-24T00:00:00+08:00"), at("2026-11-25T00:00:00+08:00")])
  }

  @Test func atMostThreeServiceNoticesALocalDay() throws {
    var shop = try Shop { $0.gate = GateRules() }
    for order in 0..<5 { try shop.take(.scan(.delivered, of: "p-\(order)", order: "o-\(order)"), at: morning) }
    // Due at 21:00; the next day begins at 08:00, long before they expire.
    try shop.advance(to: morning + .days(2))
    let guides = shop.notifications.filter { $0.kind == .careGuide }
    #expect(
      guides.map(\.createdAt)
        == Array(repeating: morning + .hours(12), count: 3)
        + Array(repeating: at("2026-11-24T08:00:00+08:00"), count: 2))
  }

  @Test func transactionalNoticesAreNotCounted() throws {
    var shop = try Shop { $0.gate = GateRules() }
    for order in 0..<5 { try shop.take(.scan(.delivered, of: "p-\(order)", order: "o-\(order)"), at: morning) }
    #expect(shop.kinds == Array(repeating: .shipmentDelivered, count: 5))
  }

  @Test func aCapOfNoneSendsNoneAndKeepsNone() throws {
    var shop = try shop(lifetime: .days(30)) { $0.gate.marketingPerDay = 0 }
    try shop.take(.viewed, at: morning)
    #expect(shop.notifications.isEmpty)
    #expect(shop.reasons == [.cap])
    #expect(!shop.stored.keys.contains(.contacts))
  }
}
