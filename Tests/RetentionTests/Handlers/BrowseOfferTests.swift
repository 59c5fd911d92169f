import Testing

@testable import Retention

@Suite("Offers of what is looked at") struct BrowseOfferTests {
  private let monday = at("2026-11-23T20:00:00+08:00")

  private func shop(_ adjust: (inout Rules) -> Void = { _ in }) throws -> Shop {
    try Shop {
      $0.browsing.offerAfterDays = 3
      adjust(&$0)
    }
  }

  private func view(_ sku: String = "mat", _ category: String = "yoga", name: String? = nil) -> Event.Payload {
    .browseViewed(View(sku: id(sku), name: name, category: id(category)))
  }

  private func offers(_ shop: Shop) -> [Retention.Notification] {
    shop.notifications.filter { $0.kind == .browseOffer }
  }

  @Test func threeDaysInARowAreAnOffer() throws {
    var shop = try shop()
    for day in 0..<2 as Range<Int64> { try shop.take(view(name: "Mat"), at: monday + .days(day)) }
    #expect(offers(shop).isEmpty)
    try shop.take(view(name: "Mat"), at: monday + .days(2))
    #expect(offers(shop).map(\.body) == ["items=Mat"])
    #expect(offers(shop)[0].reason.map(\.name) == ["category", "streakDays", "skus", "views"])
  }

  @Test func daysAreTheCustomersOwn() throws {
    // Three views within 26 hours, before and after two midnights in Shanghai, and in two days of New York.
    let times = [at("2026-11-23T23:00:00+08:00"), at("2026-11-24T12:00:00+08:00"), at("2026-11-25T01:00:00+08:00")]
    for (zone, count) in [("Asia/Shanghai", 1), ("America/New_York", 0)] {
      var shop = try shop()
      try shop.take(.told { $0.timeZone = zone }, at: monday - .days(1))
      for time in times { try shop.take(view(), at: time) }
      #expect(offers(shop).count == count, "\(zone)")
    }
  }

  @Test func aDayWithoutAViewBeginsAnew() throws {
    var shop = try shop()
    for day in [0, 1, 3, 4] as [Int64] { try shop.take(view(), at: monday + .days(day)) }
    #expect(offers(shop).isEmpty)
    try shop.take(view(), at: monday + .days(5))
    #expect(offers(shop).count == 1)
  }

  @Test func manyViewsOfOneDayAreOneDay() throws {
    var shop = try shop()
    for minute in 0..<20 as Range<Int64> { try shop.take(view(), at: monday + .minutes(minute)) }
    #expect(offers(shop).isEmpty)
  }

  @Test func categoriesAreCountedByThemselves() throws {
    var shop = try shop()
    for (day, category) in ["yoga", "pans", "yoga"].enumerated() {
      try shop.take(view("x", category), at: monday + .days(Int64(day)))
    }
    #expect(offers(shop).isEmpty)
  }

  @Test func theMostViewedComeFirst() throws {
    var shop = try shop { $0.browsing.maxItems = 2 }
    let views = [["mat"], ["block", "strap"], ["strap", "block", "strap"]]
    for (day, skus) in views.enumerated() {
      for (minute, sku) in skus.enumerated() {
        try shop.take(view(sku), at: monday + .days(Int64(day)) + .minutes(Int64(minute)))
      }
    }
    // The offer goes out with the first view of the third day, when strap leads with two.
    #expect(offers(shop).map(\.body) == ["items=strap、mat"])
  }

  @Test func aPurchaseOfTheCategoryInTheLastThirtyDaysIsNoOffer() throws {
    let line = OrderLine(sku: id("other"), category: id("yoga"), quantity: 1, unitPrice: 1_000)
    for (days, count) in [(29, 0), (30, 1)] as [(Int64, Int)] {
      var shop = try shop()
      try shop.take(.paid(total: 1_000, lines: [line]), at: monday + .days(2 - days))
      for day in 0..<3 as Range<Int64> { try shop.take(view(), at: monday + .days(day)) }
      #expect(offers(shop).count == count, "bought \(days) days before")
    }
  }

  @Test func aCategoryIsOfferedOnceInThirtyDays() throws {
    var shop = try shop { $0.gate.marketingPerWeek = 100 }
    for day in 0..<40 as Range<Int64> {
      try shop.take(view("mat", "yoga"), at: monday + .days(day))
    }
    #expect(offers(shop).map(\.createdAt) == [monday + .days(2), monday + .days(32)])
  }

  @Test func aPurchaseWithdrawsTheOfferThatIsHeld() throws {
    let night = at("2026-11-23T23:00:00+08:00")
    for (category, count) in [("yoga", 0), ("pans", 1)] {
      var shop = try shop { $0.gate.quietHours = QuietHours(start: 22 * 60, end: 8 * 60) }
      for day in 0..<3 as Range<Int64> { try shop.take(view(), at: night + .days(day)) }
      let line = OrderLine(sku: id("other"), category: id(category), quantity: 1, unitPrice: 1_000)
      try shop.take(.paid(total: 1_000, lines: [line]), at: night + .days(2) + .hours(1))
      try shop.advance(to: night + .days(3))
      #expect(offers(shop).count == count, "\(category)")
    }
  }

  @Test func marketingThatIsRefusedIsNotSent() throws {
    var shop = try shop()
    try shop.take(.consent { $0.marketing = false }, at: monday)
    for day in 0..<3 as Range<Int64> { try shop.take(view(), at: monday + .days(day)) }
    #expect(offers(shop).isEmpty && shop.reasons == [.consent])
  }

  @Test func aViewThatComesTwiceCountsOnce() throws {
    var shop = try shop()
    try shop.take(view(), at: monday, id: "v-1")
    try shop.take(view(), at: monday + .days(1), id: "v-1")
    #expect(shop.observations == [.duplicateEvent])
    #expect(try shop.browsing().days.map(\.views) == [1])
  }

  @Test func aViewThatComesLateMakesNoStreak() throws {
    var shop = try shop()
    for day in [0, 2, 1] as [Int64] { try shop.take(view(), at: monday + .days(day)) }
    #expect(offers(shop).isEmpty)
  }

  @Test func withoutDaysNothingIsOffered() throws {
    var shop = try shop { $0.browsing.offerAfterDays = 0 }
    for day in 0..<10 as Range<Int64> { try shop.take(view(), at: monday + .days(day)) }
    #expect(offers(shop).isEmpty)
  }

  @Test func nothingOfAnErasedCustomerIsRemembered() throws {
    var shop = try shop()
    try shop.take(view(), at: monday)
    try shop.take(.customerErased, at: monday + .hours(1))
    for day in 1..<5 as Range<Int64> { try shop.take(view(), at: monday + .days(day)) }
    #expect(offers(shop).isEmpty && Set(shop.stored.keys) == [.erasure])
  }
}
