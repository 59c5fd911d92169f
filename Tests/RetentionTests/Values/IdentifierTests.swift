import Testing

@testable import Retention

@Suite("Identifiers") struct IdentifierTests {
  @Test func theyHave1To128Bytes() {
    let lengths = [0, 1, 128, 129].filter { OrderID(String(repeating: "a", count: $0)) != nil }
    #expect(lengths == [1, 128])
    // 43 times three bytes are 129.
    #expect(OrderID(String(repeating: "单", count: 43)) == nil)
    #expect(OrderID(utf8: []) == nil)
  }

  @Test func theyAreComparedByteByByteAndNotByCanonicalEquivalence() throws {
    let composed = "\u{e9}"
    let decomposed = "e\u{301}"
    #expect(composed == decomposed)
    #expect(try #require(OrderID(composed)) != #require(OrderID(decomposed)))
  }

  @Test func theTextComesBackAsItWas() {
    let order: OrderID = id("订单-1")
    #expect(order.description == "订单-1")
    #expect(order.bytes == Array("订单-1".utf8))
  }

  @Test(
    "they are the same whatever their length, within the value and beside it", arguments: [1, 7, 8, 38, 39, 40, 128])
  func theyAreTheSameWhateverTheirLength(length: Int) throws {
    let text = String(String(repeating: "abcdefg", count: 19).prefix(length))
    let (one, other) = try (#require(OrderID(text)), #require(OrderID(utf8: Array(text.utf8))))
    #expect(one == other && one.hashValue == other.hashValue && one.fingerprint == other.fingerprint)
    #expect(one.description == text && one.count == length && one.bytes == Array(text.utf8))
    let different = try #require(OrderID(String(text.dropLast()) + "z"))
    #expect(one != different && one.fingerprint != different.fingerprint)
  }

  @Test func aZeroByteAtTheEndIsPartOfTheName() throws {
    #expect(try #require(OrderID("a")) != #require(OrderID("a\0")))
  }
}
