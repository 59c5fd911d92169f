import Foundation
import Retention
import Testing

@Suite struct JSONWriterTests {
  @Test func `containers, commas and colons come out compact and in the order of the calls`() {
    var json = JSONWriter()
    json.object {
      $0.member("z", 1)
      $0.member("a", "text")
      $0.key("list")
      $0.array { list in
        list.integer(Int64.min)
        list.integer(UInt64.max)
        list.bool(true)
        list.bool(false)
        list.null()
        list.object { _ in }
        list.array { _ in }
        list.raw(#"{"raw":1}"#)
        list.raw(Array("[2]".utf8))
        list.string("")
      }
      $0.member("o") { $0.object { $0.member("p", false) } }
      $0.key("run" + "time")
      $0.null()
      $0.member("last", [1, 2, 3])
    }
    #expect(
      text(json)
        == #"{"z":1,"a":"text","list":[-9223372036854775808,18446744073709551615,true,false,null,{},[],{"raw":1},[2],""],"#
        + #""o":{"p":false},"runtime":null,"last":[1,2,3]}"#)
  }

  @Test func `an absent value leaves no member behind`() {
    var json = JSONWriter()
    json.object {
      $0.member("a", ifPresent: Int?.none)
      $0.member("b", ifPresent: 2)
      $0.member("c", ifPresent: String?.none)
    }
    #expect(text(json) == #"{"b":2}"#)
  }

  @Test func `identifiers, instants and currencies are strings`() throws {
    var json = JSONWriter()
    json.object {
      $0.member("id", ifPresent: OrderID("o\"1"))
      $0.member("at", Instant(milliseconds: 1_795_322_383_123))
      $0.member("currency", ifPresent: Currency(code: "CNY"))
    }
    #expect(text(json) == #"{"id":"o\"1","at":"2026-11-22T04:39:43.123Z","currency":"CNY"}"#)
  }

  @Test func `only what must be escaped is escaped`() {
    var json = JSONWriter()
    json.string("\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}\u{2028}é牛😀")
    #expect(text(json) == #""\"\\/\b\f\n\r\t\u0000\u001f"# + "\u{7F}\u{2028}é牛😀\"")
  }

  @Test func `every ASCII character and names survive Foundation and our own reader`() throws {
    let characters = String(String.UnicodeScalarView((0...0x7F).map { UnicodeScalar(UInt8($0)) })) + "\u{10FFFF}"
    var json = JSONWriter()
    json.object {
      $0.key(characters)
      $0.string(characters)
    }
    let expected = JSONTree.object([Array(characters.utf8): .string(Array(characters.utf8))])
    #expect(JSONTree(foundation: json.bytes) == expected)
    #expect(try JSONTree.read(json.bytes) == expected)
  }

  @Test func `ill-formed UTF-8 becomes replacement characters, so that the output is JSON`() {
    var json = JSONWriter()
    json.string([0x61, 0xFF, 0xC3, 0xA9, 0xED, 0xA0, 0x80, 0xF0, 0x9F])
    // F0 9F is the start of a sequence that ends too early: one replacement, as Unicode recommends (chapter 3.9).
    #expect(text(json) == "\"a\u{FFFD}é\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\"")
  }

  @Test(arguments: [
    (Int64(15_000), 4, "1.5"), (-15_000, 4, "-1.5"), (10_000, 4, "1"), (1, 4, "0.0001"), (-1, 4, "-0.0001"),
    (0, 4, "0"), (12_345, 4, "1.2345"),
    (120_000, 4, "12"), (7, 0, "7"), (Int64.min, 18, "-9.223372036854775808"), (Int64.max, 18, "9.223372036854775807"),
    (10_050, 4, "1.005"),
  ])
  func `a decimal is exact and has no trailing zeros`(_ unscaled: Int64, _ scale: Int, _ expected: String) {
    var json = JSONWriter()
    json.decimal(unscaled, scale: scale)
    #expect(text(json) == expected)
  }

  @Test func `a writer can be used again`() {
    var json = JSONWriter()
    json.array { $0.integer(1) }
    json.removeAll()
    json.array { $0.integer(2) }
    #expect(text(json) == "[2]")
  }

  private func text(_ json: borrowing JSONWriter) -> String { String(decoding: json.bytes, as: UTF8.self) }
}
