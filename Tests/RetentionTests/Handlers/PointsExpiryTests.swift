import Testing

@testable import Retention

@Suite("Points: expiry") struct PointsExpiryTests {
  private let paid = at("2026-11-22T12:00:00+08:00")

  /// A shop whose customer has as many points as yuan, available from noon of 22 December 2026: they can be used until the end
  /// of December 2027.
  private func shop(yuan: Int64 = 100, _ adjust: (inout Rules) -> Void = { _ in }) throws -> Shop {
    var shop = try Shop(adjust)
    try shop.take(.paid(total: yuan * 100), at: paid)
    try shop.advance(to: paid + .days(30))
    return shop
  }

  private func expired(_ shop: Shop) -> [LedgerEntry] { shop.ledger.filter { $0.kind == .expired } }

  @Test func pointsExpireAtTheEndOfTheTwelfthMonthAfterTheOneInWhichTheyWereConfirmed() throws {
    var shop = try shop()
    #expect(shop.ledger.last?.expiresOn?.iso8601 == "2027-12-31")
    let end = at("2028-01-01T00:00:00+08:00")
    try shop.advance(to: end - .millisecond)
    #expect(expired(shop).isEmpty)
    try shop.advance(to: end)
    #expect(shop.bookings.last == Booking(.expired, -100))
    let entry = try #require(shop.ledger.last)
    #expect(entry.order == nil && entry.expiresOn?.iso8601 == "2027-12-31")
    #expect(entry.cause == .timer("points.expire", dueAt: end))
    #expect(try shop.account() == PointsAccount(onlyOrdersOf: shop.account()))
  }

  @Test(arguments: [
    // 30 days later it is the last millisecond of December, or the first of January.
    ("2026-12-01T23:59:59.999+08:00", "2027-12-31"), ("2026-12-02T00:00:00+08:00", "2028-01-31"),
    // Confirmed in February 2027: the February of 2028 has 29 days.
    ("2027-01-15T12:00:00+08:00", "2028-02-29"), ("2027-02-28T12:00:00+08:00", "2028-03-31"),
    // Confirmed on 29 February 2028.
    ("2028-01-30T12:00:00+08:00", "2029-02-28"),
  ])
  func theMonthIsTheLocalOneOfTheConfirmation(_ paidAt: String, _ lastDay: String) throws {
    var shop = try Shop()
    try shop.take(.paid(total: 10_000), at: at(paidAt))
    try shop.advance(to: at(paidAt) + .days(500))
    #expect(shop.ledger.map(\.kind) == [.accrued, .confirmed, .expired])
    #expect(shop.ledger.dropFirst().map(\.expiresOn?.iso8601) == [lastDay, lastDay])
  }

