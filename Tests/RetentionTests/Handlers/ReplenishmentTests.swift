import Foundation
import Testing

@testable import Retention

@Suite("Replenishment") struct ReplenishmentTests {
  private let start = at("2026-01-01T12:00:00+08:00")

  /// Rules by which 30 days are usual, and what was bought so far weighs as much as that from two gaps on; by default the first day of
  /// the window is likely enough.
  private func shop(remindAt: Double? = 0, _ adjust: (inout Rules) -> Void = { _ in }) throws -> Shop {
    try Shop {
      $0.replenishment.remindAt = remindAt
      $0.replenishment.model = Self.model
      adjust(&$0)
    }
  }

  static let model = ReplenishmentModel(
    version: "test", renewal: RenewalModel(a0: 2, k0: 2, a: 0.2, b: 1, m: 5),
    gaps: GapModel(logMean: log(30), within: 0.5, between: 0.25), meanGap: 30, categories: [:], layer: nil)

  private func line(_ sku: String, _ category: String = "cat-food", name: String? = nil) -> OrderLine {
    OrderLine(sku: id(sku), name: name, category: id(category), quantity: 1, unitPrice: 1_000)
  }

  /// Buys it on these days, counted from 1 January.
  private func buy(_ lines: [OrderLine], on days: [Int64], _ shop: inout Shop) throws {
    for day in days {
      try shop.take(.paid("\(lines[0].sku)-\(day)", total: 1_000, lines: lines), at: start + .days(day))
    }
  }

  private func reminders(_ shop: Shop) -> [Retention.Notification] {
    shop.notifications.filter { $0.kind == .replenishmentDue }
  }

  private func value(_ name: String, of notification: Retention.Notification) -> Value? {
    notification.reason.first { $0.name == name }?.value
  }

  @Test func theWindowOpensAfterThreeQuartersOfTheExpectedGap() throws {
    var shop = try shop()
    try buy([line("a", name: "Cat food")], on: [0, 30, 60], &shop)
    // 22.5 days of 30, so on the 23rd day after 2 March.
    try shop.advance(to: at("2026-03-25T00:00:00+08:00") - .millisecond)
    #expect(reminders(shop).isEmpty)
    try shop.advance(to: at("2026-03-25T00:00:00+08:00"))
    #expect(reminders(shop).map(\.body) == ["items=Cat food"])
    let reminder = try #require(reminders(shop).first)
    #expect(value("skus", of: reminder) == .list([.text("a")]))
    #expect(value("idleDays", of: reminder) == .list([.integer(23)]))
    #expect(value("expectedGapDays", of: reminder) == .list([.decimal(30)]))
  }

  @Test func theCustomersOwnGapsMoveTheWindow() throws {
    var shop = try shop()
    try buy([line("a")], on: [0, 10, 20, 30], &shop)
    // exp((3 ln 10 + 2 ln 30) / 5) = 15.52 days, of which three quarters are 11.6.
    try shop.advance(to: at("2026-02-12T00:00:00+08:00"))
    #expect(reminders(shop).map(\.createdAt) == [at("2026-02-12T00:00:00+08:00")])
  }

  @Test func theCustomerIsRemindedOnTheFirstDayThatIsLikelyEnough() throws {
    // Of a regular thing that is hardly ever given up, the probability rises through the first days of the window. Soon is half of
    // 30 days, as that is longer than seven.
    let regular = RenewalModel(a0: 10, k0: 20, a: 0.001, b: 1, m: 50)
    let p = (0...45).map { regular.pPurchase(.init([30, 30]), meanGap: 30, idle: Double($0), within: 15) }
    let peak = try #require((23...45).max { p[$0] < p[$1] })
    #expect(peak > 24)
    let threshold = (p[peak - 1] + p[peak]) / 2
    var shop = try shop(remindAt: threshold) { $0.replenishment.model.renewal = regular }
    try buy([line("a")], on: [0, 30, 60], &shop)
    try shop.advance(to: start + .days(200))
    #expect(reminders(shop).map(\.createdAt) == [at("2026-03-02T00:00:00+08:00") + .days(Int64(peak))])
    #expect(reminders(shop).first.flatMap { value("pPurchase", of: $0) } == .list([.decimal(p[peak])]))
  }

  @Test func noDayOfTheWindowThatIsLikelyEnoughIsNoReminder() throws {
    var shop = try shop(remindAt: 0.9)
    try buy([line("a")], on: [0, 30, 60], &shop)
    try shop.advance(to: start + .days(300))
    #expect(try reminders(shop).isEmpty && shop.items().nextDue == nil)
  }

