import Foundation
import Retention
import Testing

@Suite struct EventsDecoderTests {
  static let payloads: [EventType: Event.Payload] = {
    guard let order = OrderID("o-1"), let shipment = ShipmentID("p-1"), let first = SKU("s-1"), let second = SKU("s-2"),
      let staple = CategoryID("staple"), let treat = CategoryID("treat"), let currency = Currency(code: "CNY")
    else { return [:] }
    let line = OrderLine(sku: first, name: "牛肉", category: staple, quantity: 2, unitPrice: 6_900, discount: 1_000)
    let gift = OrderLine(sku: second, category: treat, quantity: 1, unitPrice: 0)
    var profile = ProfileUpdate()
    profile.displayName = "米粒"
    profile.salutation = "米粒的主人"
    profile.locale = "zh-Hans"
    profile.timeZone = "Asia/Shanghai"
    profile.birthday = Birthday(month: 2, day: 29)
    profile.quietHours = QuietHours(start: 1_350, end: 420)
    var consent = ConsentUpdate()
    (consent.push, consent.sms, consent.email, consent.phone, consent.marketing) = (true, false, true, false, true)
    profile.consent = consent
    return [
      .orderPlaced: .orderPlaced(PlacedOrder(order: order, currency: currency, total: 12_800, lines: [line])),
      .orderPaid: .orderPaid(
        PaidOrder(
          order: order, currency: currency, total: 12_800, lines: [line, gift], pointsRedeemed: 50, couponUsed: true)),
      .orderCancelled: .orderCancelled(order),
      .orderRefunded: .orderRefunded(Refund(order: order, amount: 6_900)),
      .shipmentUpdated: .shipmentUpdated(
        ShipmentUpdate(
          order: order, shipment: shipment, carrier: "顺丰", trackingNumber: "SF1", status: .inTransit,
          substatus: .weatherDelay, location: "上海", estimatedDelivery: Instant(milliseconds: 1_795_514_400_000),
          reason: "snow")),
      .browseViewed: .browseViewed(View(sku: first, name: "牛肉", category: staple, action: .cart, dwellSeconds: 12)),
      .customerUpdated: .customerUpdated(profile),
      .customerErased: .customerErased,
    ]
  }()

  private func expected(_ type: EventType) throws -> Decoded {
    let payload = try #require(Self.payloads[type])
    return .event(
      Event(
        id: try #require(EventID("e-1")), time: EventsFixture.instant, customer: try #require(CustomerID("c-1")),
        payload: payload))
  }

  @Test(arguments: EventType.allCases) func `every type is decoded field by field, in both modes`(_ type: EventType)
    throws
  {
    let expected = try expected(type)
    #expect(try decode(EventsFixture.structured(type)) == expected)
    let declared = [MessageHeader("content-type", "application/cloudevents+json; charset=UTF-8")]
    #expect(try decode(EventsFixture.structured(type), headers: declared) == expected)
    let data = try #require(EventsFixture.fullData[type])
    #expect(try decode(data, headers: EventsFixture.headers(type.rawValue)) == expected)
  }

  @Test(arguments: EventType.allCases) func `attributes and fields come in any order`(_ type: EventType) throws {
    let expected = try expected(type)
    let data = try #require(EventsFixture.fullData[type])
    for seed in UInt64(0)..<50 {
      var random = JSONMutation(seed: seed)
      let members = [
        #""specversion":"1.0""#, #""id":"e-1""#, #""source":"/shop""#, #""type":"\#(type.rawValue)""#,
        #""time":"\#(EventsFixture.time)""#, #""data":\#(try shuffled(data, &random))"#, #""subject":"c-1""#,
      ]
      let text = "{" + members.shuffled(using: &random).joined(separator: " ,\n ") + "}"
      #expect(try decode(text) == expected, "\(text)")
    }
  }

  /// The same JSON with the members of its outermost object in another order.
  private func shuffled(_ object: String, _ random: inout JSONMutation) throws -> String {
    let bytes = Array(object.utf8)
    var members: [String] = []
    var reader = JSONReader(bytes.span)
    try reader.beginObject()
    var start = reader.offset
    while try reader.nextMember() != nil {
      try reader.skipValue()
      members.append(String(decoding: bytes[start..<reader.offset], as: UTF8.self))
      start = reader.offset + 1
    }
    return "{" + members.shuffled(using: &random).joined(separator: ",") + "}"
  }

