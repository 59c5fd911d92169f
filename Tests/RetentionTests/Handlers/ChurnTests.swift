import Foundation
import Testing

@testable import Retention

@Suite("Churn") struct ChurnTests {
  private let bought = at("2026-01-01T12:00:00+08:00")

  /// Rules by which a customer of one purchase buys within 30 days with a probability of 30 / (60 + T), T days later, as nobody is
  /// ever gone; 0.2 of that is reached after 90 days. The usual gap is 30 days, and the median is what the idle time is compared with.
  static func foretell(_ rules: inout Rules) {
    rules.churn.warnAt = 0.8
    rules.churn.idleQuantile = 0.5
    rules.churn.model = ChurnModel(
      version: "test", purchases: PurchaseModel(r: 1, alpha: 30, a: 1e-9, b: 1),
      gaps: GapModel(logMean: log(30), within: 0.5, between: 0.25), layer: nil)
  }

  private func shop(_ adjust: (inout Rules) -> Void = { _ in }) throws -> Shop {
    try Shop {
      Self.foretell(&$0)
      adjust(&$0)
    }
  }

  private func warnings(_ shop: Shop) -> [Retention.Notification] {
    shop.notifications.filter { $0.kind == .churnWarning }
  }

  private func value(_ name: String, of notification: Retention.Notification) -> Value? {
    notification.reason.first { $0.name == name }?.value
  }

  @Test func theCustomerIsWarnedOnTheFirstDayOnWhichNoPurchaseIsLikelyEnough() throws {
    var shop = try shop()
    try shop.take(.paid(total: 1_000), at: bought)
    #expect(try shop.rhythm().judgeAt == at("2026-04-01T00:00:00+08:00"))
    try shop.advance(to: at("2026-04-01T00:00:00+08:00") - .millisecond)
    #expect(warnings(shop).isEmpty)
    try shop.advance(to: at("2026-04-01T00:00:00+08:00"))
    #expect(warnings(shop).count == 1)
    #expect(warnings(shop)[0].body == "idleDays=90")
  }

  @Test func nobodyIsWarnedWithinTheirUsualGap() throws {
    // A probability of 0.4 is reached after 15 days, the usual gap is over after 30.
    var shop = try shop { $0.churn.warnAt = 0.6 }
    try shop.take(.paid(total: 1_000), at: bought)
    #expect(try shop.rhythm().judgeAt == at("2026-02-01T00:00:00+08:00"))
  }

  @Test func aRegularCustomersOwnGapsCount() throws {
    // Three gaps of 10 days and a common one of 30 that weighs two: exp((3 ln 10 + 2 ln 30) / 5) = 15.52 days.
    var shop = try shop { $0.churn.warnAt = 0 }
    for number in 0..<4 as Range<Int64> {
      try shop.take(.paid("o-\(number)", total: 1_000), at: bought + .days(10 * number))
    }
    #expect(try shop.rhythm().judgeAt == at("2026-02-16T00:00:00+08:00"))
  }

  @Test func theEvidenceStandsInTheReason() throws {
    var shop = try shop()
    try shop.take(.paid("o-1", total: 1_000), at: bought)
    try shop.take(.paid("o-2", total: 1_000), at: bought + .days(60))
    try shop.take(.viewed, at: bought + .days(80))
    // x = 1, 2 / (90 + T)^2 decides: 1 - (90 / 120)^2 after T = 60 days. At T = 254 days of age it is below 0.2.
    try shop.advance(to: bought + .days(600))
    let warning = try #require(shop.notifications.first { $0.kind == .churnWarning })
    let rhythm = try shop.rhythm()
    let day = LocalTime(identifier: "Asia/Shanghai")?.day(of: warning.createdAt)
    let age = try #require(day).number - (try #require(rhythm.first)).number
    let p = { (age: Double) in 1 - pow((30 + age) / (60 + age), 2) }
    #expect(p(Double(age)) <= 0.2 && p(Double(age - 1)) > 0.2)
    #expect(value("idleDays", of: warning) == .integer(age - 60))
    #expect(value("usualGapDays", of: warning) == .decimal(exp((log(60) + 2 * log(30)) / 3)))
    #expect(value("purchases", of: warning) == .integer(2))
    #expect(value("pPurchase", of: warning) == .decimal(p(Double(age))))
    #expect(value("pAlive", of: warning) == .decimal(1))
    #expect(value("gapTrend", of: warning) == .decimal(60 / exp((log(60) + 2 * log(30)) / 3)))
    #expect(value("browsing30d", of: warning) == .integer(0))
    #expect(value("categoryDrift", of: warning) == nil)
    #expect(value("model", of: warning) == .text("test"))
  }

