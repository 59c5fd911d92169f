import Testing

@testable import Retention

/// What is stored of one customer: it has one owner, and an expectation would copy it.
private struct Content: Equatable {
  var customer: CustomerID
  var facets: [FacetKind: [UInt8]] = [:]

  init?(_ stored: borrowing StoredFacets?) {
    switch stored {
    case .some(let stored): self.init(of: stored)
    case .none: return nil
    }
  }

  init(of stored: borrowing StoredFacets) {
    customer = stored.customer
    stored.forEach { facets[$0] = Array($1) }
  }
}

@Suite("Stored facets") struct StoredFacetsTests {
  private let customer: CustomerID = id("c-1")

  private func content(_ stored: borrowing StoredFacets?) -> [FacetKind: [UInt8]]? { Content(stored)?.facets }

  @Test func whatIsStoredIsReadBack() {
    // Lengths of one byte, two and three.
    let long = [UInt8](repeating: 7, count: 200)
    let longer = [UInt8](repeating: 8, count: 70_000)
    let stored = StoredFacets(
      customer: customer,
      [
        FacetChange(kind: .seen, bytes: [1, 2]), FacetChange(kind: .account, bytes: nil),
        FacetChange(kind: .orders, bytes: long), FacetChange(kind: .items, bytes: longer),
        FacetChange(kind: .profile, bytes: []),
      ])
    guard let stored else {
      Issue.record("nothing is stored")
      return
    }
    #expect(Content(of: stored).customer == customer)
    #expect(["c-1", "c-2", "c-11", "c"].map { stored.belong(to: id($0)) } == [true, false, false, false])
    #expect(Content(of: stored).facets == [.seen: [1, 2], .orders: long, .items: longer, .profile: []])
    let single = FacetKind.allCases.map { stored[$0] }
    #expect(single == FacetKind.allCases.map { Content(of: stored).facets[$0] })
    let byteCount = stored.byteCount
    #expect(byteCount == 2 + 200 + 70_000)
  }

  @Test func whatIsReplacedTakesThePlaceOfTheOld() {
    let first = StoredFacets(
      customer: customer, [FacetChange(kind: .seen, bytes: [1]), FacetChange(kind: .items, bytes: [2, 2])])
    let second = StoredFacets(
      first, of: customer,
      replacing: [FacetChange(kind: .items, bytes: [3]), FacetChange(kind: .orders, bytes: [4])])
    let third = StoredFacets(second, of: customer, replacing: [FacetChange(kind: .seen, bytes: nil)])
    let contents = [content(first), content(second), content(third)]
    #expect(contents[0] == [.seen: [1], .items: [2, 2]])
    #expect(contents[1] == [.seen: [1], .items: [3], .orders: [4]])
    #expect(contents[2] == [.items: [3], .orders: [4]])
  }

  @Test func nothingIsStoredOfNobody() {
    let stored = StoredFacets(customer: customer, [FacetChange(kind: .seen, bytes: [1])])
    let contents = [
      content(StoredFacets(customer: customer, [])), content(StoredFacets(customer: customer, .all) { _ in nil }),
      content(StoredFacets(stored, of: customer, replacing: [FacetChange(kind: .seen, bytes: nil)])),
    ]
    #expect(contents == [nil, nil, nil])
  }

  @Test func whatIsReplacedOfNobodyIsNew() {
    let changes = [FacetChange(kind: .seen, bytes: [1]), FacetChange(kind: .items, bytes: nil)]
    let stored = StoredFacets(customer: customer, [FacetChange(kind: .items, bytes: [2])])
    let contents = [
      content(StoredFacets(nil, of: customer, replacing: changes)),
      content(StoredFacets(stored, of: customer, replacing: changes)),
      content(StoredFacets(stored, of: customer, replacing: [FacetChange(kind: .items, bytes: nil)])),
    ]
    #expect(contents == [[.seen: [1]], [.seen: [1]], nil])
    #expect(FacetSet(of: changes) == [.seen, .items])
  }

  @Test func onlyTheFacetsThatAreNamedAreAskedFor() {
    let stored = StoredFacets(customer: customer, [.seen, .items, .orders]) { $0 == .items ? nil : [$0.rawValue] }
    let stays = content(stored)
    #expect(stays == [.seen: [FacetKind.seen.rawValue], .orders: [FacetKind.orders.rawValue]])
  }

  @Test func whatIsDueIsReadFromTheFirstBytes() throws {
    let stored = StoredFacets(
      customer: customer,
      [
        FacetChange(kind: .seen, bytes: [1, 0]), FacetChange(kind: .contacts, bytes: [1, 15, 9]),
        FacetChange(kind: .rhythm, bytes: [1, 1]), FacetChange(kind: .quietOrders, bytes: [1]),
      ])
    guard let stored else {
      Issue.record("nothing is stored")
      return
    }
    let due = try [FacetKind.seen, .orders, .contacts, .rhythm].map { kind throws(FacetError) in
      try stored.nextDue(of: kind)
    }
    #expect(due == [nil, nil, Instant(milliseconds: 7), Instant(milliseconds: 0)])
    #expect(throws: FacetError.self) { _ = try stored.nextDue(of: .quietOrders) }
  }

  @Test func aBlockIsTakenOver() throws {
    let stored = StoredFacets(
      customer: customer,
      [
        FacetChange(kind: .seen, bytes: [1, 2]),
        FacetChange(kind: .orders, bytes: [UInt8](repeating: 7, count: 70_000)),
      ])
    guard let stored else {
      Issue.record("nothing is stored")
      return
    }
    let block = stored.withBlock { Array($0) }
    let original = Content(of: stored)
    #expect(try read(block) == original)
    #expect(throws: FacetError.self) { _ = try read(block.dropLast()) }
    #expect(throws: FacetError.self) { _ = try read(block + [1]) }
  }

  @Test(
    arguments: [
      [], [1], [0], [0, 1, 0], [1, 99], [2, 99], [129] + [UInt8](repeating: 99, count: 129) + [1, 0],
      [1, 99, 1], [1, 99, 0, 0], [1, 99, 13, 0], [1, 99, 255, 0], [1, 99, 1, 1], [1, 99, 1, 0, 1, 0], [1, 99, 1, 128],
      [1, 99, 1, 128, 128, 128, 128, 128, 0], [1, 99, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
    ] as [[UInt8]])
  func aBlockThatIsNoneIsRefused(_ block: [UInt8]) throws {
    #expect(throws: FacetError.self) { _ = try read(block) }
    #expect(try read([1, 99, 1, 0, 2, 1, 7]).facets == [.seen: [], .account: [7]])
  }

  private func read(_ block: [UInt8]) throws -> Content {
    try block.withUnsafeBufferPointer { Content(of: try StoredFacets(block: $0)) }
  }

  @Test func theLongestIdentifierIsKept() {
    let longest: CustomerID = id(String(repeating: "x", count: 128))
    let stored = Content(StoredFacets(customer: longest, [FacetChange(kind: .seen, bytes: [1])]))
    #expect(stored?.customer == longest && stored?.facets == [.seen: [1]])
  }
}