  @Test(arguments: [
    (EventType.orderPaid, #"{"customerId":"c","orderId":"o","currency":"JPY","total":0,"lines":[]}"#),
    (
      .orderPlaced,
      #"{"customerId":"c","orderId":"o","currency":"JPY","total":0,"lines":[],"pointsRedeemed":"ignored"}"#
    ),
    (.orderRefunded, #"{"customerId":"c","orderId":"o","amount":1}"#),
    (.shipmentUpdated, #"{"customerId":"c","orderId":"o","shipmentId":"p","carrier":"","status":"pending"}"#),
    (.browseViewed, #"{"customerId":"c","sku":"s","category":"k"}"#), (.customerUpdated, #"{"customerId":"c"}"#),
    (.customerUpdated, #"{"customerId":"c","consent":{},"displayName":""}"#),
  ])
  func `required fields are enough, null counts as absent, unknown fields are passed over`(
    _ type: EventType, _ data: String
  ) throws {
    let minimal = try decode(EventsFixture.structured(type.rawValue, data: data))
    let optional = [
      "name", "action", "dwellSeconds", "trackingNumber", "substatus", "location", "estimatedDelivery", "reason",
      "locale",
      "timeZone", "birthday", "quietHours", "salutation", "pointsRedeemed", "couponUsed",
    ]
    let nulls = optional.map { "\"\($0)\":null," }.joined()
    let unknown = #""new":{"nested":[1,"x",null]},"Name":5,"#
    let padded = "{" + nulls + unknown + data.dropFirst()
    let extended =
      #"{"traceparent":"00-1","new":[{}],"# + EventsFixture.structured(type.rawValue, data: padded).dropFirst()
    #expect(try decode(extended) == minimal)
  }

  @Test func `escaped names and values are the same as plain ones`() throws {
    let text = EventsFixture.structured(.browseViewed)
      .replacing(#""type""#, with: #""\u0074ype""#).replacing(#""cart""#, with: #""c\u0061rt""#)
      .replacing("browse.viewed", with: #"browse\u002eviewed"#).replacing(#""sku""#, with: #""sk\u0075""#)
      .replacing("2026-11", with: #"2026\u002d11"#).replacing(#""c-1""#, with: #""c\u002d1""#)
    #expect(try decode(text) == expected(.browseViewed))
  }

  @Test func `of a field that occurs twice the last one counts`() throws {
    let data = #"{"customerId":"a","customerId":"c-1","orderId":"o-1","amount":5,"amount":6900}"#
    #expect(try decode(EventsFixture.structured("order.refunded", data: data)) == expected(.orderRefunded))
    let types =
      #"{"type":"order.paid","data":{"customerId":"c-1"},"#
      + EventsFixture.structured(.customerErased).dropFirst()
    #expect(try decode(types) == expected(.customerErased))
    let late =
      EventsFixture.structured("browse.viewed", data: #"{"customerId":"c-1"}"#).dropLast()
      + #","type":"customer.erased"}"#
    #expect(try decode(String(late)) == expected(.customerErased))
    let name = #"{"customerId":"c","sku":"s","category":"k","name":"x","name":null}"#
    let view = try #require(try decode(EventsFixture.structured("browse.viewed", data: name)).view)
    #expect(view.name == nil)
  }

  @Test func `numbers may be written with a fraction or an exponent when they are integers`() throws {
    let data = #"{"customerId":"c-1","orderId":"o-1","amount":69.00e2}"#
    #expect(try decode(EventsFixture.structured("order.refunded", data: data)) == expected(.orderRefunded))
  }

  @Test(arguments: ShipmentStatus.allCases) func `every status is known`(_ status: ShipmentStatus) throws {
    let data = #"{"customerId":"c","orderId":"o","shipmentId":"p","carrier":"x","status":"\#(status.rawValue)"}"#
    let update = try #require(try decode(EventsFixture.structured("shipment.updated", data: data)).shipment)
    #expect(update.status == status)
    #expect(update.substatus == nil)
  }

  @Test(arguments: ShipmentSubstatus.allCases) func `every substatus is known`(_ substatus: ShipmentSubstatus) throws {
    let data =
      #"{"customerId":"c","orderId":"o","shipmentId":"p","carrier":"x","status":"pending","substatus":"\#(substatus.rawValue)"}"#
    let update = try #require(try decode(EventsFixture.structured("shipment.updated", data: data)).shipment)
    #expect(update.substatus == substatus)
  }

  @Test(arguments: View.Action.allCases) func `every action is known`(_ action: View.Action) throws {
    let data = #"{"customerId":"c","sku":"s","category":"k","action":"\#(action.rawValue)"}"#
    let view = try #require(try decode(EventsFixture.structured("browse.viewed", data: data)).view)
    #expect(view.action == action)
  }

  @Test func `every time zone that Foundation knows is accepted`() {
    for zone in TimeZone.knownTimeZoneIdentifiers + ["UTC", "Etc/GMT+8", "EST5EDT", "America/Argentina/Buenos_Aires"] {
      #expect(
        reject(EventsFixture.structured("customer.updated", data: #"{"customerId":"c","timeZone":"\#(zone)"}"#)) == nil)
    }
  }

  @Test(arguments: ["en", "zh-Hans", "zh-Hant-HK", "de-CH-1996", "sl-rozaj-biske", "es-419", "en-x-shop", "EN-us"])
  func `a language tag is accepted as it is written`(_ tag: String) throws {
    let text = EventsFixture.structured("customer.updated", data: #"{"customerId":"c","locale":"\#(tag)"}"#)
    let update = try #require(try decode(text).profile)
    #expect(update.locale == tag)
  }
}
