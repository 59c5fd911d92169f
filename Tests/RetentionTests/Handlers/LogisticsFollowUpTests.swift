import Testing

@testable import Retention

@Suite("Logistics: care guide and survey") struct LogisticsFollowUpTests {
  private let delivered = at("2026-11-22T12:00:00+08:00")
  private static let followUps: Set<NoticeKind> = [.careGuide, .survey]

  /// A shop in which an order of 100 yuan was paid and delivered.
  private func shop(_ adjust: (inout Rules) -> Void = { _ in }) throws -> Shop {
    var shop = try Shop(adjust)
    try shop.take(.paid(total: 10_000), at: delivered - .days(2))
    try shop.take(.scan(.delivered), at: delivered)
    return shop
  }

  /// The follow-ups that were sent, and when.
  private func sent(_ shop: Shop) -> [Sent] {
    shop.notifications.filter { Self.followUps.contains($0.kind) }.map { Sent($0.kind, $0.createdAt) }
  }

  @Test func theCareGuideComesTwelveHoursAndTheSurveySevenDaysAfterTheDelivery() throws {
    var shop = try shop()
    try shop.advance(to: delivered + .hours(12) - .millisecond)
    #expect(sent(shop).isEmpty)
    try shop.advance(to: delivered + .hours(12))
    #expect(sent(shop) == [Sent(.careGuide, delivered + .hours(12))])
    try shop.advance(to: delivered + .days(7) - .millisecond)
    #expect(sent(shop).count == 1)
    try shop.advance(to: delivered + .days(300))
    #expect(sent(shop) == [Sent(.careGuide, delivered + .hours(12)), Sent(.survey, delivered + .days(7))])
  }

  @Test func theCauseIsTheTimerAndTheEvidenceTheDelivery() throws {
    var shop = try shop()
    try shop.advance(to: delivered + .days(7))
    let survey = try #require(shop.notifications.last)
    #expect(survey.cause == .timer("feedback.survey", dueAt: delivered + .days(7)))
    #expect(survey.reason.map(\.name) == ["orderId", "deliveredAt"])
    #expect(survey.reason.map(\.value) == [.text("o-1"), .instant(delivered)])
    #expect(survey.body == "orderId=o-1")
  }

  @Test func aDeliveryOfAnOrderWhosePaymentWasNotSeenIsFollowedUp() throws {
    var shop = try Shop()
    try shop.take(.scan(.delivered), at: delivered)
    try shop.advance(to: delivered + .days(7))
    #expect(sent(shop).map(\.kind) == [.careGuide, .survey])
  }

  @Test func anOrderCancelledIsNotFollowedUp() throws {
    var afterwards = try shop()
    try afterwards.take(.cancelled(), at: delivered + .hours(11))
    try afterwards.advance(to: delivered + .days(30))
    #expect(sent(afterwards).isEmpty)
    var beforehand = try Shop()
    try beforehand.take(.cancelled(), at: delivered - .days(1))
    try beforehand.take(.scan(.delivered), at: delivered)
    try beforehand.advance(to: delivered + .days(30))
    #expect(sent(beforehand).isEmpty)
  }

  @Test func aCancellationBetweenTheTwoWithdrawsTheSurvey() throws {
    var shop = try shop()
    try shop.take(.cancelled(), at: delivered + .days(1))
    try shop.advance(to: delivered + .days(30))
    #expect(sent(shop).map(\.kind) == [.careGuide])
  }

  @Test func anOrderRefundedInFullIsNotFollowedUp() throws {
    var shop = try shop()
    try shop.take(.refunded("o-1", 4_000), at: delivered + .hours(1))
    try shop.take(.refunded("o-1", 6_000), at: delivered + .hours(2))
    try shop.advance(to: delivered + .days(30))
    #expect(sent(shop).isEmpty)
  }

  @Test func anOrderRefundedInPartIsFollowedUp() throws {
    var shop = try shop()
    try shop.take(.refunded("o-1", 9_999), at: delivered + .hours(1))
    try shop.advance(to: delivered + .days(30))
    #expect(sent(shop).map(\.kind) == [.careGuide, .survey])
  }

  @Test func aFullRefundSeenBeforeThePaymentCounts() throws {
    var shop = try Shop()
    try shop.take(.scan(.delivered), at: delivered)
    try shop.take(.refunded("o-1", 10_000), at: delivered + .hours(1))
    try shop.take(.paid(total: 10_000), at: delivered - .days(2), seen: delivered + .hours(2))
    try shop.advance(to: delivered + .days(30))
    #expect(sent(shop).isEmpty)
  }

