import Foundation
import Testing

@testable import Retention

@Suite("Published records") struct PublishedTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  /// What an order of 128.99 yuan, paid by the event `e-paid`, publishes: its ledger entry and its notice.
  private func published() throws -> [OwnedPublishedEvent] {
    let program = try Shop { $0.version = "v1" }.program
    var customer = Customer(id: id("c-1"))
    try customer.load(.all) { _ in nil }
    let event = Event(id: id("e-paid"), time: noon, customer: id("c-1"), payload: .paid(total: 12_899))
    let origin = Cause.Origin(topic: "orders", partition: 3, offset: 17)
    let outcome = program.process(event, origin: origin, customer: &customer, now: noon + .seconds(1))
    return outcome.published(source: "/retaind/test")
  }

  private func record(_ stream: PublishedEvent.Stream) throws -> OwnedPublishedEvent {
    try #require(published().first { $0.stream == stream })
  }

  private func headers(_ event: OwnedPublishedEvent) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: event.headers.map { header in
        (String(decoding: header.name, as: UTF8.self), String(decoding: header.value ?? [], as: UTF8.self))
      })
  }

  @Test func theLedgerComesBeforeTheNotices() throws {
    #expect(try published().map(\.stream) == [.ledger, .notifications])
  }

  @Test func theyAreCloudEventsInBinaryMode() throws {
    let ledger = try record(.ledger)
    var expected = [
      "ce_specversion": "1.0", "ce_source": "/retaind/test", "ce_type": "retention.ledger.accrued",
      "ce_time": "2026-11-22T04:00:01.000Z", "ce_subject": "c-1", "content-type": "application/json",
      "ce_id": try string(ledger, "entryId"),
    ]
    #expect(headers(ledger) == expected)
    let notice = try record(.notifications)
    expected["ce_type"] = "retention.points.accrued"
    expected["ce_id"] = try string(notice, "notificationId")
    #expect(headers(notice) == expected)
  }

  @Test func theKeyIsTheCustomer() throws {
    #expect(try published().map(\.key) == [Array("c-1".utf8), Array("c-1".utf8)])
  }

  @Test func aLedgerEntryHasTheFieldsOfTheContract() throws {
    let record = try record(.ledger)
    let id = try string(record, "entryId")
    #expect(
      String(decoding: record.value, as: UTF8.self) == """
        {"entryId":"\(id)","customerId":"c-1","kind":"accrued","points":128,"available":0,"pending":128,"debt":0,\
        "orderId":"o-1","rule":{"name":"base","multiplier":1,"tier":"base","tierMultiplier":1,"pointsPerMajorUnit":1,\
        "eligible":12899},\
        "cause":{"id":"e-paid","type":"order.paid","topic":"orders","partition":3,"offset":17},\
        "createdAt":"2026-11-22T04:00:01.000Z","rulesVersion":"v1"}
        """)
  }

  @Test func aNotificationHasTheFieldsOfTheContract() throws {
    let record = try record(.notifications)
    let id = try string(record, "notificationId")
    #expect(
      String(decoding: record.value, as: UTF8.self) == """
        {"notificationId":"\(id)","customerId":"c-1","kind":"points.accrued","class":"transactional","locale":"zh-Hans",\
        "title":"zh-Hans points.accrued","body":"orderId=o-1 points=128 pending=128 available=0",\
        "template":{"id":"points.accrued","params":{"orderId":"o-1","points":128,"pending":128,"available":0}},\
        "channels":["push","sms","email"],\
        "reason":{"orderId":"o-1","points":128,"eligible":12899,"rule":"base","multiplier":1,"tier":"base",\
        "tierMultiplier":1},\
        "cause":{"id":"e-paid","type":"order.paid","topic":"orders","partition":3,"offset":17},\
        "createdAt":"2026-11-22T04:00:01.000Z","expiresAt":"2026-11-25T04:00:00.000Z","rulesVersion":"v1"}
        """)
  }

  @Test func aTimerAsACauseNamesItselfAndWhenItWasDue() {
    var json = JSONWriter()
    Cause.timer("points.confirm", dueAt: noon).write(to: &json)
    #expect(
      String(decoding: json.bytes, as: UTF8.self)
        == #"{"timer":"points.confirm","dueAt":"2026-11-22T04:00:00.000Z"}"#)
  }

  private func string(_ event: OwnedPublishedEvent, _ field: String) throws -> String {
    let object = try #require(JSONSerialization.jsonObject(with: Data(event.value)) as? [String: Any])
    return try #require(object[field] as? String)
  }
}
