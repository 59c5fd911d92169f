import Retention

/// Events as texts, and the decoder under test.
enum EventsFixture {
  static let now = Instant(milliseconds: 1_795_322_400_000)
  static let time = "2026-11-22T12:39:43.123+08:00"
  static let instant = Instant(milliseconds: 1_795_322_383_123)

  /// The data of every event type, with every field that the contract has.
  static let fullData: [EventType: String] = [
    .orderPlaced: #"{"customerId":"c-1","orderId":"o-1","currency":"CNY","total":12800,"lines":["# + line + "]}",
    .orderPaid: #"{"customerId":"c-1","orderId":"o-1","currency":"CNY","total":12800,"lines":["# + line
      + #",{"sku":"s-2","category":"treat","quantity":1,"unitPrice":0}],"pointsRedeemed":50,"couponUsed":true}"#,
    .orderCancelled: #"{"customerId":"c-1","orderId":"o-1"}"#,
    .orderRefunded: #"{"customerId":"c-1","orderId":"o-1","amount":6900,"lines":[{"sku":"s-1"}]}"#,
    .shipmentUpdated: #"{"customerId":"c-1","orderId":"o-1","shipmentId":"p-1","carrier":"顺丰","trackingNumber":"SF1","#
      + #""status":"in_transit","substatus":"weather_delay","location":"上海","estimatedDelivery":"2026-11-24T18:00:00+08:00","#
      + #""reason":"snow"}"#,
    .browseViewed:
      #"{"customerId":"c-1","sku":"s-1","name":"牛肉","category":"staple","action":"cart","dwellSeconds":12}"#,
    .customerUpdated: #"{"customerId":"c-1","displayName":"米粒","salutation":"米粒的主人","locale":"zh-Hans","#
      + #""timeZone":"Asia/Shanghai","birthday":"02-29","consent":{"push":true,"sms":false,"email":true,"phone":false,"wechat":null,"#
      + #""marketing":true},"quietHours":{"start":"22:30","end":"07:00"}}"#,
    .customerErased: #"{"customerId":"c-1"}"#,
  ]

  /// A line with every field.
  static let line = #"{"sku":"s-1","name":"牛肉","category":"staple","quantity":2,"unitPrice":6900,"discount":1000}"#

  static func structured(_ type: EventType) -> String { structured(type.rawValue, data: fullData[type] ?? "") }

  static func structured(_ type: String, data: String, time: String = time) -> String {
    #"{"specversion":"1.0","id":"e-1","source":"/shop","type":"\#(type)","time":"\#(time)","data":\#(data)}"#
  }

  static func headers(_ type: String) -> [MessageHeader] {
    [
      MessageHeader("ce_specversion", "1.0"), MessageHeader("ce_id", "e-1"), MessageHeader("ce_source", "/shop"),
      MessageHeader("ce_type", type), MessageHeader("ce_time", time), MessageHeader("content-type", "application/json"),
    ]
  }
}

/// Decodes a text with the usual bounds.
func decode(_ text: String, headers: [MessageHeader] = []) throws(Reject) -> Decoded {
  try decode(Array(text.utf8), headers: headers)
}

/// Decodes bytes with the usual bounds.
func decode(_ bytes: [UInt8], headers: [MessageHeader] = []) throws(Reject) -> Decoded {
  try EventDecoder().decode(value: bytes.span, headers: headers, now: EventsFixture.now)
}

/// What a text is refused for; nil when it is not.
func reject(_ text: String, headers: [MessageHeader] = []) -> Reject? {
  do throws(Reject) {
    _ = try decode(text, headers: headers)
    return nil
  } catch { return error }
}

extension Decoded {
  /// The event, if it is one.
  var event: Event? {
    if case .event(let event) = self { event } else { nil }
  }

  /// The view, if it is the event of one.
  var view: View? {
    if case .browseViewed(let view)? = event?.payload { view } else { nil }
  }

  /// The update of a shipment, if it is the event of one.
  var shipment: ShipmentUpdate? {
    if case .shipmentUpdated(let update)? = event?.payload { update } else { nil }
  }

  /// The update of a profile, if it is the event of one.
  var profile: ProfileUpdate? {
    if case .customerUpdated(let update)? = event?.payload { update } else { nil }
  }
}
