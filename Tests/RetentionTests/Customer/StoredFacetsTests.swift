import Testing

@testable import Retention

@Suite("Stored facets") struct StoredFacetsTests {
  private let customer: CustomerID = id("c-1")

  private func content(_ stored: StoredFacets?) -> [FacetKind: [UInt8]] {
    var content: [FacetKind: [UInt8]] = [:]
    stored?.forEach { content[$0] = Array($1) }
    return content
  }

  @Test func whatIsStoredIsReadBack() throws {
    // Lengths of one byte, two and three.
    let long = [UInt8](repeating: 7, count: 200)
    let longer = [UInt8](repeating: 8, count: 70_000)
    let stored = try #require(
      StoredFacets(
        customer: customer,
        [
          FacetChange(kind: .seen, bytes: [1, 2]), FacetChange(kind: .account, bytes: nil),
          FacetChange(kind: .orders, bytes: long), FacetChange(kind: .items, bytes: longer),
          FacetChange(kind: .profile, bytes: []),
        ]))
    #expect(stored.customer == customer && stored.belong(to: customer) && !stored.belong(to: id("c-2")))
    #expect(!stored.belong(to: id("c-11")) && !stored.belong(to: id("c")))
    #expect(content(stored) == [.seen: [1, 2], .orders: long, .items: longer, .profile: []])
    #expect(stored[.orders] == long && stored[.account] == nil && stored[.profile] == [])
    #expect(stored.byteCount == 2 + 200 + 70_000)
  }

  @Test func whatIsReplacedTakesThePlaceOfTheOld() throws {
    let first = try #require(
      StoredFacets(
        customer: customer, [FacetChange(kind: .seen, bytes: [1]), FacetChange(kind: .items, bytes: [2, 2])]))
    let second = first.replacing([FacetChange(kind: .items, bytes: [3]), FacetChange(kind: .orders, bytes: [4])])
    #expect(content(second) == [.seen: [1], .items: [3], .orders: [4]])
    #expect(content(first) == [.seen: [1], .items: [2, 2]])
    #expect(content(second?.replacing([FacetChange(kind: .seen, bytes: nil)])) == [.items: [3], .orders: [4]])
  }

  @Test func nothingIsStoredOfNobody() {
    #expect(StoredFacets(customer: customer, []) == nil)
    let stored = StoredFacets(customer: customer, [FacetChange(kind: .seen, bytes: [1])])
    #expect(stored?.replacing([FacetChange(kind: .seen, bytes: nil)]) == nil)
  }

  @Test func theLongestIdentifierIsKept() throws {
    let longest: CustomerID = id(String(repeating: "x", count: 128))
    let stored = try #require(StoredFacets(customer: longest, [FacetChange(kind: .seen, bytes: [1])]))
    #expect(stored.customer == longest && stored.belong(to: longest) && stored[.seen] == [1])
  }
}