  @Test func theCustomerIsToldThirtyAndSevenDaysBeforeAndWhenTheyAreGone() throws {
    var shop = try shop()
    try shop.advance(to: at("2028-02-01T00:00:00+08:00"))
    let told = shop.notifications.filter { $0.kind != .pointsAccrued }
    #expect(told.map(\.kind) == [.pointsExpiring, .pointsExpiring, .pointsExpired])
    #expect(
      told.map(\.createdAt) == [
        at("2027-12-02T00:00:00+08:00"), at("2027-12-25T00:00:00+08:00"), at("2028-01-01T00:00:00+08:00"),
      ])
    #expect(told[0].body == "points=100 expiresOn=12月31日 available=100")
    #expect(told[2].body == "points=100 expiresOn=12月31日 available=0")
    #expect(told[1].reason.first { $0.name == "daysBefore" }?.value == .integer(7))
    #expect(Set(told.map(\.id)).count == 3)
  }

  @Test func onlyTheSumThatExpiresTogetherIsToldAndOnlyWhenItIsLargeEnough() throws {
    var shop = try shop(yuan: 60)
    // Confirmed on the 23rd too: 60 + 39 = 99, one less than is told.
    try shop.take(.paid("o-2", total: 3_900), at: paid + .days(31) - .days(30), seen: paid + .days(30))
    // Confirmed in January: these expire later.
    try shop.take(.paid("o-3", total: 50_000), at: paid + .days(15), seen: paid + .days(30))
    try shop.advance(to: at("2028-01-01T00:00:00+08:00"))
    #expect(!shop.kinds.contains(.pointsExpiring) && !shop.kinds.contains(.pointsExpired))
    #expect(shop.bookings.last == Booking(.expired, -99, available: 500))
    try shop.advance(to: at("2028-01-02T00:00:00+08:00"))
    // 30 days before 1 February: 2 January.
    #expect(shop.notifications.last?.body == "points=500 expiresOn=1月31日 available=500")
  }

  @Test func whatExpiresFirstIsUsedFirst() throws {
    var shop = try shop(yuan: 100)
    try shop.take(.paid("o-2", total: 20_000), at: at("2027-02-01T12:00:00+08:00"))
    try shop.advance(to: at("2027-04-01T12:00:00+08:00"))
    // 100 until December, 200 until March 2028; 130 of them are used: 100 of December, 30 of March.
    try shop.take(.paid("o-3", total: 0, redeeming: 130), at: at("2027-04-01T12:00:00+08:00"))
    #expect(try shop.account().lots.map(\.points) == [170])
    try shop.advance(to: at("2028-04-01T00:00:00+08:00"))
    #expect(expired(shop).map(\.points) == [-170])
    #expect(expired(shop).map(\.expiresOn?.iso8601) == ["2028-03-31"])
  }

  @Test func aNoticeThatWaitsSaysWhatIsLeftWhenItIsSent() throws {
    var shop = try shop(yuan: 300) { $0.gate.quietHours = QuietHours(start: 22 * 60, end: 8 * 60) }
    // Due at midnight, held until 8:00; at 7:00 the customer uses 120.
    try shop.take(.paid("o-2", total: 0, redeeming: 120), at: at("2027-12-02T07:00:00+08:00"))
    try shop.advance(to: at("2027-12-02T08:00:00+08:00"))
    let notice = try #require(shop.notifications.last)
    #expect(notice.kind == .pointsExpiring && notice.body == "points=180 expiresOn=12月31日 available=180")
    #expect(notice.reason.first { $0.name == "points" }?.value == .integer(180))
  }

  @Test func aNoticeThatWaitsIsWithdrawnWhenTooLittleIsLeft() throws {
    var shop = try shop(yuan: 300) { $0.gate.quietHours = QuietHours(start: 22 * 60, end: 8 * 60) }
    try shop.take(.paid("o-2", total: 0, redeeming: 201), at: at("2027-12-02T07:00:00+08:00"))
    try shop.advance(to: at("2027-12-03T00:00:00+08:00"))
    #expect(!shop.kinds.contains(.pointsExpiring))
    #expect(shop.suppressed == [.pointsExpiring] && shop.reasons == [.withdrawn])
  }

  @Test func afterADowntimeTheyAreGoneAndOnlyThatIsTold() throws {
    var shop = try shop()
    try shop.sleep(until: at("2028-01-01T12:00:00+08:00"))
    #expect(shop.bookings.last == Booking(.expired, -100))
    // Nobody has to be told of 2 and 25 December any more.
    #expect(shop.kinds == [.pointsAccrued, .pointsExpired])
    #expect(shop.suppressed == [.pointsExpiring, .pointsExpiring] && shop.reasons == [.withdrawn, .withdrawn])
  }

  @Test func aHistoryReadLateBuildsTheStateOfToday() throws {
    var shop = try Shop()
    let now = at("2030-06-01T12:00:00+08:00")
    try shop.take(.paid(total: 10_000), at: paid, seen: now)
    try shop.advance(to: now)
    #expect(shop.ledger.map(\.kind) == [.accrued, .confirmed, .expired])
    #expect(shop.kinds.isEmpty)
  }

  @Test func pointsThatComeLateIntoAMonthThatIsOverExpireByAnEntryOfTheirOwn() throws {
    var shop = try Shop()
    let now = at("2028-01-01T01:00:00+08:00")
    for order in ["o-1", "o-2"] { try shop.take(.paid(order, total: 10_000), at: paid, seen: now) }
    try shop.advance(to: now)
    #expect(expired(shop).map(\.points) == [-100, -100])
    #expect(Set(expired(shop).map(\.id)).count == 2)
    let told = shop.notifications.filter { $0.kind == .pointsExpired }
    #expect(told.count == 2 && told[0].id != told[1].id)
  }

  @Test func cancelledOrdersGiveBackPointsThatExpireWhenTheyWouldHave() throws {
    var shop = try shop(yuan: 100)
    try shop.take(.paid("o-2", total: 20_000), at: at("2027-02-01T12:00:00+08:00"))
    try shop.take(.paid("o-3", total: 0, redeeming: 130), at: at("2027-04-01T12:00:00+08:00"))
    try shop.take(.cancelled("o-3"), at: at("2027-05-01T12:00:00+08:00"))
    let restored = shop.ledger.suffix(2)
    #expect(restored.map(\.kind) == [.restored, .restored] && restored.map(\.points) == [100, 30])
    #expect(restored.map(\.expiresOn?.iso8601) == ["2027-12-31", "2028-03-31"])
    #expect(Set(restored.map(\.id)).count == 2)
    try shop.advance(to: at("2028-04-01T00:00:00+08:00"))
    #expect(expired(shop).map(\.points) == [-100, -200])
  }

  @Test func whatIsGivenBackAfterItsMonthCanBeUsedUntilTheEndOfThisOne() throws {
    var shop = try shop(yuan: 100)
    try shop.take(.paid("o-2", total: 0, redeeming: 100), at: at("2027-12-31T12:00:00+08:00"))
    try shop.take(.cancelled("o-2"), at: at("2028-02-10T12:00:00+08:00"))
    #expect(shop.bookings.last == Booking(.restored, 100, available: 100))
    #expect(shop.ledger.last?.expiresOn?.iso8601 == "2028-02-29")
    try shop.advance(to: at("2028-03-01T00:00:00+08:00"))
    #expect(shop.bookings.last == Booking(.expired, -100))
    // Told 7 days before, on 23 February; 30 days before had passed.
    #expect(shop.notifications.suffix(2).map(\.createdAt).first == at("2028-02-23T00:00:00+08:00"))
    #expect(shop.kinds.suffix(2) == [.pointsExpiring, .pointsExpired])
  }

  @Test func aCancellationHeardOfJustAfterTheMonthLeavesTimeToUseWhatItGivesBack() throws {
    var shop = try shop(yuan: 500)
    try shop.take(.paid("o-2", total: 0, redeeming: 500), at: at("2027-12-20T12:00:00+08:00"))
    try shop.take(
      .cancelled("o-2"), at: at("2027-12-31T23:59:55+08:00"), seen: at("2028-01-01T00:00:05+08:00"))
    #expect(shop.bookings.last == Booking(.restored, 500, available: 500))
    #expect(shop.ledger.last?.expiresOn?.iso8601 == "2028-01-31")
  }

  @Test func aDayThatTheRulesDroppedIsNotTold() throws {
    var shop = try shop()
    var rules = Rules()
    rules.points.expiryNoticeDays = []
    rules.gate.quietHours = nil
    shop.replace(try RetentionProgram(rules: rules, wording: PlainWording.all(), decoder: EventDecoder()))
    try shop.advance(to: at("2028-01-01T00:00:00+08:00"))
    #expect(shop.kinds == [.pointsAccrued, .pointsExpired])
  }

  @Test func aNoticeOfWhatIsGoneShowsTheBalanceOfWhenItIsSent() throws {
    var shop = try shop { $0.gate.quietHours = QuietHours(start: 22 * 60, end: 8 * 60) }
    // Confirmed at 3:00 of the night in which the others expire.
    try shop.take(.paid("o-2", total: 30_000), at: at("2027-12-02T03:00:00+08:00"))
    try shop.advance(to: at("2028-01-01T08:00:00+08:00"))
    #expect(shop.notifications.last?.body == "points=100 expiresOn=12月31日 available=300")
  }

  @Test func whatHadBecomeDebtIsGivenBackAsNew() throws {
    var shop = try Shop()
    try shop.take(.paid("o-1", total: 0, redeeming: 50), at: paid)
    try shop.take(.paid("o-2", total: 8_000), at: paid)
    try shop.advance(to: paid + .days(30))
    // 80 confirmed: 50 pay the debt.
    #expect(shop.bookings.last == Booking(.confirmed, 80, available: 30))
    try shop.take(.cancelled("o-1"), at: at("2027-02-01T12:00:00+08:00"))
    #expect(shop.bookings.last == Booking(.restored, 50, available: 80))
    #expect(shop.ledger.last?.expiresOn?.iso8601 == "2028-02-29")
  }

  @Test func aCustomerWhoMovesLosesThemAtMidnightOfTheNewPlace() throws {
    var shop = try shop()
    try shop.take(.told { $0.timeZone = "America/Los_Angeles" }, at: at("2027-06-01T12:00:00Z"))
    try shop.advance(to: at("2028-01-01T00:00:00-08:00") - .millisecond)
    #expect(expired(shop).isEmpty)
    let told = shop.notifications.dropFirst().map(\.createdAt)
    #expect(told == [at("2027-12-02T08:00:00Z"), at("2027-12-25T08:00:00Z")])
    try shop.advance(to: at("2028-01-01T00:00:00-08:00"))
    #expect(expired(shop).map(\.points) == [-100])
  }

  @Test func thirtyDaysAreLocalDaysOverAChangeOfTheClocks() throws {
    var shop = try Shop { $0.timeZone = "Europe/Berlin" }
    // Confirmed in March 2026, expire at midnight before 1 April 2027; clocks go forward on 28 March 2027.
    try shop.take(.paid(total: 10_000), at: at("2026-02-10T12:00:00Z"))
    try shop.advance(to: at("2027-05-01T00:00:00Z"))
    let midnights = ["2027-03-02T00:00:00+01:00", "2027-03-25T00:00:00+01:00", "2027-04-01T00:00:00+02:00"]
    #expect(shop.notifications.dropFirst().map(\.createdAt) == midnights.map(at))
  }

  @Test func zeroMonthsIsNever() throws {
    var shop = try shop { $0.points.expireAfterMonths = 0 }
    #expect(shop.ledger.last?.expiresOn == nil)
    try shop.advance(to: paid + .days(3_000))
    #expect(expired(shop).isEmpty)
    #expect(try shop.account().nextDue == nil)
  }

  @Test func pointsThatLiveForAMonthAreToldOfOnlyWhenThereIsTime() throws {
    // Confirmed on 22 December, they expire with January: 30 days before is 2 January.
    var shop = try shop { $0.points.expireAfterMonths = 1 }
    try shop.advance(to: at("2027-03-01T00:00:00+08:00"))
    #expect(shop.kinds.dropFirst() == [.pointsExpiring, .pointsExpiring, .pointsExpired])
    // Confirmed on 31 January, they expire with February: 30 days before was 30 January.
    var late = try Shop { $0.points.expireAfterMonths = 1 }
    try late.take(.paid(total: 10_000), at: at("2027-01-01T12:00:00+08:00"))
    try late.advance(to: at("2027-03-01T00:00:00+08:00"))
    #expect(late.kinds.dropFirst() == [.pointsExpiring, .pointsExpired])
  }

  @Test func reversedPointsAreTakenFromThoseThatExpireFirst() throws {
    var shop = try shop(yuan: 100)
    try shop.take(.paid("o-2", total: 20_000), at: at("2027-02-01T12:00:00+08:00"))
    try shop.advance(to: at("2027-04-01T12:00:00+08:00"))
    // o-2 granted what lives until March 2028; what it gives back comes off December 2027 first.
    try shop.take(.refunded("o-2", 12_000), at: at("2027-04-02T12:00:00+08:00"))
    #expect(shop.bookings.last == Booking(.reversed, -120, available: 180))
    #expect(try shop.account().lots.map(\.points) == [180])
  }

  @Test func pointsOfAnOrderThatHaveExpiredAreOwedWhenItIsRefunded() throws {
    var shop = try shop(yuan: 100)
    try shop.advance(to: at("2028-01-01T00:00:00+08:00"))
    try shop.take(.refunded("o-1", 10_000), at: at("2028-01-02T12:00:00+08:00"))
    #expect(shop.bookings.last == Booking(.reversed, -100, debt: 100))
  }

  @Test func pointsOfBeforeThereWereLotsNeverExpire() throws {
    var writer = FacetWriter()
    writer.put(byte: 1)
    writer.put(Instant?.none)
    writer.put(Int64(70))
    writer.put(Int64(0))
    writer.put(UInt64(0))
    writer.put(UInt64(0))
    let account = try PointsAccount.decode(writer.bytes)
    #expect(account.available == 70 && account.nextDue == nil)
    #expect(account.lots == [Lot(term: nil, points: 70)])
  }

  @Test func anOrderOfBeforeThereWereLotsIsReadToo() throws {
    var writer = FacetWriter()
    writer.put(byte: 1)
    writer.put(paid + .days(30))
    for amount in [0, 0] as [Int64] { writer.put(amount) }
    writer.put(UInt64(1))
    writer.put(id("o-1") as OrderID)
    writer.put(paid)
    for amount in [10_000, 100, 7, 10, 1_000] as [Int64] { writer.put(amount) }
    writer.put(byte: 0)
    writer.put(paid + .days(30))
    writer.put(UInt64(0))
    let order = try #require(try PointsAccount.decode(writer.bytes).order(id("o-1")))
    #expect(order.pending == 90 && order.redeemed == 7 && order.redeemedParts.isEmpty && !order.isHeld)
  }
}

extension PointsAccount {
  /// An account in which nothing is left but settled orders, and that a lot has expired.
  fileprivate init(onlyOrdersOf account: PointsAccount) {
    self.init()
    expire(LocalMonth(0))
    for order in account.orders where order.dueAt == nil { add(order) }
  }
}
