import Testing

@testable import Retention

/// Quiet hours are 22:00 to 08:00 in the customer's local time; a care guide is due 12 hours after the delivery.
@Suite("The gate: quiet hours") struct GateQuietTests {
  private func shop(_ adjust: (inout Rules) -> Void = { _ in }) throws -> Shop {
    try Shop {
      $0.gate.quietHours = Rules().gate.quietHours
      adjust(&$0)
    }
  }

  /// When the care guide is sent of a parcel that was delivered 12 hours before `due`.
  private func sent(_ due: Instant, in zone: String? = nil) throws -> Instant? {
    var shop = try shop()
    if let zone { try shop.take(.told { $0.timeZone = zone }, at: due - .days(1)) }
    try shop.take(.scan(.delivered), at: due - .hours(12))
    try shop.advance(to: due + .days(3))
    return shop.notifications.first { $0.kind == .careGuide }?.createdAt
  }

  @Test(arguments: [
    ("2026-11-22T21:59:59.999+08:00", "2026-11-22T21:59:59.999+08:00"),
    ("2026-11-22T22:00:00+08:00", "2026-11-23T08:00:00+08:00"),
    ("2026-11-23T00:00:00+08:00", "2026-11-23T08:00:00+08:00"),
    ("2026-11-23T07:59:59.999+08:00", "2026-11-23T08:00:00+08:00"),
    ("2026-11-23T08:00:00+08:00", "2026-11-23T08:00:00+08:00"),
    ("2026-12-31T23:30:00+08:00", "2027-01-01T08:00:00+08:00"),
    ("2028-02-28T23:00:00+08:00", "2028-02-29T08:00:00+08:00"),
  ])
  func aServiceNoticeWaitsForTheEndOfTheQuietHours(_ due: String, _ told: String) throws {
    #expect(try sent(at(due)) == at(told))
  }

  @Test(arguments: [
    // At 02:00 clocks are set to 03:00, and at 03:00 back to 02:00.
    ("2026-03-28T23:00:00+01:00", "2026-03-29T08:00:00+02:00"),
    ("2026-10-24T23:00:00+02:00", "2026-10-25T08:00:00+01:00"),
    ("2026-10-25T07:59:00+01:00", "2026-10-25T08:00:00+01:00"),
  ])
  func theirEndIsALocalTimeAlsoInTheNightInWhichClocksAreSet(_ due: String, _ told: String) throws {
    #expect(try sent(at(due), in: "Europe/Berlin") == at(told))
  }

  @Test func anEndWithinTheRepeatedHourIsItsFirstShowingAndWithinTheSkippedOneTheEndOfTheGap() throws {
    let berlin = try #require(LocalTime(identifier: "Europe/Berlin"))
    let quiet = try #require(QuietHours(start: 22 * 60, end: 2 * 60 + 30))
    #expect(quiet.end(at: at("2026-10-25T01:00:00+02:00"), in: berlin) == at("2026-10-25T02:30:00+02:00"))
    // Half an hour later clocks show 02:00 again: it is quiet again until they show 02:30.
    #expect(quiet.end(at: at("2026-10-25T02:00:00+01:00"), in: berlin) == at("2026-10-25T02:30:00+01:00"))
    #expect(quiet.end(at: at("2026-10-25T02:45:00+02:00"), in: berlin) == nil)
    #expect(quiet.end(at: at("2026-03-29T01:00:00+01:00"), in: berlin) == at("2026-03-29T03:00:00+02:00"))
  }

  @Test func aWindowOfTheDayEndsOnTheSameDayAndAnEmptyOneIsNone() throws {
    let utc = try #require(LocalTime(identifier: "UTC"))
    let siesta = try #require(QuietHours(start: 13 * 60, end: 15 * 60))
    #expect(siesta.end(at: at("2026-11-22T12:59:59.999Z"), in: utc) == nil)
    #expect(siesta.end(at: at("2026-11-22T13:00:00Z"), in: utc) == at("2026-11-22T15:00:00Z"))
    #expect(siesta.end(at: at("2026-11-22T15:00:00Z"), in: utc) == nil)
    #expect(QuietHours(start: 60, end: 60)?.end(at: at("2026-11-22T01:00:00Z"), in: utc) == nil)
  }

