import Testing

@testable import Retention

@Suite("Logistics: estimated delivery") struct LogisticsEstimateTests {
  private let noon = at("2026-11-22T12:00:00+08:00")
  /// 10:00 of the 24th in Shanghai, so that 6 h later is still the same local day.
  private let first = at("2026-11-24T10:00:00+08:00")

  /// What is told when the first estimate is followed by `later` ones, an hour apart.
  private func told(
    _ first: Instant, _ later: Instant..., substatus: ShipmentSubstatus? = nil, rules: (inout Rules) -> Void = { _ in }
  ) throws -> [Notification] {
    var shop = try Shop(rules)
    for (hour, eta) in ([first] + later).enumerated() {
      try shop.take(.scan(.inTransit, substatus, eta: eta), at: noon + .hours(Int64(hour)))
    }
    return shop.notifications
  }

  @Test func theFirstEstimateIsWhatTheShopShowedAndNotNews() throws {
    #expect(try told(first).isEmpty)
    #expect(try told(first, first).isEmpty)
  }

  @Test func moreThanSixHoursLaterIsADelay() throws {
    // 16:00 is exactly 6 h later, on the same local day.
    #expect(try told(first, first + .hours(6)).isEmpty)
    #expect(try told(first, first + .hours(6) + .millisecond).map(\.kind) == [.shipmentDelayed])
  }

  @Test func aLaterLocalDayIsADelay() throws {
    let lateEvening = at("2026-11-24T23:30:00+08:00")
    // 23:59:59.999 is the same day; midnight, 30 minutes later, is the next. In UTC both are the 24th.
    #expect(try told(lateEvening, at("2026-11-24T23:59:59.999+08:00")).isEmpty)
    #expect(try told(lateEvening, at("2026-11-25T00:00:00+08:00")).map(\.kind) == [.shipmentDelayed])
  }

  @Test func theLocalDayIsThatOfTheConfiguredZone() throws {
    let lateEvening = at("2026-11-24T23:30:00+08:00")
    let midnight = at("2026-11-25T00:00:00+08:00")
    #expect(try told(lateEvening, midnight) { $0.timeZone = "UTC" }.isEmpty)
    // 23:30 and 00:30 in UTC.
    #expect(try told(lateEvening + .hours(8), midnight + .hours(8) + .minutes(30)) { $0.timeZone = "UTC" }.count == 1)
  }

  @Test func itIsComparedWithTheLastOneToldAndNotWithTheLastOneKnown() throws {
    // 10:00, then 14:00 (4 h, silent), 16:00 (6 h, silent), 16:30 (6.5 h since 10:00: told), 22:00 (5.5 h since 16:30).
    let notices = try told(
      first, first + .hours(4), first + .hours(6), first + .minutes(390), first + .hours(12))
    #expect(notices.map(\.kind) == [.shipmentDelayed])
    #expect(notices.first?.parameters.suffix(2).map(\.value) == [.instant(first), .instant(first + .minutes(390))])
  }

  @Test func moreThanADayEarlierIsEarly() throws {
    #expect(try told(first, first - .hours(24)).isEmpty)
    #expect(try told(first, first - .hours(24) - .millisecond).map(\.kind) == [.shipmentEarly])
  }

  @Test func anEarlierLocalDayAloneIsNotEarly() throws {
    #expect(try told(first, first - .hours(11)).isEmpty)
  }

  @Test func afterEarlyTheNewEstimateIsTheOneTold() throws {
    // 30 h earlier is told; back to the first is 30 h later than that: a delay.
    #expect(try told(first, first - .hours(30), first).map(\.kind) == [.shipmentEarly, .shipmentDelayed])
  }

  @Test func aDelayByWeatherIsWordedAsWeather() throws {
    #expect(
      try told(first, first + .hours(7), substatus: .weatherDelay).map(\.template) == [.shipmentDelayedByWeather])
    #expect(try told(first, first + .hours(7), substatus: .departed).map(\.template) == [.shipmentDelayed])
    #expect(try told(first, first - .hours(30), substatus: .weatherDelay).map(\.template) == [.shipmentEarly])
  }

  @Test func theNoticeCarriesOldAndNew() throws {
    let notice = try #require(told(first, first + .hours(7)).first)
    #expect(
      notice.body == "orderId=o-1 shipmentId=p-1 carrier=SF oldEta=11月24日 10:00 newEta=11月24日 17:00")
    #expect(notice.reason.suffix(2).map(\.name) == ["oldEta", "newEta"])
    #expect(notice.reason.suffix(2).map(\.value) == [.instant(first), .instant(first + .hours(7))])
  }

  @Test func theRulesDecideTheHours() throws {
    let patient: (inout Rules) -> Void = { $0.logistics.delayedByHours = 8 }
    #expect(try told(first, first + .hours(8), rules: patient).isEmpty)
    #expect(try told(first, first + .hours(8) + .millisecond, rules: patient).count == 1)
    let eager: (inout Rules) -> Void = { $0.logistics.earlyByHours = 2 }
    #expect(try told(first, first - .hours(2), rules: eager).isEmpty)
    #expect(try told(first, first - .hours(2) - .millisecond, rules: eager).count == 1)
  }

  @Test func anEstimateOfAnOlderUpdateIsIgnored() throws {
    var shop = try Shop()
    try shop.take(.scan(.inTransit, eta: first), at: noon)
    try shop.take(.scan(.inTransit, eta: first + .days(3)), at: noon - .millisecond)
    #expect(shop.notifications.isEmpty)
    // Of the same instant, it is not older.
    try shop.take(.scan(.inTransit, eta: first + .days(3)), at: noon)
    #expect(shop.kinds == [.shipmentDelayed])
  }

  @Test func anUpdateWithoutAnEstimateLeavesItAsItWas() throws {
    var shop = try Shop()
    try shop.take(.scan(.inTransit, eta: first), at: noon)
    try shop.take(.scan(.inTransit), at: noon + .hours(1))
    try shop.take(.scan(.inTransit, eta: first + .hours(7)), at: noon + .hours(2))
    #expect(shop.kinds == [.shipmentDelayed])
  }

  @Test func nothingIsToldWithOrAfterTheDelivery() throws {
    var shop = try Shop()
    try shop.take(.scan(.inTransit, eta: first), at: noon)
    try shop.take(.scan(.delivered, eta: first + .days(3)), at: noon + .hours(1))
    try shop.take(.scan(.delivered, eta: first + .days(4)), at: noon + .hours(2))
    #expect(shop.kinds == [.shipmentDelivered])
  }

  @Test func anExceptionMayDelayAndBothAreTold() throws {
    var shop = try Shop()
    try shop.take(.scan(.inTransit, eta: first), at: noon)
    try shop.take(.scan(.exception, .weatherDelay, eta: first + .days(1)), at: noon + .hours(1))
    #expect(shop.notifications.map(\.template) == [.shipmentExceptionWeather, .shipmentDelayedByWeather])
  }

  @Test func parcelsHaveEachTheirOwnEstimate() throws {
    var shop = try Shop()
    try shop.take(.scan(.inTransit, of: "p-1", eta: first), at: noon)
    try shop.take(.scan(.inTransit, of: "p-2", eta: first + .days(2)), at: noon)
    #expect(shop.notifications.isEmpty)
  }
}