  @Test func categoriesNeverBoughtAreADrift() throws {
    var shop = try shop { $0.churn.browsingPostponesDays = 0 }
    let line = OrderLine(sku: id("s-1"), category: id("cat-food"), quantity: 1, unitPrice: 1_000)
    try shop.take(.paid(total: 1_000, lines: [line]), at: bought)
    for (day, category) in [(45, "toys"), (65, "cat-food"), (70, "litter"), (75, "yoga")] as [(Int64, String)] {
      try shop.take(.browseViewed(View(sku: id("s-2"), category: id(category))), at: bought + .days(day))
    }
    try shop.advance(to: bought + .days(100))
    let warning = try #require(shop.notifications.first { $0.kind == .churnWarning })
    // Of the three categories of the last thirty days two were never bought.
    #expect(value("categoryDrift", of: warning) == .decimal(2.0 / 3))
    #expect(value("browsing30d", of: warning) == .integer(3))
    #expect(value("browsingBefore30d", of: warning) == .integer(1))
  }

  @Test func theCustomerIsWarnedOnceALapse() throws {
    var shop = try shop()
    try shop.take(.paid("o-1", total: 1_000), at: bought)
    try shop.advance(to: bought + .days(300))
    #expect(warnings(shop).count == 1)
    try shop.take(.paid("o-2", total: 1_000), at: bought + .days(300))
    try shop.advance(to: bought + .days(1_500))
    #expect(warnings(shop).count == 2)
    #expect(Set(warnings(shop).map(\.id)).count == 2)
  }

  @Test func aPurchaseThatIsCancelledAgainDoesNotBeginAnotherLapse() throws {
    var shop = try shop()
    try shop.take(.paid("o-1", total: 1_000), at: bought)
    try shop.advance(to: bought + .days(100))
    try shop.take(.paid("o-2", total: 1_000), at: bought + .days(100))
    try shop.take(.cancelled("o-2"), at: bought + .days(101))
    #expect(try shop.rhythm().isWarned)
    try shop.advance(to: bought + .days(1_500))
    #expect(warnings(shop).count == 1)
  }

  @Test func aPurchaseWithdrawsWhatIsHeld() throws {
    var shop = try shop { $0.gate.quietHours = QuietHours(start: 22 * 60, end: 8 * 60) }
    try shop.take(.paid("o-1", total: 1_000), at: bought)
    try shop.advance(to: at("2026-04-01T07:00:00+08:00"))
    #expect(warnings(shop).isEmpty)
    try shop.take(.paid("o-2", total: 1_000), at: at("2026-04-01T07:00:00+08:00"))
    try shop.advance(to: at("2026-04-02T12:00:00+08:00"))
    #expect(warnings(shop).isEmpty && shop.suppressed == [.churnWarning] && shop.reasons == [.withdrawn])
  }

  @Test func aPurchaseThatIsReadLateStillComesBeforeTheWarningIsTold() throws {
    var shop = try shop()
    try shop.take(.paid("o-1", total: 1_000), at: bought)
    let second = Event(
      id: id("late"), time: at("2026-04-01T09:00:00+08:00"), customer: Shop.customer,
      payload: .paid("o-2", total: 1_000))
    try shop.wakeUp(with: second, at: at("2026-04-01T10:00:00+08:00"))
    #expect(warnings(shop).isEmpty && shop.reasons == [.withdrawn])
    #expect(try shop.rhythm().judgeAt.map { $0 > at("2026-06-01T00:00:00+08:00") } == true)
  }

