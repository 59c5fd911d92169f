import Retention
import Testing

/// Which mode of the CloudEvents Kafka binding a record is in, and what either demands of its envelope.
@Suite struct EventsModesTests {
  private let text = EventsFixture.structured(.customerErased)
  private let data = #"{"customerId":"c-1"}"#
  private let binary = EventsFixture.headers("customer.erased")

  @Test(arguments: [
    "application/cloudevents+json", "application/cloudevents+json; charset=utf-8",
    "Application/CloudEvents+JSON;Charset=\"UTF-8\"",
    "application/cloudevents+json ; charset=us-ascii ; x=1", "application/cloudevents+json;",
  ])
  func `a structured content type is known with parameters and in any case`(_ type: String) {
    #expect(reject(text, headers: [MessageHeader("Content-Type", type)]) == nil)
  }

  @Test(arguments: [
    "application/cloudevents-batch+json", "application/cloudevents+avro", "application/cloudevents",
    "application/cloudevents+protobuf",
    "application/cloudevents+json; charset=utf-16", "application/cloudevents+json; charset=GBK",
  ])
  func `another event format is refused as a content type`(_ type: String) {
    #expect(
      reject(text, headers: [MessageHeader("content-type", type)])
        == Reject(.unsupportedContentType, "content-type: must be application/cloudevents+json in UTF-8"))
  }

  @Test(arguments: [
    "application/json", "text/json", "application/vnd.shop.order+json", "application/json; charset=utf-8",
    "APPLICATION/JSON",
  ])
  func `binary data of any JSON type is decoded`(_ type: String) {
    #expect(reject(data, headers: binary.dropLast() + [MessageHeader("content-type", type)]) == nil)
    let named = EventsFixture.structured(.customerErased).dropLast() + #","datacontenttype":"\#(type)"}"#
    #expect(reject(String(named)) == nil)
  }

  @Test(arguments: [
    "application/xml", "avro/binary", "application/json; charset=utf-16", "json", "+json", "", "text/plain", ";",
  ])
  func `data of another type is refused`(_ type: String) {
    #expect(
      reject(data, headers: binary.dropLast() + [MessageHeader("content-type", type)])
        == Reject(.unsupportedContentType, "content-type: must be JSON in UTF-8"))
    let named = EventsFixture.structured(.customerErased).dropLast() + #","datacontenttype":"\#(type)"}"#
    #expect(reject(String(named)) == Reject(.unsupportedContentType, "datacontenttype: must be JSON in UTF-8"))
  }

  @Test func `binary data without a content type is taken as JSON`() {
    #expect(reject(data, headers: binary.dropLast()) == nil)
  }

  @Test func `headers that are not CloudEvents do not matter`() {
    let foreign = [
      MessageHeader("traceparent", "00-1"), MessageHeader(name: [0xFF, 0x00], value: [0xFF]),
      MessageHeader(name: [], value: nil),
      MessageHeader("ce_subject", "c-1"), MessageHeader("ce_extension", "x"),
      MessageHeader(name: Array("ce_".utf8), value: nil),
    ]
    #expect(reject(text, headers: foreign) == nil)
    #expect(reject(data, headers: foreign + binary) == nil)
  }

  @Test func `the structured content type goes before ce_ headers`() {
    #expect(
      reject(text, headers: binary.dropLast() + [MessageHeader("content-type", "application/cloudevents+json")]) == nil)
  }

  @Test func `what is no CloudEvent is called that`() {
    let neither = Reject(.notACloudEvent, "there are no ce_ headers, and the value is no object with specversion")
    for value in ["{}", #"{"id":5,"name":"x"}"#, #"{"customerId":"c-1"}"#, "[]", "1", #""text""#, "null"] {
      #expect(reject(value) == neither, "\(value)")
    }
    #expect(
      reject(text, headers: [MessageHeader("content-type", "application/json")])
        == Reject(.notACloudEvent, "there are no ce_ headers, and the content type is not application/cloudevents+json")
    )
    let declared = [MessageHeader("content-type", "application/cloudevents+json")]
    #expect(reject("[]", headers: declared)?.code == .wrongType)
    #expect(reject("{}", headers: declared) == Reject(.missingField, "specversion: is missing"))
  }

  @Test(arguments: [(0, "specversion"), (1, "id"), (2, "source"), (3, "type"), (4, "time")])
  func `a missing attribute is named as its mode writes it`(_ index: Int, _ attribute: String) {
    var headers = binary
    headers.remove(at: index)
    #expect(reject(data, headers: headers) == Reject(.missingField, "ce_\(attribute): is missing"))
    headers.insert(MessageHeader(name: Array("ce_\(attribute)".utf8), value: nil), at: 0)
    #expect(reject(data, headers: headers) == Reject(.missingField, "ce_\(attribute): is missing"))

    let declared = [MessageHeader("content-type", "application/cloudevents+json")]
    let absent = text.replacing("\"\(attribute)\":", with: "\"other\":")
    #expect(reject(absent, headers: declared) == Reject(.missingField, "\(attribute): is missing"))
    let null = text.dropLast() + ",\"\(attribute)\":null}"
    #expect(reject(String(null)) == Reject(.missingField, "\(attribute): is missing"))
  }

  @Test(arguments: ["id", "source", "type", "time", "specversion"])
  func `an attribute must not be empty and must be a string`(_ attribute: String) {
    let empty = text.dropLast() + ",\"\(attribute)\":\"\"}"
    #expect(reject(String(empty)) == Reject(.invalidValue, "\(attribute): must not be empty"))
    for value in ["1", "true", "{}", "[\"x\"]"] {
      let other = text.dropLast() + ",\"\(attribute)\":\(value)}"
      #expect(reject(String(other)) == Reject(.wrongType, "\(attribute): must be a string"))
    }
    let header = binary + [MessageHeader("ce_\(attribute)", "")]
    #expect(reject(data, headers: header) == Reject(.invalidValue, "ce_\(attribute): must not be empty"))
    let broken = binary + [MessageHeader(name: Array("ce_\(attribute)".utf8), value: [0xC3])]
    #expect(reject(data, headers: broken) == Reject(.invalidValue, "ce_\(attribute): must be UTF-8"))
  }

  @Test(arguments: ["0.3", "1.1", "1", "1.0 ", "２.0"]) func `only version 1.0 is understood`(_ version: String) {
    #expect(
      reject(text.replacing(#""1.0""#, with: "\"\(version)\""))
        == Reject(.unsupportedSpecVersion, "specversion: must be 1.0"))
    #expect(
      reject(data, headers: binary.dropFirst() + [MessageHeader("ce_specversion", version)])
        == Reject(.unsupportedSpecVersion, "ce_specversion: must be 1.0"))
  }

  @Test func `an unknown type is ignored by its name, whatever its data and without a time`() throws {
    let plain = #"{"specversion":"1.0","id":"e","source":"s","type":"order.shipped","data":[1,{"a":null}]}"#
    #expect(try decode(plain) == .ignored(type: "order.shipped"))
    let first = #"{"data":{"customerId":5},"data_base64":"AA==","specversion":"1.0","id":"e","source":"s","type":"x"}"#
    #expect(try decode(first) == .ignored(type: "x"))
    #expect(try decode(#"{"specversion":"1.0","id":"e","source":"s","type":"x"}"#) == .ignored(type: "x"))
    let headers = EventsFixture.headers("x.y")
    #expect(try decode("[1]", headers: headers) == .ignored(type: "x.y"))
    #expect(reject("[1", headers: headers)?.code == .invalidJSON)
    let avro = headers.dropLast() + [MessageHeader("content-type", "application/avro")]
    #expect(try decode([0x00, 0xFF], headers: Array(avro)) == .ignored(type: "x.y"))
  }

  @Test func `the name of an unknown type is cut at 128 bytes, between characters`() throws {
    let name = "a" + String(repeating: "牛", count: 100)
    let decoded = try decode(EventsFixture.structured(name, data: "{}"))
    #expect(decoded == .ignored(type: "a" + String(repeating: "牛", count: 42)))
    let exact = String(repeating: "a", count: 128)
    #expect(try decode(EventsFixture.structured(exact, data: "{}")) == .ignored(type: exact))
  }

  @Test func `a tombstone and an empty value are refused`() {
    let expected = Reject(.emptyRecord, "the record has no value")
    #expect(throws: expected) { try EventDecoder().decode(value: nil, headers: binary, now: EventsFixture.now) }
    #expect(reject("") == expected)
  }

  @Test func `the size limit is inclusive`() throws {
    let bytes = Array(text.utf8)
    let fitting = EventDecoder(maxRecordBytes: bytes.count)
    #expect(try fitting.decode(value: bytes.span, headers: [], now: EventsFixture.now).event != nil)
    let tight = EventDecoder(maxRecordBytes: bytes.count - 1)
    #expect(throws: Reject(.recordTooLarge, "the value has more than \(bytes.count - 1) bytes")) {
      try tight.decode(value: bytes.span, headers: [], now: EventsFixture.now)
    }
  }

  @Test func `the limit to the future is inclusive`() throws {
    let bytes = Array(text.utf8)
    let decoder = EventDecoder(maxFutureSkew: .minutes(5))
    let earliest = EventsFixture.instant - .minutes(5)
    #expect(try decoder.decode(value: bytes.span, headers: [], now: earliest).event != nil)
    #expect(throws: Reject(.timeInFuture, "time: is ahead of the clock by more than is allowed")) {
      try decoder.decode(value: bytes.span, headers: [], now: earliest - TimeSpan(milliseconds: 1))
    }
  }

  @Test func `binary data in a structured event has its own code`() {
    let text =
      #"{"specversion":"1.0","id":"e","source":"s","type":"order.paid","time":"\#(EventsFixture.time)","data_base64":"AA=="}"#
    #expect(reject(text) == Reject(.unsupportedDataEncoding, "data_base64: must be JSON in data instead"))
  }
}
