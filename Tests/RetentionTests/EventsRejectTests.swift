import Retention
import Testing

/// What of an event's data is refused, with which code and message.
@Suite struct EventsRejectTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let type: EventType
    let data: String
    let reject: Reject

    init(_ type: EventType, _ data: String, _ code: Reject.Code, _ message: String) {
      (self.type, self.data, reject) = (type, data, Reject(code, message))
    }

    /// The full data of a type with one value replaced by another.
    init(_ type: EventType, _ old: String, _ new: String, _ code: Reject.Code, _ message: String) {
      let full = EventsFixture.fullData[type] ?? ""
      precondition(full.contains(old))
      self.init(type, full.replacing(old, with: new, maxReplacements: 1), code, message)
    }

    var testDescription: String { "\(type.rawValue) \(reject.code.rawValue) \(reject.message)" }
  }

  static let types: [Case] = [
    Case(.orderPaid, "[]", .wrongType, "data: must be an object"),
    Case(.orderPaid, "5", .wrongType, "data: must be an object"),
    Case(.orderPaid, "null", .missingField, "data: is missing"),
    Case(.orderPaid, #""c-1""#, "7", .wrongType, "data.customerId: must be a string"),
    Case(.orderPaid, "12800", #""12800""#, .wrongType, "data.total: must be an integer from 0 to 1000000000000000"),
    Case(.orderPaid, "12800", "128.5", .wrongType, "data.total: must be an integer from 0 to 1000000000000000"),
    Case(.orderPaid, "true}", "1}", .wrongType, "data.couponUsed: must be true or false"),
    Case(.orderPlaced, "[" + EventsFixture.line + "]", "{}", .wrongType, "data.lines: must be an array"),
    Case(.orderPlaced, EventsFixture.line, "null", .wrongType, "data.lines[0]: must be an object"),
    Case(.orderPlaced, EventsFixture.line, EventsFixture.line + ",3", .wrongType, "data.lines[1]: must be an object"),
    Case(
      .orderPaid, #""quantity":1"#, #""quantity":"1""#, .wrongType,
      "data.lines[1].quantity: must be an integer from 1 to 1000000"),
    Case(.customerUpdated, #"{"push":true"#, #"{"push":"yes""#, .wrongType, "data.consent.push: must be true or false"),
    Case(
      .customerUpdated, #"{"start":"22:30","end":"07:00"}"#, #""22-7""#, .wrongType,
      "data.quietHours: must be an object"),
    Case(
      .shipmentUpdated, #""2026-11-24T18:00:00+08:00""#, "1", .wrongType, "data.estimatedDelivery: must be a string"),
    Case(.browseViewed, "12", "true", .wrongType, "data.dwellSeconds: must be an integer from 0 to 1000000000"),
  ]

  static let values: [Case] = [
    Case(.orderPaid, #""c-1""#, #""""#, .invalidValue, "data.customerId: must be 1 to 128 bytes"),
    Case(
      .orderPaid, "c-1", String(repeating: "牛", count: 43), .invalidValue, "data.customerId: must be 1 to 128 bytes"),
    Case(
      .orderPaid, "CNY", "RMB", .unsupportedCurrency,
      "data.currency: must be a currency code of ISO 4217 in use, such as CNY"),
    Case(
      .orderPaid, "CNY", "cny", .unsupportedCurrency,
      "data.currency: must be a currency code of ISO 4217 in use, such as CNY"),
    Case(.orderPaid, "12800", "-1", .outOfRange, "data.total: must be an integer from 0 to 1000000000000000"),
    Case(
      .orderPaid, "12800", "1000000000000001", .outOfRange, "data.total: must be an integer from 0 to 1000000000000000"),
    Case(.orderPaid, "12800", "1e30", .outOfRange, "data.total: must be an integer from 0 to 1000000000000000"),
    Case(
      .orderPaid, "50", "1000000000001", .outOfRange, "data.pointsRedeemed: must be an integer from 0 to 1000000000000"),
    Case(
      .orderPaid, #""quantity":1"#, #""quantity":0"#, .outOfRange,
      "data.lines[1].quantity: must be an integer from 1 to 1000000"),
    Case(
      .orderPaid, #""quantity":1"#, #""quantity":1000001"#, .outOfRange,
      "data.lines[1].quantity: must be an integer from 1 to 1000000"),
    Case(
      .orderPaid, #""unitPrice":0"#, #""unitPrice":-1"#, .outOfRange,
      "data.lines[1].unitPrice: must be an integer from 0 to 1000000000000000"),
    Case(
      .orderPaid, "1000}", "-1}", .outOfRange, "data.lines[0].discount: must be an integer from 0 to 1000000000000000"),
    Case(
      .orderPaid, "1000}", "13801}", .outOfRange, "data.lines[0].discount: must be at most quantity times unitPrice"),
    Case(
      .orderPaid, #""quantity":2,"unitPrice":6900"#, #""quantity":1000000,"unitPrice":1000000000000000"#, .outOfRange,
      "data.lines[0]: quantity times unitPrice is beyond 64 bits"),
    Case(.orderRefunded, "6900", "0", .outOfRange, "data.amount: must be an integer from 1 to 1000000000000000"),
    Case(.browseViewed, "12", "-1", .outOfRange, "data.dwellSeconds: must be an integer from 0 to 1000000000"),
    Case(.browseViewed, "cart", "buy", .invalidValue, "data.action: must be one of view, favorite, cart"),
    Case(
      .browseViewed, "牛肉", String(repeating: "牛", count: 342), .invalidValue, "data.name: must be at most 1024 bytes"),
    Case(
      .shipmentUpdated, "in_transit", "IN_TRANSIT", .invalidValue,
      "data.status: must be one of pending, info_received, in_transit, out_for_delivery, available_for_pickup, attempt_fail, "
        + "delivered, exception, expired"),
    Case(
      .shipmentUpdated, "weather_delay", "", .invalidValue,
      "data.substatus: must be one of picked_up, sorted, departed, arrived, customs, weather_delay, address_issue, returned"
    ),
    Case(
      .shipmentUpdated, "2026-11-24T18", "2026-11-31T18", .invalidValue,
      "data.estimatedDelivery: must be an RFC 3339 time with an offset"),
    Case(
      .customerUpdated, "zh-Hans", "zh_CN", .invalidValue,
      "data.locale: must be a language tag of BCP 47, such as zh-Hans"),
    Case(
      .customerUpdated, "zh-Hans", "z", .invalidValue, "data.locale: must be a language tag of BCP 47, such as zh-Hans"),
    Case(
      .customerUpdated, "zh-Hans", "zh-", .invalidValue,
      "data.locale: must be a language tag of BCP 47, such as zh-Hans"),
    Case(
      .customerUpdated, "Asia/Shanghai", "../etc/passwd", .invalidValue,
      "data.timeZone: must be an IANA name, such as Asia/Shanghai"),
    Case(
      .customerUpdated, "Asia/Shanghai", "+08:00", .invalidValue,
      "data.timeZone: must be an IANA name, such as Asia/Shanghai"),
    Case(
      .customerUpdated, "Asia/Shanghai", "Asia//X", .invalidValue,
      "data.timeZone: must be an IANA name, such as Asia/Shanghai"),
    Case(.customerUpdated, "02-29", "02-30", .invalidValue, "data.birthday: must be a day as MM-DD"),
    Case(.customerUpdated, "02-29", "13-01", .invalidValue, "data.birthday: must be a day as MM-DD"),
    Case(.customerUpdated, "02-29", "2-29", .invalidValue, "data.birthday: must be a day as MM-DD"),
    Case(.customerUpdated, "22:30", "24:00", .invalidValue, "data.quietHours.start: must be a time of day as HH:MM"),
    Case(.customerUpdated, "07:00", "7:00", .invalidValue, "data.quietHours.end: must be a time of day as HH:MM"),
    Case(.customerUpdated, #","end":"07:00""#, "", .missingField, "data.quietHours.end: is missing"),
  ]

  @Test(arguments: types + values) func `a fault in the data has its code and its path`(_ fault: Case) {
    #expect(reject(EventsFixture.structured(fault.type.rawValue, data: fault.data)) == fault.reject)
    #expect(reject(fault.data, headers: EventsFixture.headers(fault.type.rawValue)) == fault.reject)
  }

  static let requiredFields: [(EventType, String)] = [
    (.orderPlaced, "customerId orderId currency total lines"), (.orderPaid, "customerId orderId currency total lines"),
    (.orderCancelled, "customerId orderId"), (.orderRefunded, "customerId orderId amount"),
    (.shipmentUpdated, "customerId orderId shipmentId carrier status"), (.browseViewed, "customerId sku category"),
    (.customerUpdated, "customerId"), (.customerErased, "customerId"),
  ]

  @Test(arguments: requiredFields) func `every required field is asked for, also when it is null`(
    _ type: EventType, _ fields: String
  ) throws {
    let data = try #require(EventsFixture.fullData[type])
    for field in fields.split(separator: " ") {
      let expected = Reject(.missingField, "data.\(field): is missing")
      #expect(
        reject(EventsFixture.structured(type.rawValue, data: data.replacing("\"\(field)\":", with: "\"_\":")))
          == expected)
      let null = data.dropLast() + ",\"\(field)\":null}"
      #expect(reject(EventsFixture.structured(type.rawValue, data: String(null))) == expected)
    }
  }

  @Test(arguments: ["sku", "category", "quantity", "unitPrice"]) func `every required field of a line is asked for`(
    _ field: String
  ) {
    let line = EventsFixture.line.replacing("\"\(field)\":", with: "\"_\":")
    let data = #"{"customerId":"c","orderId":"o","currency":"CNY","total":1,"lines":[\#(EventsFixture.line),\#(line)]}"#
    #expect(
      reject(EventsFixture.structured("order.paid", data: data))
        == Reject(.missingField, "data.lines[1].\(field): is missing"))
  }

  @Test func `an order has at most 1,000 lines`() {
    func order(_ lines: Int) -> String {
      let lines = Array(repeating: EventsFixture.line, count: lines).joined(separator: ",")
      return EventsFixture.structured(
        "order.paid", data: #"{"customerId":"c","orderId":"o","currency":"CNY","total":1,"lines":[\#(lines)]}"#)
    }
    #expect(reject(order(1_000)) == nil)
    #expect(reject(order(1_001)) == Reject(.outOfRange, "data.lines: must have at most 1000 items"))
  }

  @Test func `the lines of an order do not add up beyond 64 bits`() {
    let line = #"{"sku":"s","category":"k","quantity":9000,"unitPrice":1000000000000000}"#
    let data = #"{"customerId":"c","orderId":"o","currency":"CNY","total":1,"lines":[\#(line),\#(line)]}"#
    #expect(
      reject(EventsFixture.structured("order.paid", data: data))
        == Reject(.outOfRange, "data.lines[1]: brings the sum of the lines beyond 64 bits"))
  }

  @Test func `texts and identifiers may be as long as their limit`() {
    let name = String(repeating: "牛", count: 341) + "x"
    let sku = String(repeating: "\\u0041", count: 128)
    let data = #"{"customerId":"c","sku":"\#(sku)","category":"k","name":"\#(name)"}"#
    #expect(reject(EventsFixture.structured("browse.viewed", data: data)) == nil)
  }

  @Test func `an invalid time is refused in either mode`() {
    for time in ["2026-11-22T12:39:43", "yesterday", "2026-02-30T00:00:00Z", "1795322383"] {
      let text = EventsFixture.structured("customer.erased", data: #"{"customerId":"c"}"#, time: time)
      #expect(reject(text) == Reject(.invalidValue, "time: must be an RFC 3339 time with an offset"))
    }
  }

  @Test func `a fault in data that came first is found all the same`() {
    let text =
      #"{"data":{"customerId":5},"#
      + EventsFixture.structured("customer.erased", data: "1").dropFirst()
      .replacing(#","data":1"#, with: "")
    #expect(reject(text) == Reject(.wrongType, "data.customerId: must be a string"))
  }

  @Test func `broken JSON goes before every other fault`() {
    for end in ["", "]", "}}", ",}", "} x", ",\"x\":\"\\ud800\"}", ",\"x\":tru}"] {
      let text = EventsFixture.structured("customer.erased", data: #"{"customerId":5}"#).dropLast() + end
      #expect(reject(String(text))?.code == .invalidJSON, "\(end)")
      #expect(
        reject("{\"customerId\":5" + end, headers: EventsFixture.headers("customer.erased"))?.code == .invalidJSON)
    }
  }

  @Test func `broken JSON is told with the byte at which it breaks`() {
    #expect(
      reject(#"{"specversion":"1.0",}"#) == Reject(.invalidJSON, "the value is not JSON: unexpected byte at byte 21"))
    #expect(
      reject(#"{"customerId":"c"#, headers: EventsFixture.headers("customer.erased"))
        == Reject(.invalidJSON, "the value is not JSON: ends too early at byte 16"))
  }

  @Test func `codes are kebab-case and stable`() {
    #expect(
      Reject.Code.allCases.map(\.rawValue) == [
        "empty-record", "record-too-large", "invalid-json", "not-a-cloudevent", "unsupported-specversion",
        "unsupported-content-type", "unsupported-data-encoding", "missing-field", "wrong-type", "invalid-value",
        "unsupported-currency", "out-of-range", "time-in-future",
      ])
  }
}
