import Retention
import Testing

@testable import Engine

extension CustomerTable {
  fileprivate mutating func put(_ stored: StoredFacets?, of customer: CustomerID) -> StoredFacets? {
    replace(customer, Self.hash(of: customer), by: stored)
  }
}

@Suite("The table of customers") struct CustomerTableTests {
  private func customer(_ number: Int) throws -> CustomerID {
    // Some identifiers are longer than those that lie in the value.
    try #require(CustomerID(number % 5 == 0 ? String(repeating: "long-", count: 20) + "\(number)" : "c-\(number)"))
  }

  private func facets(_ customer: CustomerID, _ content: UInt8) throws -> StoredFacets {
    try #require(StoredFacets(customer: customer, [FacetChange(kind: .seen, bytes: [1, 0, content])]))
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
        #expect(table.put(try facets(id, content), of: id)?[.seen]?.last == dictionary[id])
        dictionary[id] = content
      } else {
        #expect(table.put(nil, of: id)?[.seen]?.last == dictionary[id])
        dictionary[id] = nil
      }
      #expect(table.count == dictionary.count)
      #expect(table[id]?[.seen]?.last == dictionary[id])
    }
    for number in 0..<400 {
      let id = try customer(number)
      #expect(table[id]?[.seen]?.last == dictionary[id])
    }
    #expect(Set(table.map(\.customer)) == Set(dictionary.keys))
  }

  @Test func anEmptyTableHoldsNobody() throws {
    var table = CustomerTable()
    let nobody = try customer(1)
    #expect(table.isEmpty && table[nobody] == nil)
    #expect(table.put(nil, of: nobody)?.customer == nil)
    #expect(table.isEmpty && Array(table).isEmpty)
  }

  @Test func whatIsThereStaysWhenRoomIsMade() throws {
    var table = CustomerTable()
    for number in 0..<100 {
      table.reserve([0, 1, 57, 58, 100][number % 5])
      let id = try customer(number)
      _ = table.put(try facets(id, UInt8(number)), of: id)
    }
    for number in 0..<100 { #expect(table[try customer(number)]?[.seen]?.last == UInt8(number)) }
    #expect(table.count == 100 && Array(table).count == 100)
  }

  @Test func aCustomerIsFoundByTheHash() throws {
    var table = CustomerTable()
    for number in 0..<1_000 {
      let id = try customer(number)
      _ = table.put(try facets(id, 0), of: id)
    }
    for number in 0..<1_000 {
      let hash = CustomerTable.hash(of: try customer(number))
      #expect(table.matching(hash & ~(15 << 60)).map(\.customer) == [try customer(number)])
    }
  }
}
