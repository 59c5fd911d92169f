import Testing

@testable import Retention

@Suite("Points: campaigns") struct PointsCampaignTests {
  private let day = at("2026-11-22T12:00:00+08:00")

  /// What an order of 100 yuan paid at `time` earns, and by which rule.
  private func grant(
    _ campaigns: [Campaign], paidAt time: Instant, total: Int64 = 10_000, currency: String = "CNY",
    lines: [OrderLine] = []
  ) throws -> Earned? {
    var shop = try Shop { $0.points.campaigns = campaigns }
    try shop.take(.paid(total: total, currency: currency, lines: lines), at: time)
    return shop.ledger.first.map { Earned($0.points, $0.rule?.name) }
  }

  private func campaign(
    _ name: String, _ multiplier: Int64, _ window: Campaign.Window = .dayOfMonth(22),
    categories: [String] = [], minTotal: Int64 = 0
  ) -> Campaign {
    Campaign(
      name: name, multiplier: BasisPoints(multiplier), window: window, categories: Set(categories.map { id($0) }),
      minTotal: minTotal)
  }

  /// Midnight in Shanghai is 16:00 UTC of the day before.
  @Test(arguments: [
    ("2026-12-07T15:59:59.999Z", 100),  // 23:59:59.999 of the 7th
    ("2026-12-07T16:00:00.000Z", 200),  // 00:00 of the 8th
    ("2026-12-08T15:59:59.999Z", 200),  // 23:59:59.999 of the 8th
    ("2026-12-08T16:00:00.000Z", 100),  // 00:00 of the 9th
  ])
  func theMemberDayDoublesFromMidnightToMidnightInShanghai(_ time: String, _ points: Int64) throws {
    var shop = try Shop()
    try shop.take(.paid(total: 10_000), at: at(time))
    #expect(shop.bookings == [Booking(.accrued, points, pending: points)])
  }

  @Test func theMemberDayIsThatOfTheConfiguredZone() throws {
    // 2026-12-08T04:59:59.999Z is 23:59:59.999 of the 7th in New York (UTC-5), and 5 hours into the 8th in UTC.
    for (instant, points) in [("2026-12-08T04:59:59.999Z", 100), ("2026-12-08T05:00:00Z", 200)] as [(String, Int64)] {
      var shop = try Shop { $0.timeZone = "America/New_York" }
      try shop.take(.paid(total: 10_000), at: at(instant))
      #expect(shop.bookings == [Booking(.accrued, points, pending: points)])
    }
  }

  @Test func theTimeOfTheEventCountsAndNotWhenItIsSeen() throws {
    var shop = try Shop()
    try shop.take(
      .paid("o-1", total: 10_000), at: at("2026-12-08T23:59:59+08:00"), seen: at("2026-12-09T06:00:00+08:00"))
    try shop.take(
      .paid("o-2", total: 10_000), at: at("2026-12-07T23:59:59+08:00"), seen: at("2026-12-09T06:00:00+08:00"))
    #expect(shop.ledger.map(\.points) == [200, 100])
  }

  @Test func aWindowIncludesItsStartAndNotItsEnd() throws {
    let from = at("2026-11-10T20:00:00+08:00")
    let until = at("2026-11-12T00:00:00+08:00")
    let sale = campaign("sale", 15_000, .between(from: from, until: until))
    #expect(try grant([sale], paidAt: from - .millisecond) == Earned(100, "base"))
    #expect(try grant([sale], paidAt: from) == Earned(150, "sale"))
    #expect(try grant([sale], paidAt: until - .millisecond) == Earned(150, "sale"))
    #expect(try grant([sale], paidAt: until) == Earned(100, "base"))
  }

  @Test func aWindowMayBeOpenAtOneEnd() throws {
    let since = campaign("since", 20_000, .between(from: day, until: nil))
    #expect(try grant([since], paidAt: day - .millisecond) == Earned(100, "base"))
    #expect(try grant([since], paidAt: day + .days(3_000)) == Earned(200, "since"))
    let before = campaign("before", 20_000, .between(from: nil, until: day))
    #expect(try grant([before], paidAt: day - .days(3_000)) == Earned(200, "before"))
    #expect(try grant([before], paidAt: day) == Earned(100, "base"))
  }

  @Test func theLargestOfThoseThatApplyWinsAndTheyDoNotStack() throws {
    // 2 x 1.5 would be 3; 2 wins alone. The 3 holds on another day.
    let campaigns = [
      campaign("half", 15_000), campaign("double", 20_000), campaign("triple", 30_000, .dayOfMonth(23)),
    ]
    #expect(try grant(campaigns, paidAt: day) == Earned(200, "double"))
    #expect(try grant(campaigns.reversed(), paidAt: day) == Earned(200, "double"))
  }

  @Test func ofEqualCampaignsTheFirstListedIsNamed() throws {
    let campaigns = [campaign("first", 20_000), campaign("second", 20_000)]
    #expect(try grant(campaigns, paidAt: day) == Earned(200, "first"))
  }

  @Test func aMultiplierBelowOneTakesAway() throws {
    // 100 x 0.5 = 50, and 100 x 0.0001 = 0.01, floored 0: nothing is booked.
    #expect(try grant([campaign("half", 5_000)], paidAt: day) == Earned(50, "half"))
    #expect(try grant([campaign("crumb", 1)], paidAt: day) == nil)
  }

  @Test func theMinimumIsOfTheTotalInMajorUnits() throws {
    let large = campaign("large", 20_000, minTotal: 300)
    // 299.99 yuan: floor(299.99) = 299; 300.00 yuan: 300 x 2 = 600.
    #expect(try grant([large], paidAt: day, total: 29_999) == Earned(299, "base"))
    #expect(try grant([large], paidAt: day, total: 30_000) == Earned(600, "large"))
    #expect(try grant([large], paidAt: day, total: 299, currency: "JPY") == Earned(299, "base"))
    #expect(try grant([large], paidAt: day, total: 300, currency: "JPY") == Earned(600, "large"))
    #expect(try grant([large], paidAt: day, total: 299_999, currency: "KWD") == Earned(299, "base"))
    #expect(try grant([large], paidAt: day, total: 300_000, currency: "KWD") == Earned(600, "large"))
  }

  @Test func aCampaignOfCategoriesNeedsALineOfOneOfThem() throws {
    let snacks = campaign("snacks", 20_000, categories: ["treat", "bone"])
    let food = OrderLine.line("food", price: 9_000)
    #expect(try grant([snacks], paidAt: day, lines: [food]) == Earned(100, "base"))
    #expect(try grant([snacks], paidAt: day) == Earned(100, "base"))
    // One line is enough, and the whole order earns.
    #expect(try grant([snacks], paidAt: day, lines: [food, .line("bone", price: 1_000)]) == Earned(200, "snacks"))
  }

  @Test func theNoticeOfACampaignNamesItAndItsMultiplier() throws {
    var shop = try Shop { $0.points.campaigns = [campaign("snack-week", 12_500)] }
    try shop.take(.paid(total: 10_000), at: day)
    let notice = try #require(shop.notifications.first)
    // 100 x 1.25 = 125.
    #expect(notice.template == .pointsAccruedInCampaign)
    #expect(notice.body == "orderId=o-1 points=125 pending=125 available=0 campaign=snack-week multiplier=1.25")
  }
}

/// The points of an order, and the name of the rule that gave them.
private struct Earned: Equatable {
  let points: Int64
  let rule: String?

  init(_ points: Int64, _ rule: String?) {
    self.points = points
    self.rule = rule
  }
}