  @Test func twoPurchasesAreNoHabit() throws {
    var shop = try shop()
    try buy([line("a")], on: [0, 30], &shop)
    try shop.advance(to: start + .days(300))
    #expect(reminders(shop).isEmpty)
  }

  @Test func whatWasBoughtMeanwhileIsNotToldOf() throws {
    var shop = try shop()
    try buy([line("a")], on: [0, 30, 60, 75], &shop)
    try shop.advance(to: at("2026-03-30T00:00:00+08:00"))
    #expect(reminders(shop).isEmpty)
  }

  @Test func theCustomerIsRemindedOnceACycle() throws {
    var shop = try shop()
    try buy([line("a")], on: [0, 30, 60], &shop)
    try shop.advance(to: start + .days(200))
    #expect(reminders(shop).count == 1)
    try buy([line("a")], on: [200], &shop)
    try shop.advance(to: start + .days(500))
    #expect(reminders(shop).count == 2 && Set(reminders(shop).map(\.id)).count == 2)
  }

  @Test func whatIsDueWithinADayGoesIntoOneNotice() throws {
    var shop = try shop()
    // a on the first day, b a day later, c two days later.
    for day in [0, 30, 60] as [Int64] {
      try buy([line("a")], on: [day], &shop)
      try buy([line("b", "litter")], on: [day + 1], &shop)
      try buy([line("c", "toys")], on: [day + 2], &shop)
    }
    try shop.advance(to: start + .days(200))
    #expect(reminders(shop).map { value("skus", of: $0) }.count == 2)
    guard case .list(let skus)? = value("skus", of: reminders(shop)[0]) else { throw Unexpected() }
    #expect(Set(skus.map { "\($0)" }) == Set([Value.text("a"), .text("b")].map { "\($0)" }))
    #expect(value("skus", of: reminders(shop)[1]) == .list([.text("c")]))
    #expect(reminders(shop).map(\.createdAt) == [at("2026-03-25T00:00:00+08:00"), at("2026-03-27T00:00:00+08:00")])
  }

  @Test func theMostLikelyFiveAreNamed() throws {
    var shop = try shop()
    let names = (0..<7).map { "s-\($0)" }
    // The more often one was bought every 30 days, the likelier it is bought again.
    let orders = names.enumerated().flatMap { number, name in
      (0...(2 + number)).map { (day: Int64(300 - 30 * $0), line: line(name, name)) }
    }
    for order in orders.sorted(by: { $0.day < $1.day }) { try buy([order.line], on: [order.day], &shop) }
    try shop.advance(to: start + .days(330))
    let reminder = try #require(reminders(shop).last)
    guard case .list(let skus)? = value("skus", of: reminder), case .list(let p)? = value("pPurchase", of: reminder)
    else {
      throw Unexpected()
    }
    #expect(skus == ["s-6", "s-5", "s-4", "s-3", "s-2"].map { .text($0) })
    #expect(p.count == 5)
    // The other two were not forgotten: they had their turn.
    try shop.advance(to: start + .days(360))
    #expect(reminders(shop).last?.id == reminder.id)
  }

  @Test func aCategoryStandsInForArticlesThatAreTooFew() throws {
    var shop = try shop()
    for (day, sku) in [(0, "salmon"), (30, "tuna"), (60, "duck")] as [(Int64, String)] {
      try buy([line(sku, name: sku.capitalized)], on: [day], &shop)
    }
    try shop.advance(to: start + .days(200))
    #expect(reminders(shop).map(\.body) == ["items=Duck"])
    #expect(reminders(shop).map(\.createdAt) == [at("2026-03-25T00:00:00+08:00")])
  }

  @Test func anArticleThatIsBoughtOftenEnoughIsJudgedByItselfAlone() throws {
    var shop = try shop()
    for day in [0, 30, 60, 90] as [Int64] { try buy([line("other-\(day)"), line("a")], on: [day], &shop) }
    try shop.advance(to: start + .days(150))
    #expect(reminders(shop).map(\.body) == ["items=a", "items=a"])
    #expect(reminders(shop).map(\.createdAt) == [at("2026-03-25T00:00:00+08:00"), at("2026-04-24T00:00:00+08:00")])
  }

