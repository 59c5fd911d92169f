import Testing

@testable import Retention

@Suite("The gate: consent") struct GateConsentTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  /// The channels of a transactional notice after these answers; nil when it is not sent.
  private func channels(_ answers: (inout ConsentUpdate) -> Void) throws -> [Channel]? {
    var shop = try Shop()
    try shop.take(.consent(answers), at: noon)
    try shop.take(.scan(.outForDelivery), at: noon + .hours(1))
    #expect(shop.reasons == (shop.notifications.isEmpty ? [.consent] : []))
    return shop.notifications.first?.channels
  }

  @Test func aCustomerWithoutAProfileIsReachedOnTheDefaultChannels() throws {
    var shop = try Shop()
    try shop.take(.scan(.outForDelivery), at: noon)
    #expect(shop.notifications.first?.channels == [.push, .sms, .email])
  }

  @Test func refusedChannelsAreLeftOut() throws {
    #expect(try channels { $0.sms = false } == [.push, .email])
  }

  @Test func callsAndWeChatNeedAnExplicitYes() throws {
    #expect(try channels { ($0.phone, $0.wechat) = (true, true) } == [.push, .sms, .email, .phone, .wechat])
    #expect(try channels { $0.phone = false } == [.push, .sms, .email])
  }

  @Test func withNoChannelLeftTheNoticeIsSuppressed() throws {
    #expect(try channels { ($0.push, $0.sms, $0.email) = (false, false, false) } == nil)
  }

  @Test func whoRefusesMarketingGetsEverythingElse() throws {
    var shop = try Shop()
    shop.add(Advertiser(kinds: [(.winbackOffer, .winbackOffer)]))
    try shop.take(.consent { $0.marketing = false }, at: noon)
    try shop.take(.viewed, at: noon)
    try shop.take(.scan(.delivered), at: noon)
    try shop.advance(to: noon + .hours(13))
    #expect(shop.kinds == [.shipmentDelivered, .careGuide])
    #expect(shop.suppressed == [.winbackOffer])
    #expect(shop.reasons == [.consent])
  }

  @Test func marketingIsSentUntilItIsRefused() throws {
    var shop = try Shop()
    shop.add(Advertiser(kinds: [(.winbackOffer, .winbackOffer)]))
    try shop.take(.viewed, at: noon)
    #expect(shop.kinds == [.winbackOffer])
  }

  @Test func aNoticeThatWaitsAlreadyIsNotHeldTwice() throws {
    var shop = try Shop { $0.gate.quietHours = QuietHours(start: 0, end: 23 * 60) }
    shop.add(Advertiser(kinds: [(.winbackOffer, .winbackOffer), (.winbackOffer, .winbackOffer)]))
    try shop.take(.viewed, at: noon)
    #expect(shop.reasons == [.duplicate])
    try shop.advance(to: noon + .days(1))
    #expect(shop.kinds == [.winbackOffer])
  }

  @Test func theSalutationIsTheCustomersOwnOrTheirNameOrTheWordings() throws {
    let zone = try #require(LocalTime(identifier: "UTC"))
    func greeting(_ name: String?) throws -> String {
      let file = PlainWording.file(.english, replacing: [.survey: #"{title: "t", body: "Hello {salutation}"}"#])
      let wording = try Wording(json5: [.chinese: PlainWording.file(.chinese), .english: file])
      return wording.compose(.survey, [], to: name, in: .english, at: zone).body
    }
    #expect(try greeting(nil) == "Hello en you")
    #expect(try greeting("Mia's mum") == "Hello Mia's mum")
  }
}