  @Test func aFirstStartOnALongHistoryWarnsOfNothingStale() throws {
    var shop = try shop { $0.winback.afterDays = 180 }
    let order = Event(id: id("old"), time: bought, customer: Shop.customer, payload: .paid(total: 1_000))
    try shop.wakeUp(with: order, at: bought + .days(400))
    try shop.sleep(until: bought + .days(401))
    #expect(
      warnings(shop).isEmpty
        && Set(shop.suppressed) == [.pointsAccrued, .churnWarning, .winbackOffer, .lifecycleChanged])
    #expect(Set(shop.reasons) == [.stale])
    #expect(try shop.rhythm().isWarned)
  }

  @Test func browsingPostponesTheJudgementByThreeDays() throws {
    var shop = try shop()
    try shop.take(.paid(total: 1_000), at: bought)
    // On 31 March and again on 2 April: the judgement of the 1st goes to the 4th, and from there to the 7th.
    try shop.take(.viewed, at: at("2026-03-31T20:00:00+08:00"))
    try shop.advance(to: at("2026-04-01T12:00:00+08:00"))
    #expect(try shop.rhythm().judgeAt == at("2026-04-04T00:00:00+08:00"))
    try shop.take(.viewed, at: at("2026-04-02T20:00:00+08:00"))
    try shop.advance(to: at("2026-04-06T12:00:00+08:00"))
    #expect(warnings(shop).isEmpty)
    try shop.advance(to: at("2026-04-07T00:00:00+08:00"))
    #expect(warnings(shop).count == 1)
    #expect(warnings(shop).first.flatMap { value("idleDays", of: $0) } == .integer(96))
  }

  @Test func aCustomerWhoMovesIsJudgedAtMidnightOfTheNewPlace() throws {
    var shop = try shop()
    try shop.take(.paid(total: 1_000), at: bought)
    try shop.take(.told { $0.timeZone = "Europe/Berlin" }, at: bought + .days(10))
    #expect(try shop.rhythm().judgeAt == at("2026-04-01T00:00:00+02:00"))
  }

  @Test func aWarnedCustomerIsDecliningUntilTheNextPurchase() throws {
    var shop = try shop()
    try shop.take(.paid("o-1", total: 1_000), at: bought)
    try shop.advance(to: bought + .days(100))
    try shop.take(.paid("o-2", total: 1_000), at: bought + .days(100))
    try shop.advance(to: bought + .days(101))
    #expect(
      shop.notifications.filter { $0.kind == .lifecycleChanged }.map(\.body) == [
        "from=new to=declining", "from=declining to=new",
      ])
  }

  @Test func marketingThatIsRefusedIsNotSent() throws {
    var shop = try shop()
    try shop.take(.consent { $0.marketing = false }, at: bought)
    try shop.take(.paid(total: 1_000), at: bought)
    try shop.advance(to: bought + .days(100))
    #expect(warnings(shop).isEmpty && shop.suppressed == [.churnWarning] && shop.reasons == [.consent])
  }

  @Test func withoutAThresholdNobodyIsWarned() throws {
    var shop = try shop { $0.churn.warnAt = nil }
    try shop.take(.paid(total: 1_000), at: bought)
    try shop.advance(to: bought + .days(1_000))
    #expect(try warnings(shop).isEmpty && shop.rhythm().nextDue == nil)
  }

  @Test func newRulesJudgeWhenTheOldOnesWouldHave() throws {
    var shop = try shop()
    try shop.take(.paid(total: 1_000), at: bought)
    // By the new rules a probability of 0.1 is needed, which is reached after 240 days.
    shop.replace(try self.shop { $0.churn.warnAt = 0.9 }.program)
    try shop.advance(to: bought + .days(100))
    #expect(warnings(shop).isEmpty)
    #expect(try shop.rhythm().judgeAt == at("2026-08-29T00:00:00+08:00"))
  }

  // How to win the customer back.

  private func variant(_ prepare: (inout Shop) throws -> Void) throws -> String? {
    var shop = try shop()
    try prepare(&shop)
    try shop.advance(to: bought + .days(1_000))
    guard let warning = warnings(shop).last, case .text(let name)? = value("winback", of: warning) else { return nil }
    #expect(warning.template.rawValue == "churn.warning.\(name)")
    return name
  }

  private func order(_ name: String, units: Int64 = 10, discounted: Int64 = 0, coupon: Bool = false) -> Event.Payload {
    var lines = [OrderLine(sku: id("a"), category: id("c"), quantity: units - discounted, unitPrice: 100)]
    if discounted > 0 {
      lines.append(OrderLine(sku: id("b"), category: id("c"), quantity: discounted, unitPrice: 100, discount: 1))
    }
    return .orderPaid(
      PaidOrder(order: id(name), currency: Currency.yuan, total: 1_000, lines: lines, couponUsed: coupon))
  }

  @Test func whoBuysTwoFifthsOfTheUnitsAtADiscountIsOfferedAPrice() throws {
    #expect(try variant { try $0.take(order("o-1", discounted: 4), at: bought) } == "price")
    #expect(try variant { try $0.take(order("o-1", units: 100, discounted: 39), at: bought) } == "quality")
  }

  @Test func whoUsesACouponForHalfOfTheOrdersIsOfferedAPrice() throws {
    #expect(
      try variant {
        try $0.take(order("o-1", coupon: true), at: bought)
        try $0.take(order("o-2"), at: bought + .days(1))
      } == "price")
    #expect(
      try variant {
        try $0.take(order("o-1", coupon: true), at: bought)
        for name in ["o-2", "o-3"] { try $0.take(order(name), at: bought + .days(1)) }
      } == "quality")
  }

  @Test func somethingWrongWithOneOfTheLastThreeOrdersIsMadeGoodFirst() throws {
    for trouble in [Event.Payload.refunded("o-1", 10), .scan(.exception), .scan(.attemptFail)] {
      #expect(
        try variant {
          try $0.take(order("o-1", discounted: 5), at: bought)
          try $0.take(trouble, at: bought + .days(1))
        } == "service")
    }
    #expect(
      try variant {
        try $0.take(order("o-1"), at: bought)
        try $0.take(.scan(.exception), at: bought + .days(1))
        for (day, name) in ["o-2", "o-3", "o-4"].enumerated() {
          try $0.take(order(name), at: bought + .days(Int64(2 + day)))
        }
      } == "quality")
  }

  // Who has left.

  @Test func aHundredAndEightyDaysAfterTheLastOrderSomethingIsOfferedOnce() throws {
    var shop = try Shop { $0.winback.afterDays = 180 }
    try shop.take(.paid("o-1", total: 1_000, currency: "JPY"), at: bought)
    try shop.advance(to: at("2026-06-30T00:00:00+08:00") - .millisecond)
    #expect(!shop.kinds.contains(.winbackOffer))
    try shop.advance(to: bought + .days(1_000))
    let offers = shop.notifications.filter { $0.kind == .winbackOffer }
    #expect(offers.map(\.createdAt) == [at("2026-06-30T00:00:00+08:00")])
    let yen = try #require(Currency(code: "JPY"))
    #expect(offers[0].parameters.map(\.value) == [.money(50, yen), .money(300, yen)])
    try shop.take(.paid("o-2", total: 1_000), at: bought + .days(1_000))
    try shop.advance(to: bought + .days(1_200))
    #expect(shop.kinds.count { $0 == .winbackOffer } == 2)
  }

  @Test func anOrderBeforeThatPutsTheOfferOff() throws {
    var shop = try Shop { $0.winback.afterDays = 180 }
    try shop.take(.paid("o-1", total: 1_000), at: bought)
    try shop.take(.paid("o-2", total: 1_000), at: bought + .days(179))
    try shop.advance(to: bought + .days(300))
    #expect(!shop.kinds.contains(.winbackOffer))
  }
}
