import Retention
import Testing

@testable import Engine

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
        table[id] = try facets(id, content)
        dictionary[id] = content
      } else {
        table[id] = nil
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
    table[nobody] = nil
    #expect(table.isEmpty && Array(table).isEmpty)
  }
}