  @Test func aSecondPaymentOfTheOrderDoesNotChangeWhatAFullRefundIs() throws {
    var shop = try shop()
    try shop.take(.paid(total: 100), at: delivered + .hours(1))
    try shop.take(.refunded("o-1", 100), at: delivered + .hours(2))
    try shop.advance(to: delivered + .days(30))
    // 100 of 10,000 are refunded, not 100 of 100.
    #expect(sent(shop).map(\.kind) == [.careGuide, .survey])
  }

  @Test func anOrderOfSeveralParcelsIsFollowedUpAfterTheLast() throws {
    var shop = try Shop()
    try shop.take(.scan(.inTransit, of: "p-2"), at: delivered - .days(1))
    try shop.take(.scan(.delivered, of: "p-1"), at: delivered)
    try shop.advance(to: delivered + .days(3))
    #expect(sent(shop).isEmpty)
    try shop.take(.scan(.delivered, of: "p-2"), at: delivered + .days(3))
    try shop.advance(to: delivered + .days(30))
    #expect(sent(shop) == [Sent(.careGuide, delivered + .hours(84)), Sent(.survey, delivered + .days(10))])
  }

  @Test func aParcelThatAppearsAfterTheDeliveryPutsThemOff() throws {
    var shop = try shop()
    try shop.take(.scan(.inTransit, of: "p-2"), at: delivered + .hours(1))
    try shop.take(.scan(.delivered, of: "p-2"), at: delivered + .hours(30))
    try shop.advance(to: delivered + .days(30))
    // 30 h + 12 h = 42 h, and 30 h + 7 x 24 h = 198 h.
    #expect(sent(shop) == [Sent(.careGuide, delivered + .hours(42)), Sent(.survey, delivered + .hours(198))])
  }

  @Test func whatWasSentIsNotSentAgainForALaterParcel() throws {
    var shop = try shop()
    try shop.advance(to: delivered + .days(1))
    try shop.take(.scan(.delivered, of: "p-2"), at: delivered + .days(1))
    try shop.advance(to: delivered + .days(30))
    #expect(sent(shop) == [Sent(.careGuide, delivered + .hours(12)), Sent(.survey, delivered + .days(8))])
  }

  @Test func aDeliveryReportedAgainDoesNotMoveThem() throws {
    var shop = try shop()
    try shop.take(.scan(.delivered), at: delivered + .hours(5))
    try shop.advance(to: delivered + .days(30))
    #expect(sent(shop) == [Sent(.careGuide, delivered + .hours(12)), Sent(.survey, delivered + .days(7))])
  }

  @Test func ordersAreFollowedUpEachByItself() throws {
    var shop = try shop()
    try shop.take(.scan(.delivered, order: "o-2"), at: delivered)
    try shop.advance(to: delivered + .days(7))
    #expect(sent(shop).map(\.kind) == [.careGuide, .careGuide, .survey, .survey])
    #expect(Set(shop.notifications.map(\.id)).count == shop.notifications.count)
  }

  @Test func afterADowntimeTheyComeInTheOrderInWhichTheyWereDue() throws {
    var shop = try shop { $0.gate.serviceExpiresAfterHours = 8_760 }
    try shop.take(.scan(.delivered, order: "o-2"), at: delivered + .hours(6))
    try shop.sleep(until: delivered + .days(20))
    // Care guides after 12 h and 18 h, surveys after 7 d = 168 h and 174 h.
    #expect(sent(shop).map(\.kind) == [.careGuide, .careGuide, .survey, .survey])
    #expect(
      shop.notifications.suffix(4).map(\.cause) == [
        .timer("order.care_guide", dueAt: delivered + .hours(12)),
        .timer("order.care_guide", dueAt: delivered + .hours(18)),
        .timer("feedback.survey", dueAt: delivered + .hours(168)),
        .timer("feedback.survey", dueAt: delivered + .hours(174)),
      ])
  }

  @Test func theRulesDecideTheTimes() throws {
    var shop = try shop {
      $0.logistics.careGuideAfterHours = 0
      $0.logistics.surveyAfterDays = 0
    }
    try shop.advance(to: delivered)
    #expect(sent(shop) == [Sent(.careGuide, delivered), Sent(.survey, delivered)])
  }
}

/// A follow-up and when it was sent.
private struct Sent: Equatable {
  let kind: NoticeKind
  let when: Instant

  init(_ kind: NoticeKind, _ when: Instant) {
    self.kind = kind
    self.when = when
  }
}
