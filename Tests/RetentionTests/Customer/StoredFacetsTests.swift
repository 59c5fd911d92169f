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
    let second = StoredFacets(
      first, of: customer,
      replacing: [FacetChange(kind: .items, bytes: [3]), FacetChange(kind: .orders, bytes: [4])])
    #expect(content(second) == [.seen: [1], .items: [3], .orders: [4]])
    #expect(content(first) == [.seen: [1], .items: [2, 2]])
    let third = StoredFacets(second, of: customer, replacing: [FacetChange(kind: .seen, bytes: nil)])
    #expect(content(third) == [.items: [3], .orders: [4]])
  }

  @Test func nothingIsStoredOfNobody() {
    #expect(StoredFacets(customer: customer, []) == nil)
    let stored = StoredFacets(customer: customer, [FacetChange(kind: .seen, bytes: [1])])
    #expect(StoredFacets(stored, of: customer, replacing: [FacetChange(kind: .seen, bytes: nil)]) == nil)
  }

  @Test func whatIsReplacedOfNobodyIsNew() {
    let changes = [FacetChange(kind: .seen, bytes: [1]), FacetChange(kind: .items, bytes: nil)]
    #expect(content(StoredFacets(nil, of: customer, replacing: changes)) == [.seen: [1]])
    let stored = StoredFacets(customer: customer, [FacetChange(kind: .items, bytes: [2])])
    #expect(content(StoredFacets(stored, of: customer, replacing: changes)) == [.seen: [1]])
    #expect(StoredFacets(stored, of: customer, replacing: [FacetChange(kind: .items, bytes: nil)]) == nil)
    #expect(FacetSet(of: changes) == [.seen, .items])
  }

  @Test func whatIsDueIsReadFromTheFirstBytes() throws {
    let stored = try #require(
      StoredFacets(
        customer: customer,
        [
          FacetChange(kind: .seen, bytes: [1, 0]), FacetChange(kind: .contacts, bytes: [1, 15, 9]),
          FacetChange(kind: .rhythm, bytes: [1, 1]),
        ]))
    #expect(try stored.nextDue(of: .seen) == nil && stored.nextDue(of: .orders) == nil)
    #expect(try stored.nextDue(of: .contacts) == Instant(milliseconds: 7))
    #expect(try stored.nextDue(of: .rhythm) == Instant(milliseconds: 0))
    let damaged = try #require(StoredFacets(customer: customer, [FacetChange(kind: .quietOrders, bytes: [1])]))
    #expect(throws: FacetError.self) { try damaged.nextDue(of: .quietOrders) }
    #expect(try damaged.nextDue(of: .seen) == nil)
  }

  @Test func aBlockIsTakenOver() throws {
    let stored = try #require(
      StoredFacets(
        customer: customer,
        [
          FacetChange(kind: .seen, bytes: [1, 2]),
          FacetChange(kind: .orders, bytes: [UInt8](repeating: 7, count: 70_000)),
        ]))
    let copy = try stored.withBlock { block throws(FacetError) in try StoredFacets(block: block) }
    #expect(copy.customer == customer && content(copy) == content(stored))
    let block = stored.withBlock { Array($0) }
    #expect(throws: FacetError.self) { try self.stored(block.dropLast()) }
    #expect(throws: FacetError.self) { try self.stored(block + [1]) }
  }

  @Test(
    arguments: [
      [], [1], [0], [0, 1, 0], [1, 99], [2, 99], [129] + [UInt8](repeating: 99, count: 129) + [1, 0],
      [1, 99, 1], [1, 99, 0, 0], [1, 99, 13, 0], [1, 99, 255, 0], [1, 99, 1, 1], [1, 99, 1, 0, 1, 0], [1, 99, 1, 128],
      [1, 99, 1, 128, 128, 128, 128, 128, 0], [1, 99, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
    ] as [[UInt8]])
  func aBlockThatIsNoneIsRefused(_ block: [UInt8]) throws {
    #expect(throws: FacetError.self) { try stored(block) }
    #expect(content(try stored([1, 99, 1, 0, 2, 1, 7])) == [.seen: [], .account: [7]])
  }

  private func stored(_ block: [UInt8]) throws -> StoredFacets {
    try block.withUnsafeBufferPointer { try StoredFacets(block: $0) }
  }

  @Test func theLongestIdentifierIsKept() throws {
    let longest: CustomerID = id(String(repeating: "x", count: 128))
    let stored = try #require(StoredFacets(customer: longest, [FacetChange(kind: .seen, bytes: [1])]))
    #expect(stored.customer == longest && stored.belong(to: longest) && stored[.seen] == [1])
  }
}
