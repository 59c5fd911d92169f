import Kafka
import Testing

@testable import Engine
@testable import Retention

@Suite("Unit of work") struct UnitOfWorkTests {
  private static let names = ["ann", "bob", "cid", "dot"]

  /// What comes of some work on four customers, of whom one is stored before, and one comes again and again.
  private func finished(openLimit: Int) throws -> [String: [FacetKind: [UInt8]]] {
    let state = StatePartition(Partition(0))
    var known = PointsAccount()
    known.credit(7, for: nil)
    try state.apply([FacetChange(kind: .account, bytes: known.encoded())], to: try id("bob"))
    var unit = UnitOfWork(openLimit: openLimit, source: "/retaind")
    for (round, name) in ["ann", "bob", "ann", "cid", "ann", "bob", "dot", "ann", "cid"].enumerated() {
      try unit.with(try id(name), in: state, loading: round.isMultiple(of: 2) ? .account : [.account, .erasure]) {
        // What is only looked at does not change.
        if name != "dot" { $0.account.credit(Int64(round + 1), for: nil) }
      }
    }
    var result: [String: [FacetKind: [UInt8]]] = [:]
    let customers = unit.finish()
    for place in customers.indices {
      let (name, changed) = (customers[place].id.description, customers[place].changed)
      customers[place].stored?.forEach { kind, bytes in
        if changed.contains(FacetSet(kind)) { result[name, default: [:]][kind] = Array(bytes) }
      }
    }
    #expect(customers.indices.map { customers[$0].id.description } == Self.names)
    // Nothing reaches the store before the commit.
    #expect(state.customerCount == 1)
    return result
  }

  private func id(_ name: String) throws -> CustomerID { try #require(CustomerID(name)) }

  @Test(arguments: [1, 2, 3]) func itDoesNotMatterHowManyCustomersAreOpen(_ limit: Int) throws {
    let all = try finished(openLimit: 100)
    #expect(try finished(openLimit: limit) == all)
    #expect(Set(all.keys) == ["ann", "bob", "cid"])
    #expect(try PointsAccount.decode(all["bob"]?[.account]).available == 7 + 2 + 6)
  }

  @Test func whoIsUsedAgainStaysOpen() throws {
    let state = StatePartition(Partition(0))
    var unit = UnitOfWork(openLimit: 2, source: "/retaind")
    for name in ["ann", "bob", "ann", "cid", "ann", "dot"] {
      try unit.with(try id(name), in: state, loading: .account) { $0.account.credit(1, for: nil) }
    }
    let open = unit.customers.indices.filter { unit.customers[$0].copy != nil }
    #expect(open.map { unit.customers[$0].id.description } == ["ann", "dot"])
  }

  @Test func whoBecameAnotherIsSeenToHaveAlthoughOpenedAgain() throws {
    let state = StatePartition(Partition(0))
    var unit = UnitOfWork(openLimit: 1, source: "/retaind")
    let bob = try id("bob")
    try unit.with(try id("ann"), in: state, loading: .account) {
      $0 = Customer(unknown: bob)
      $0.account.credit(1, for: nil)
    }
    for name in ["dot", "ann"] {
      try unit.with(try id(name), in: state, loading: .account) { $0.account.credit(1, for: nil) }
    }
    let customers = unit.finish()
    #expect(customers.indices.map { customers[$0].key.description } == ["ann", "dot"])
    #expect(customers.indices.map { customers[$0].id.description } == ["bob", "dot"])
  }

  /// The copies of a unit that was dropped serve the next one: nothing of whom they were is left in them.
  @Test func aUnitStartsWithNothingOfTheOneBefore() throws {
    let state = StatePartition(Partition(0))
    var dropped = UnitOfWork(openLimit: 2, source: "/retaind")
    for name in ["ann", "bob", "cid"] {
      try dropped.with(try id(name), in: state, loading: .all) {
        $0.account.credit(1, for: nil)
        $0.erasure.at = Instant(milliseconds: 1)
      }
    }
    var unit = UnitOfWork(after: &dropped)
    let isFresh = unit.customers.isEmpty
    #expect(isFresh && unit.outputs.count == 0 && unit.states.isEmpty && unit.isEmpty)
    for name in ["ann", "dot"] {
      try unit.with(try id(name), in: state, loading: [.account, .erasure]) {
        #expect($0.account.available == 0 && $0.erasure.at == nil)
        $0.account.credit(5, for: nil)
      }
    }
    let customers = unit.finish()
    for place in customers.indices {
      #expect(customers[place].changed == .account)
      let account = customers[place].stored?.withFacet(.account) { $0.map { Array($0) } }
      #expect(try PointsAccount.decode(account ?? nil).available == 5)
    }
    #expect(customers.indices.map { customers[$0].id.description } == ["ann", "dot"])
  }
}
