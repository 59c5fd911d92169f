import Retention
import Testing

@Suite struct JSONReaderTests {
  @Test func `names are told apart in place, escaped or not`() throws {
    let text = Array(#"{"id":1,"\u0069d":2,"i\u0064":3,"idx":4,"i":5,"":6,"Id":7}"#.utf8)
    var reader = JSONReader(text.span)
    var matches: [Int64] = []
    try reader.beginObject()
    while let name = try reader.nextMember() {
      let isID = name == "id"
      let value = try reader.readInteger()
      if isID { matches.append(value) }
    }
    try reader.finish()
    #expect(matches == [1, 2, 3])
  }

  @Test func `a name that occurs twice is reported twice, in order`() throws {
    let text = Array(#"{"a":1,"b":2,"a":3}"#.utf8)
    var reader = JSONReader(text.span)
    var seen: [String] = []
    try reader.beginObject()
    while let name = try reader.nextMember() {
      seen.append(name.string)
      try reader.skipValue()
    }
    #expect(seen == ["a", "b", "a"])
  }

  @Test(arguments: [
    (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{C}\n\r\tz"), (#""\u0041\u00e9\u20AC""#, "A\u{E9}\u{20AC}"),
    (#""\ud83d\ude00\uDBFF\uDFFF""#, "\u{1F600}\u{10FFFF}"), (#""牛\u8089😀""#, "牛肉😀"), (#""""#, ""),
    (#""\u0000""#, "\u{0}"),
  ])
  func `a string is read with its escapes resolved`(_ text: String, _ expected: String) throws {
    let bytes = Array(text.utf8)
    var reader = JSONReader(bytes.span)
    let read = try reader.readString()
    #expect(read.utf8 == Array(expected.utf8))
    #expect(read.string == expected)
    #expect(read.utf8Count == expected.utf8.count)
    #expect(read.withUTF8 { $0.count } == expected.utf8.count)
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
    ("1.0", 1), ("-1.000", -1), ("1e3", 1_000), ("1E+3", 1_000), ("100e-2", 1), ("1.5e1", 15), ("0.001e3", 1),
    ("0e-999", 0),
    ("0.0", 0), ("-0.0e5", 0), ("0e99999999999999999999999", 0), ("12.50e2", 1_250),
    ("9.223372036854775807e18", Int64.max),
    ("-922337203685477580.8e1", Int64.min), ("100000000000000000000000000000e-29", 1),
    ("9007199254740993", 9_007_199_254_740_993),
  ])
  func `an integer is exact, however it is written`(_ text: String, _ expected: Int64) throws {
    let bytes = Array(text.utf8)
    var reader = JSONReader(bytes.span)
    #expect(try reader.readInteger() == expected)
    try reader.finish()
  }

  @Test(arguments: [
    ("9223372036854775808", JSONError.Code.integerOverflow), ("-9223372036854775809", .integerOverflow),
    ("1e19", .integerOverflow), ("1e400", .integerOverflow), ("99999999999999999999999", .integerOverflow),
    ("1e99999999999999999999999", .integerOverflow), ("1.5", .notAnInteger), ("-0.1", .notAnInteger),
    ("1e-1", .notAnInteger),
    ("1.05e1", .notAnInteger), ("1e-99999999999999999999999", .notAnInteger),
    ("123456789012345678901.5", .notAnInteger),
    ("\"1\"", .otherKind), ("true", .otherKind), ("null", .otherKind), ("[1]", .otherKind), ("01", .invalidNumber),
    ("1.", .unexpectedEnd), ("-", .unexpectedEnd), ("-x", .invalidNumber), ("+1", .unexpectedByte),
    ("", .unexpectedEnd),
  ])
  func `what is no integer of 64 bits is refused with its code`(_ text: String, _ code: JSONError.Code) {
    let bytes = Array(text.utf8)
    var reader = JSONReader(bytes.span)
    let error = #expect(throws: JSONError.self) { _ = try reader.readInteger() }
    #expect(error?.code == code)
  }

  @Test(arguments: [
    ("", JSONError.Code.unexpectedEnd, 0), ("[1", .unexpectedEnd, 2), ("[1 2]", .unexpectedByte, 3),
    ("{\"a\"1}", .unexpectedByte, 4),
    ("[] x", .trailingContent, 3), ("\u{FEFF}1", .byteOrderMark, 0), ("[\u{FEFF}]", .unexpectedByte, 1),
    ("\"a\u{1}\"", .controlCharacter, 2), (#""ab\q""#, .invalidEscape, 3), (#""ab\u12g4""#, .invalidEscape, 3),
    (#""\ud800""#, .loneSurrogate, 1), (#""\udc00""#, .loneSurrogate, 1), (#""a\ud800\ud800""#, .loneSurrogate, 2),
    ("[01]", .invalidNumber, 2), ("[1.x]", .invalidNumber, 3), ("tru", .unexpectedEnd, 3), ("trux", .unexpectedByte, 3),
    ("{1:2}", .unexpectedByte, 1), ("[1,]", .unexpectedByte, 3),
  ])
  func `a fault has its code and its place`(_ text: String, _ code: JSONError.Code, _ offset: Int) {
    let bytes = Array(text.utf8)
    #expect(fault(bytes) == JSONFault(code: code, offset: offset))
  }

  @Test func `ill-formed UTF-8 is found at its first byte, also where it is skipped`() {
    let text = Array(#"{"skipped":"ab"#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
    #expect(fault(text) == JSONFault(code: .invalidUTF8, offset: 14))
  }

  @Test func `64 containers may nest, and siblings do not add up`() {
    #expect(JSONReader.maximumDepth == 64)
    #expect(fault(JSONCorpus.arrays(64, closed: 64)) == nil)
    #expect(fault(JSONCorpus.objects(64)) == nil)
    #expect(fault(JSONCorpus.arrays(65, closed: 65)) == JSONFault(code: .tooDeep, offset: 64))
    #expect(fault(JSONCorpus.objects(65))?.code == .tooDeep)
    #expect(fault(JSONCorpus.arrays(1_000_000, closed: 0))?.code == .tooDeep)
    #expect(fault(Array(("[" + String(repeating: "[{}],", count: 500) + "0]").utf8)) == nil)
  }

  @Test func `a value of another kind is left unread and can still be skipped`() throws {
    let text = Array(#"[{"a":[1]},2]"#.utf8)
    var reader = JSONReader(text.span)
    try reader.beginArray()
    #expect(try reader.nextElement())
    #expect(throws: JSONError.self) { _ = try reader.readInteger() }
    #expect(throws: JSONError.self) { _ = try reader.readBool() }
    #expect(try reader.readNull() == false)
    try reader.skipValue()
    #expect(try reader.nextElement())
    #expect(try reader.readInteger() == 2)
    #expect(try reader.nextElement() == false)
    try reader.finish()
  }

  @Test func `a copy of a reader is a place to come back to`() throws {
    let text = Array(#"[1,[2,3],4]"#.utf8)
    var reader = JSONReader(text.span)
    try reader.beginArray()
    #expect(try reader.nextElement())
    try reader.skipValue()
    #expect(try reader.nextElement())
    var place = reader
    try reader.skipValue()
    #expect(try reader.nextElement())
    #expect(try reader.readInteger() == 4)
    try place.beginArray()
    #expect(try place.nextElement())
    #expect(try place.readInteger() == 2)
  }

  @Test func `an error says what and where, and nothing of the text`() {
    let text = Array(#"{"secret":"hidden"#.utf8)
    var reader = JSONReader(text.span)
    let error = #expect(throws: JSONError.self) { try reader.skipValue() }
    #expect(error?.description == "ends too early at byte 17")
  }

  private struct JSONFault: Equatable {
    let code: JSONError.Code
    let offset: Int
  }

  private func fault(_ text: [UInt8]) -> JSONFault? {
    var reader = JSONReader(text.span)
    do {
      try reader.skipValue()
      try reader.finish()
      return nil
    } catch { return JSONFault(code: error.code, offset: error.offset) }
  }
}
