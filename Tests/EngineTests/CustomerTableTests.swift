import Retention
import Testing

@testable import Engine

extension CustomerTable {
  /// Puts a customer in with facets of that content, or takes one out. Returns the content of what was there.
  fileprivate mutating func put(_ content: UInt8?, of customer: CustomerID) -> UInt8? {
    let new = content.flatMap { content in
      StoredFacets(customer: customer, [FacetChange(kind: .seen, bytes: [1, 0, content])])
    }
    let old = replace(customer, Self.hash(of: customer), by: new)
    return old?.withFacet(.seen) { $0?.last }
  }

  fileprivate func content(of customer: CustomerID) -> UInt8? { self[customer]?.withFacet(.seen) { $0?.last } }

  fileprivate var customers: [CustomerID] {
    var customers: [CustomerID] = []
    forEach { customers.append($0.customer) }
    return customers
  }
}

@Suite("The table of customers") struct CustomerTableTests {
  private func customer(_ number: Int) throws -> CustomerID {
    // Some identifiers are longer than those that lie in the value.
    try #require(CustomerID(number % 5 == 0 ? String(repeating: "long-", count: 20) + "\(number)" : "c-\(number)"))
  }

  @Test func itHoldsWhatADictionaryHolds() throws {
    var table = CustomerTable()
    var dictionary: [CustomerID: UInt8] = [:]
    var random = SystemRandomNumberGenerator()
    for step in 0..<20_000 {
      let id = try customer(Int.random(in: 0..<400, using: &random))
      let content = UInt8(truncatingIfNeeded: step)
      // Grows, shrinks to next to nothing, and grows again.
      if Int.random(in: 0..<10, using: &random) < ((step / 4_000).isMultiple(of: 2) ? 7 : 2) {
        #expect(table.put(content, of: id) == dictionary[id])
        dictionary[id] = content
      } else {
        #expect(table.put(nil, of: id) == dictionary[id])
        dictionary[id] = nil
      }
      #expect(table.count == dictionary.count)
      #expect(table.content(of: id) == dictionary[id])
    }
    for number in 0..<400 {
      let id = try customer(number)
      #expect(table.content(of: id) == dictionary[id])
    }
    #expect(Set(table.customers) == Set(dictionary.keys))
  }

  @Test func anEmptyTableHoldsNobody() throws {
    var table = CustomerTable()
    let nobody = try customer(1)
    let wasEmpty = table.isEmpty
    #expect(wasEmpty && table.content(of: nobody) == nil)
    #expect(table.put(nil, of: nobody) == nil)
    let isEmpty = table.isEmpty
    #expect(isEmpty && table.customers == [])
  }

  @Test func whatIsThereStaysWhenRoomIsMade() throws {
    var table = CustomerTable()
    for number in 0..<100 {
      table.reserve([0, 1, 57, 58, 100][number % 5])
      let id = try customer(number)
      _ = table.put(UInt8(number), of: id)
    }
    for number in 0..<100 { #expect(table.content(of: try customer(number)) == UInt8(number)) }
    #expect(table.count == 100 && table.customers.count == 100)
  }

  @Test func aCustomerIsFoundByTheHash() throws {
    var table = CustomerTable()
    for number in 0..<1_000 {
      let id = try customer(number)
      _ = table.put(0, of: id)
    }
    for number in 0..<1_000 {
      let hash = CustomerTable.hash(of: try customer(number))
      var matching: [CustomerID] = []
      table.forEachMatching(hash & ~(15 << 60)) { matching.append($0.customer) }
      #expect(matching == [try customer(number)])
    }
  }
}