  @Test func aPurchaseTakesTheArticleOutOfWhatIsHeld() throws {
    var shop = try shop { $0.gate.quietHours = QuietHours(start: 22 * 60, end: 8 * 60) }
    try buy([line("a", name: "Food"), line("b", "litter", name: "Litter")], on: [0, 30, 60], &shop)
    try shop.advance(to: at("2026-03-25T01:00:00+08:00"))
    try shop.take(.paid("early", total: 1_000, lines: [line("a")]), at: at("2026-03-25T02:00:00+08:00"))
    try shop.advance(to: at("2026-03-25T08:00:00+08:00"))
    #expect(reminders(shop).map(\.body) == ["items=Litter"])
    #expect(reminders(shop).first.flatMap { value("skus", of: $0) } == .list([.text("b")]))
  }

  @Test func aPurchaseOfEverythingWithdrawsTheNotice() throws {
    var shop = try shop { $0.gate.quietHours = QuietHours(start: 22 * 60, end: 8 * 60) }
    try buy([line("a")], on: [0, 30, 60], &shop)
    try shop.advance(to: at("2026-03-25T01:00:00+08:00"))
    try shop.take(.paid("early", total: 1_000, lines: [line("a")]), at: at("2026-03-25T02:00:00+08:00"))
    try shop.advance(to: at("2026-03-26T00:00:00+08:00"))
    #expect(reminders(shop).isEmpty && shop.suppressed == [.replenishmentDue] && shop.reasons == [.withdrawn])
  }

  @Test func anotherArticleOfTheCategoryThatStandsInDoesToo() throws {
    var shop = try shop { $0.gate.quietHours = QuietHours(start: 22 * 60, end: 8 * 60) }
    for (day, sku) in [(0, "salmon"), (30, "tuna"), (60, "duck")] as [(Int64, String)] {
      try buy([line(sku)], on: [day], &shop)
    }
    try shop.advance(to: at("2026-03-25T01:00:00+08:00"))
    try shop.take(.paid("early", total: 1_000, lines: [line("hare")]), at: at("2026-03-25T02:00:00+08:00"))
    try shop.advance(to: at("2026-03-26T00:00:00+08:00"))
    #expect(reminders(shop).isEmpty && shop.reasons == [.withdrawn])
  }

  @Test func aCancelledPurchaseDoesNotCount() throws {
    var shop = try shop()
    try buy([line("a")], on: [0, 30, 60], &shop)
    try shop.take(.cancelled("a-60"), at: start + .days(61))
    try shop.advance(to: start + .days(300))
    #expect(reminders(shop).isEmpty)
  }

  @Test func aCustomerWhoMovesIsRemindedInTheMorningOfTheNewPlace() throws {
    var shop = try shop()
    try buy([line("a")], on: [0, 30, 60], &shop)
    try shop.take(.told { $0.timeZone = "Europe/Berlin" }, at: start + .days(61))
    try shop.advance(to: start + .days(200))
    #expect(reminders(shop).map(\.createdAt) == [at("2026-03-25T00:00:00+01:00")])
  }

  @Test func withoutAThresholdNobodyIsReminded() throws {
    var shop = try shop(remindAt: nil)
    try buy([line("a")], on: [0, 30, 60], &shop)
    #expect(try shop.items().nextDue == nil)
  }

  @Test func whatIsRememberedDoesNotGrowWithThePurchases() throws {
    var sizes: [Int] = []
    for count in [100, 1_000] as [Int64] {
      var shop = try shop()
      for number in 0..<count {
        let lines = [line("a"), line("b", "litter")]
        try shop.take(.paid("o-\(number)", total: 1_000, lines: lines), at: start + .days(3 * number))
      }
      sizes.append([FacetKind.rhythm, .items].reduce(0) { $0 + (shop.stored[$1]?.count ?? 0) })
    }
    // Larger counts take a byte more each.
    #expect(sizes[0] > 100 && sizes[1] - sizes[0] <= 16)
  }

  @Test func aDaemonThatWakesUpLateTellsWhatItWouldHaveTold() throws {
    var punctual = try shop()
    try buy([line("a")], on: [0, 30, 60], &punctual)
    var late = punctual
    try punctual.advance(to: at("2026-03-26T00:00:00+08:00"))
    try late.sleep(until: at("2026-03-26T00:00:00+08:00"))
    #expect(reminders(late).map(\.id) == reminders(punctual).map(\.id))
    #expect(reminders(late).count == 1)
  }
}

private struct Unexpected: Error {}
