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
}
