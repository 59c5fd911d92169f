import Testing

@testable import Retention

@Suite("Logistics: failed attempts and exceptions") struct LogisticsExceptionTests {
  private let noon = at("2026-11-22T12:00:00+08:00")
  private static let kinds: [(ShipmentStatus, NoticeKind)] = [
    (.attemptFail, .shipmentAttemptFailed), (.exception, .shipmentException),
  ]

  @Test(arguments: kinds)
  func itIsToldAgainAfterTwelveHoursAndNotBefore(_ status: ShipmentStatus, _ kind: NoticeKind) throws {
    var shop = try Shop()
    try shop.take(.scan(status), at: noon)
    try shop.take(.scan(status), at: noon)
    try shop.take(.scan(status), at: noon + .hours(12) - .millisecond)
    #expect(shop.kinds == [kind])
    try shop.take(.scan(status), at: noon + .hours(12))
    #expect(shop.kinds == [kind, kind])
  }

  @Test(arguments: kinds)
  func theTwelveHoursCountFromTheLastOneTold(_ status: ShipmentStatus, _ kind: NoticeKind) throws {
    var shop = try Shop()
    // Told at 0 h; silent at 6 h; told at 12 h; silent at 18 h and 23 h; told at 24 h.
    for hour in [0, 6, 12, 18, 23, 24] as [Int64] { try shop.take(.scan(status), at: noon + .hours(hour)) }
    #expect(shop.notifications.map(\.createdAt) == [noon, noon + .hours(12), noon + .hours(24)])
  }

  @Test func anAttemptAndAnExceptionDoNotSilenceEachOther() throws {
    var shop = try Shop()
    try shop.take(.scan(.attemptFail), at: noon)
    try shop.take(.scan(.exception), at: noon + .minutes(1))
    #expect(shop.kinds == [.shipmentAttemptFailed, .shipmentException])
  }

  @Test func parcelsDoNotSilenceEachOther() throws {
    var shop = try Shop()
    try shop.take(.scan(.attemptFail, of: "p-1"), at: noon)
    try shop.take(.scan(.attemptFail, of: "p-2"), at: noon + .minutes(1))
    #expect(shop.kinds == [.shipmentAttemptFailed, .shipmentAttemptFailed])
  }

  @Test func aMovementInBetweenDoesNotShortenTheTwelveHours() throws {
    var shop = try Shop()
    try shop.take(.scan(.attemptFail), at: noon)
    try shop.take(.scan(.outForDelivery), at: noon + .hours(2))
    try shop.take(.scan(.attemptFail), at: noon + .hours(4))
    #expect(shop.kinds == [.shipmentAttemptFailed, .shipmentOutForDelivery])
  }

  @Test func aLateOneIsNotToldWhenTheParcelHasMovedSince() throws {
    var shop = try Shop()
    try shop.take(.scan(.outForDelivery), at: noon)
    try shop.take(.scan(.exception), at: noon - .millisecond)
    #expect(shop.kinds == [.shipmentOutForDelivery])
    try shop.take(.scan(.exception), at: noon)
    #expect(shop.kinds == [.shipmentOutForDelivery, .shipmentException])
  }

  @Test func aLateOneIsNotToldWithinTwelveHoursBeforeTheLastOneTold() throws {
    var shop = try Shop()
    try shop.take(.scan(.attemptFail), at: noon)
    try shop.take(.scan(.attemptFail), at: noon - .hours(20))
    try shop.take(.scan(.attemptFail), at: noon + .hours(11))
    #expect(shop.kinds == [.shipmentAttemptFailed])
  }

  @Test func nothingIsToldAfterTheDelivery() throws {
    var shop = try Shop()
    try shop.take(.scan(.delivered), at: noon)
    try shop.take(.scan(.exception), at: noon + .hours(1))
    try shop.take(.scan(.attemptFail), at: noon + .hours(1))
    #expect(shop.kinds == [.shipmentDelivered])
  }

  @Test func theRulesDecideTheHours() throws {
    var shop = try Shop { $0.logistics.repeatAfterHours = 0 }
    for _ in 0..<3 { try shop.take(.scan(.exception), at: noon) }
    #expect(shop.kinds == [.shipmentException, .shipmentException, .shipmentException])
    #expect(Set(shop.notifications.map(\.id)).count == 3)
  }

  @Test(
    arguments: [
      (nil, .shipmentException), (.weatherDelay, .shipmentExceptionWeather), (.customs, .shipmentExceptionCustoms),
      (.addressIssue, .shipmentExceptionAddress), (.returned, .shipmentExceptionReturned),
      (.departed, .shipmentException),
    ] as [(ShipmentSubstatus?, Template)])
  func anExceptionIsWordedByWhatRefinesIt(_ substatus: ShipmentSubstatus?, _ template: Template) throws {
    var shop = try Shop()
    try shop.take(.scan(.exception, substatus), at: noon)
    #expect(shop.notifications.map(\.template) == [template])
    #expect(shop.kinds == [.shipmentException])
  }
}
