import Testing

@testable import Retention

@Suite("Tiers") struct TierTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  /// A shop in which an order of so many yuan was paid.
  private func shop(yuan: Int64, _ adjust: (inout Rules) -> Void = { _ in }) throws -> Shop {
    var shop = try Shop(adjust)
    try shop.take(.paid(total: yuan * 100), at: noon)
    return shop
  }

  private func tierNotices(_ shop: Shop) -> [Notification] {
    shop.notifications.filter { $0.kind.rawValue.hasPrefix("tier.") }
  }

  @Test(
    arguments: [
      (999, Tier.base), (1_000, .silver), (4_999, .silver), (5_000, .gold), (19_999, .gold), (20_000, .diamond),
    ] as [(Int64, Tier)])
  func theThresholdsAreReachedAtOnce(_ yuan: Int64, _ tier: Tier) throws {
    let shop = try shop(yuan: yuan)
    #expect(try shop.standing().tier == tier)
    #expect(tierNotices(shop).map(\.kind) == (tier == .base ? [] : [.tierUpgraded]))
  }

  @Test func aCentLessIsNotEnough() throws {
    var shop = try Shop()
    try shop.take(.paid(total: 99_999), at: noon)
    #expect(try shop.standing().tier == .base)
    try shop.take(.paid("o-2", total: 1), at: noon + .hours(1))
    #expect(try shop.standing().tier == .silver)
  }

  @Test func theNoticeTellsTheTierWhatItGivesAndUntilWhen() throws {
    let notice = try #require(tierNotices(try shop(yuan: 5_000)).first)
    #expect(notice.body == "tier=zh-Hans gold multiplier=1.5 validUntil=11月21日")
    #expect(notice.reason.first { $0.name == "validUntil" }?.value == .day(LocalDay(year: 2027, month: 11, day: 21)))
    #expect(notice.cause.eventName == "e-1")
  }

  @Test func pointsAreMultipliedByTheTierHeldBeforeTheOrder() throws {
    var shop = try shop(yuan: 1_000)
    try shop.take(.paid("o-2", total: 5_555), at: noon + .days(1))
    // 1,000 x 1.0, then 55.55 x 1.2 = 66.66: one floor, 66.
    #expect(shop.ledger.map(\.points) == [1_000, 66])
    #expect(shop.ledger.map(\.rule?.tier) == [.base, .silver])
    #expect(shop.ledger.last?.rule?.tierMultiplier == BasisPoints(12_000))
  }

  @Test func tierAndCampaignMultiplyWithOneFloorAtTheEnd() throws {
    var shop = try shop(yuan: 5_000)
    // The member day: 3.33 x 1.5 x 2 = 9.99, and not floor(3.33 x 1.5) x 2 = 8.
    try shop.take(.paid("o-2", total: 333), at: at("2026-12-08T12:00:00+08:00"))
    #expect(shop.ledger.last?.points == 9)
  }

  @Test func everyCurrencyCountsInItsMajorUnits() throws {
    var shop = try Shop()
    try shop.take(.paid("o-1", total: 400, currency: "JPY"), at: noon)
    try shop.take(.paid("o-2", total: 400_000, currency: "KWD"), at: noon)
    try shop.take(.paid("o-3", total: 19_999, currency: "CNY"), at: noon)
    // 400 + 400 + 199.99
    #expect(try shop.standing().tier == .base)
    try shop.take(.paid("o-4", total: 1, currency: "CNY"), at: noon)
    #expect(try shop.standing().tier == .silver)
  }

  @Test func whatWasPaidInThePresentMonthAndTheTwelveBeforeCounts() throws {
    var shop = try Shop()
    try shop.take(.paid("o-1", total: 40_000), at: at("2025-10-31T23:59:59+08:00"))
    try shop.take(.paid("o-2", total: 50_000), at: at("2025-11-01T00:00:00+08:00"))
    // October 2025 is out: 500 + 499.99.
    try shop.take(.paid("o-3", total: 49_999), at: at("2026-11-30T23:59:58+08:00"))
    #expect(try shop.standing().tier == .base)
    try shop.take(.paid("o-4", total: 1), at: at("2026-11-30T23:59:59+08:00"))
    #expect(tierNotices(shop).map(\.cause.eventName) == ["e-4"])
  }

  @Test func whatIsRefundedOrCancelledDoesNotCount() throws {
    var shop = try Shop()
    try shop.take(.paid("o-1", total: 60_000), at: noon)
    try shop.take(.refunded("o-1", 1), at: noon + .hours(1))
    try shop.take(.paid("o-2", total: 40_000), at: noon + .hours(2))
    #expect(try shop.standing().tier == .base)
    try shop.take(.cancelled("o-1"), at: noon + .hours(3))
    try shop.take(.paid("o-3", total: 59_999), at: noon + .hours(4))
    #expect(try shop.standing().tier == .base)
    try shop.take(.paid("o-4", total: 1), at: noon + .hours(5))
    #expect(try shop.standing().tier == .silver)
  }

  @Test func aRefundSeenBeforeItsOrderCountsToo() throws {
    var shop = try Shop()
    try shop.take(.refunded("o-1", 1), at: noon)
    try shop.take(.paid("o-1", total: 100_000), at: noon)
    #expect(try shop.standing().tier == .base)
  }

  @Test func aRefundTakesFromTheMonthInWhichTheOrderWasPaid() throws {
    var shop = try Shop()
    try shop.take(.paid("o-1", total: 90_000), at: at("2026-01-15T12:00:00+08:00"))
    try shop.take(.refunded("o-1", 50_000), at: at("2026-03-15T12:00:00+08:00"))
    try shop.take(.paid("o-2", total: 90_000), at: at("2026-12-15T12:00:00+08:00"))
    // 400 of January and 900 of December.
    #expect(try shop.standing().tier == .silver)
    #expect(try shop.standing().spend.map(\.amount) == [4_000_000, 9_000_000])
  }

  @Test func anOrderPaidAgainByAnotherEventCountsOnce() throws {
    var shop = try shop(yuan: 600)
    try shop.take(.paid(total: 60_000), at: noon + .hours(1))
    #expect(try shop.standing().tier == .base)
  }

  @Test func aRefundLeavesTheTierUntilItIsJudged() throws {
    var shop = try shop(yuan: 1_000)
    try shop.take(.refunded("o-1", 100_000), at: noon + .days(1))
    #expect(try shop.standing().tier == .silver)
    try shop.advance(to: at("2027-11-22T00:00:00+08:00"))
    #expect(try shop.standing().tier == .base)
  }

  @Test func aYearLaterEnoughKeepsTheTier() throws {
    // November 2026 is the twelfth month before November 2027.
    var shop = try shop(yuan: 1_000)
    let judged = at("2027-11-22T00:00:00+08:00")
    try shop.advance(to: judged - .millisecond)
    #expect(tierNotices(shop).map(\.kind) == [.tierUpgraded])
    try shop.advance(to: judged)
    let notice = try #require(tierNotices(shop).last)
    #expect(notice.kind == .tierKept && notice.createdAt == judged)
    #expect(notice.body == "tier=zh-Hans silver multiplier=1.2 validUntil=11月21日")
    #expect(notice.cause == .timer("tier.judge", dueAt: judged))
    #expect(try shop.standing().judgement?.day == LocalDay(year: 2028, month: 11, day: 22))
  }

  @Test func notEnoughIsOneTierDownAYear() throws {
    var shop = try shop(yuan: 20_000)
    try shop.advance(to: at("2031-01-01T00:00:00+08:00"))
    #expect(
      tierNotices(shop).map { "\($0.kind.rawValue) \($0.createdAt.rfc3339.prefix(10))" } == [
        "tier.upgraded 2026-11-22", "tier.kept 2027-11-21", "tier.at_risk 2028-10-22", "tier.downgraded 2028-11-21",
        "tier.at_risk 2029-10-22", "tier.downgraded 2029-11-21", "tier.at_risk 2030-10-22",
        "tier.downgraded 2030-11-21",
      ])
    #expect(try shop.standing().tier == .base)
    #expect(try shop.standing().nextDue == nil)
    #expect(tierNotices(shop).last?.body == "tier=zh-Hans base multiplier=1")
  }

  @Test func thirtyDaysBeforeTheCustomerIsToldWhatIsMissing() throws {
    var shop = try shop(yuan: 1_000)
    // 2028 is judged by November 2027 to November 2028.
    try shop.take(.paid("o-2", total: 20_050), at: at("2028-05-01T12:00:00+08:00"))
    let warned = at("2028-10-23T00:00:00+08:00")
    try shop.advance(to: warned)
    let notice = try #require(tierNotices(shop).last)
    #expect(notice.kind == .tierAtRisk && notice.createdAt == warned)
    // 1,000 - 200.50
    #expect(notice.body == "tier=zh-Hans silver missing=¥799.50 validUntil=11月21日")
    #expect(notice.cause == .timer("tier.at_risk", dueAt: warned))
  }

  @Test func whoHasSpentEnoughIsNotWarned() throws {
    var shop = try shop(yuan: 1_000)
    try shop.take(.paid("o-2", total: 100_000), at: at("2028-05-01T12:00:00+08:00"))
    try shop.advance(to: at("2028-11-22T00:00:00+08:00"))
    #expect(tierNotices(shop).map(\.kind) == [.tierUpgraded, .tierKept, .tierKept])
  }

  @Test func aWarningThatWaitsSaysWhatIsMissingWhenItIsSent() throws {
    var shop = try shop(yuan: 1_000) { $0.gate.quietHours = QuietHours(start: 22 * 60, end: 8 * 60) }
    try shop.take(.paid("o-2", total: 30_000), at: at("2028-10-23T01:00:00+08:00"))
    try shop.advance(to: at("2028-10-23T08:00:00+08:00"))
    #expect(tierNotices(shop).last?.body == "tier=zh-Hans silver missing=¥700.00 validUntil=11月21日")
  }

  @Test func aWarningThatWaitsIsWithdrawnWhenEnoughIsSpent() throws {
    var shop = try shop(yuan: 1_000) { $0.gate.quietHours = QuietHours(start: 22 * 60, end: 8 * 60) }
    try shop.take(.paid("o-2", total: 100_000), at: at("2028-10-23T01:00:00+08:00"))
    try shop.advance(to: at("2028-10-24T00:00:00+08:00"))
    #expect(!shop.kinds.contains(.tierAtRisk))
    #expect(shop.suppressed == [.tierAtRisk] && shop.reasons == [.withdrawn])
  }

  @Test func ofTwoUpgradesInANightTheLastIsTold() throws {
    var shop = try Shop { $0.gate.quietHours = QuietHours(start: 22 * 60, end: 8 * 60) }
    try shop.take(.paid("o-1", total: 100_000), at: at("2026-11-22T23:00:00+08:00"))
    try shop.take(.paid("o-2", total: 500_000), at: at("2026-11-22T23:30:00+08:00"))
    try shop.advance(to: at("2026-11-23T08:00:00+08:00"))
    #expect(tierNotices(shop).map(\.body) == ["tier=zh-Hans gold multiplier=1.5 validUntil=11月21日"])
    #expect(shop.suppressed == [.tierUpgraded] && shop.reasons == [.withdrawn])
  }

  @Test func anUpgradeIsJudgedAYearAfterIt() throws {
    var shop = try shop(yuan: 1_000)
    try shop.take(.paid("o-2", total: 400_000), at: at("2027-03-01T12:00:00+08:00"))
    #expect(try shop.standing().tier == .gold)
    #expect(try shop.standing().judgement?.day == LocalDay(year: 2028, month: 3, day: 1))
  }

  @Test func aTierReachedOn29FebruaryIsJudgedOnThe28th() throws {
    var shop = try Shop()
    try shop.take(.paid(total: 100_000), at: at("2028-02-29T12:00:00+08:00"))
    #expect(try shop.standing().judgement?.day == LocalDay(year: 2029, month: 2, day: 28))
  }

  @Test func aCustomerWhoMovesIsJudgedByTheDaysOfTheNewPlace() throws {
    var shop = try shop(yuan: 1_000)
    try shop.take(.told { $0.timeZone = "America/Los_Angeles" }, at: at("2027-06-01T12:00:00Z"))
    try shop.advance(to: at("2027-11-22T00:00:00-08:00") - .millisecond)
    #expect(!shop.kinds.contains(.tierKept))
    try shop.advance(to: at("2027-11-22T00:00:00-08:00"))
    #expect(shop.kinds.contains(.tierKept))
  }

  @Test func anOrderAfterTheJudgementThatIsSeenBeforeItDoesNotCountForIt() throws {
    // The daemon is down; when it is back, the order of 1 December comes before the timer of 22 November fires.
    var shop = try shop(yuan: 1_000)
    try shop.take(.refunded("o-1", 50_000), at: noon + .days(1))
    let order = Event(
      id: id("late"), time: at("2027-12-01T12:00:00+08:00"), customer: Shop.customer,
      payload: .paid("o-2", total: 90_000))
    try shop.wakeUp(with: order, at: at("2027-12-01T12:00:01+08:00"))
    // Judged with 500: down to base. The order then finds 900 + 0 in December 2026 to 2027: November 2026 is out.
    #expect(try shop.standing().tier == .base)
    #expect(shop.ledger.last { $0.kind == .accrued }?.rule?.tier == .base)
    // Told of the judgement as late as it is: more than 72 h is stale.
    #expect(shop.reasons.contains(.stale))
  }

  @Test func aRefundAfterAMoveTakesFromTheMonthInWhichTheOrderWasCounted() throws {
    var shop = try Shop()
    // January in Shanghai, December in Los Angeles.
    try shop.take(.paid(total: 100_000), at: at("2027-01-01T00:30:00+08:00"))
    try shop.take(.told { $0.timeZone = "America/Los_Angeles" }, at: at("2027-01-02T00:00:00Z"))
    try shop.take(.refunded("o-1", 100_000), at: at("2027-01-03T00:00:00Z"))
    #expect(try shop.standing().spend == [])
  }

  @Test func theYearBeginsWithTheNewestOrderHoweverLateAnOlderOneComes() throws {
    let (january, june) = (at("2026-01-10T12:00:00+08:00"), at("2026-06-10T12:00:00+08:00"))
    for isLate in [false, true] {
      var shop = try Shop()
      try shop.take(.paid("o-1", total: 60_000), at: isLate ? june : january, seen: isLate ? june : january)
      try shop.take(.paid("o-2", total: 60_000), at: isLate ? january : june, seen: june)
      #expect(try shop.standing().judgement?.day == LocalDay(year: 2027, month: 6, day: 10))
    }
  }

  @Test func aRefundNeverRaisesTheTier() throws {
    var shop = try shop(yuan: 900)
    var rules = Rules()
    rules.tiers.silver.threshold = 500
    shop.replace(try RetentionProgram(rules: rules, wording: PlainWording.all(), decoder: EventDecoder()))
    try shop.take(.refunded("o-1", 100), at: noon + .hours(1))
    #expect(try shop.standing().tier == .base)
  }

  @Test func aWarningIsNotToldWithTheJudgementThatItWarnsOf() throws {
    var shop = try shop(yuan: 1_000) { $0.tiers.atRiskDays = 1 }
    try shop.advance(to: at("2028-11-20T12:00:00+08:00"))
    try shop.sleep(until: at("2028-11-22T08:00:00+08:00"))
    #expect(tierNotices(shop).map(\.kind) == [.tierUpgraded, .tierKept, .tierDowngraded])
    #expect(shop.reasons == [.withdrawn])
  }

  @Test func aHistoryReadLateTellsNothing() throws {
    var shop = try Shop()
    let now = at("2030-06-01T12:00:00+08:00")
    try shop.take(.paid("o-1", total: 100_000), at: noon, seen: now)
    try shop.advance(to: now)
    // Kept in November 2027, for which November 2026 still counts; lost in 2028.
    #expect(try shop.standing().tier == .base)
    #expect(shop.kinds.isEmpty)
  }
}