  @Test func aCustomersOwnQuietHoursWin() throws {
    let midnight = at("2026-11-23T00:00:00+08:00")
    var shop = try shop()
    try shop.take(.told { $0.quietHours = QuietHours(start: 0, end: 12 * 60) }, at: midnight - .days(1))
    try shop.take(.scan(.delivered), at: midnight - .hours(12))
    try shop.advance(to: midnight + .hours(12))
    #expect(shop.notifications.last?.createdAt == midnight + .hours(12))
    #expect(shop.kinds == [.shipmentDelivered, .careGuide])
  }

  @Test func aTransactionalNoticePassesUnlessTheRulesSayOtherwise() throws {
    let night = at("2026-11-22T23:00:00+08:00")
    for isQuiet in [false, true] {
      var shop = try shop { $0.gate.quietTransactional = isQuiet }
      try shop.take(.scan(.outForDelivery), at: night)
      #expect(shop.notifications.count == (isQuiet ? 0 : 1))
      try shop.advance(to: night + .days(1))
      #expect(shop.notifications.map(\.createdAt) == [isQuiet ? night + .hours(9) : night])
    }
  }

  @Test func aNoticeThatExpiresBeforeTheQuietHoursEndIsSuppressed() throws {
    let night = at("2026-11-22T23:00:00+08:00")
    var shop = try shop { $0.gate.serviceExpiresAfterHours = 8 }
    try shop.take(.scan(.delivered), at: night - .hours(12))
    try shop.advance(to: night + .days(1))
    #expect(shop.kinds == [.shipmentDelivered])
    #expect(shop.reasons == [.quiet])
  }

  @Test func whatWaitsIsJudgedAnewWhenItIsReleased() throws {
    let night = at("2026-11-22T23:00:00+08:00")
    var shop = try shop()
    try shop.take(.scan(.delivered), at: night - .hours(12))
    try shop.advance(to: night)
    #expect(shop.kinds == [.shipmentDelivered])
    let silence = Event.Payload.consent { ($0.push, $0.sms, $0.email) = (false, false, false) }
    try shop.take(silence, at: night + .hours(1))
    try shop.advance(to: night + .days(1))
    #expect(shop.kinds == [.shipmentDelivered])
    #expect(shop.reasons == [.consent])
  }

  @Test func whatWaitsIsWordedAsTheCustomerWishesByThen() throws {
    let night = at("2026-11-22T23:00:00+08:00")
    var shop = try shop()
    try shop.take(.scan(.delivered), at: night - .hours(12))
    try shop.take(.told { $0.locale = "en-GB" }, at: night + .hours(1))
    try shop.advance(to: night + .hours(9))
    #expect(shop.notifications.last?.locale == .english)
    #expect(shop.notifications.last?.title == "en order.care_guide")
  }

  @Test func itsIdentityIsThatOfTheTimerThatMadeIt() throws {
    let night = at("2026-11-22T23:00:00+08:00")
    var (held, told) = (try shop(), try Shop())
    try held.take(.scan(.delivered), at: night - .hours(12))
    try told.take(.scan(.delivered), at: night - .hours(12))
    try held.advance(to: night + .hours(9))
    try told.advance(to: night + .hours(9))
    #expect(held.notifications.map(\.id) == told.notifications.map(\.id))
    #expect(held.notifications.last?.cause == .timer("order.care_guide", dueAt: night))
  }

  @Test func whatWaitsTooLongWhileTheDaemonIsDownIsStale() throws {
    let night = at("2026-11-22T23:00:00+08:00")
    var shop = try shop()
    try shop.take(.scan(.delivered), at: night - .hours(12))
    try shop.advance(to: night + .hours(1))
    try shop.sleep(until: night + .hours(72) + .millisecond)
    #expect(shop.kinds == [.shipmentDelivered])
    #expect(shop.reasons == [.stale])
  }
}
