import Testing

@testable import Retention

@Suite("A customer's working copy") struct CustomerTests {
  private let noon = at("2026-11-22T12:00:00+08:00")
  private let all = FacetSet.all

  /// The stored facets of a customer with an order under way.
  private func stored() throws -> [FacetKind: [UInt8]] {
    var shop = try Shop()
    try shop.take(.paid(total: 10_000), at: noon)
    try shop.take(.scan(.outForDelivery), at: noon)
    return shop.stored
  }

  @Test func anUnchangedCustomerHasNoChanges() throws {
    let stored = try stored()
    var customer = Customer(id: Shop.customer)
    try customer.load(all) { stored[$0] }
    #expect(customer.changes { stored[$0] }.isEmpty)
    var unknown = Customer(id: Shop.customer)
    try unknown.load(all) { _ in nil }
    #expect(unknown.changes(from: nil).isEmpty)
  }

  @Test func aFacetWrittenWithWhatWasThereIsNoChange() throws {
    let stored = try stored()
    var customer = Customer(id: Shop.customer)
    try customer.load(all) { stored[$0] }
    customer.account = customer.account
    customer.orders.change(id("o-1"), newsAt: noon) { $0.isCancelled = false }
    #expect(customer.changes { stored[$0] }.isEmpty)
  }

  @Test func onlyTheChangedFacetIsAChange() throws {
    let stored = try stored()
    var customer = Customer(id: Shop.customer)
    try customer.load(all) { stored[$0] }
    customer.account.credit(5, for: nil)
    let changes = customer.changes { stored[$0] }
    #expect(changes.map(\.kind) == [.account])
    #expect(try PointsAccount.decode(changes.first?.bytes).available == 5)
  }

  @Test func aFacetThatBecomesThatOfAnUnknownCustomerIsForgotten() throws {
    let stored = try stored()
    var customer = Customer(id: Shop.customer)
    try customer.load(all) { stored[$0] }
    customer.account = PointsAccount()
    #expect(customer.changes { stored[$0] } == [FacetChange(kind: .account, bytes: nil)])
  }

  @Test func whatIsToBeStoredHoldsTheChangesAndAllElse() throws {
    let facets = try stored()
    let stored = StoredFacets(customer: Shop.customer, .all) { facets[$0] }
    var customer = Customer(id: Shop.customer)
    try customer.load([.account, .orders], from: stored)
    var changes = FacetChanges()
    customer.put(into: &changes, changedFrom: stored)
    #expect(changes.changed.isEmpty)
    customer.account.credit(5, for: nil)
    customer.put(into: &changes, changedFrom: stored)
    #expect(Array(changes.changed.kinds) == [.account])
    var new: [FacetKind: [UInt8]] = [:]
    StoredFacets(stored, of: Shop.customer, replacing: changes)?.forEach { new[$0] = Array($1) }
    #expect(try PointsAccount.decode(new[.account]).available == 5)
    for kind in FacetKind.allCases where kind != .account { #expect(new[kind] == facets[kind]) }
  }

  @Test func nothingIsToBeStoredOfACustomerOfWhomNothingIsLeft() throws {
    var account = PointsAccount()
    account.credit(5, for: nil)
    let stored = StoredFacets(customer: Shop.customer, [FacetChange(kind: .account, bytes: account.encoded())])
    var customer = Customer(id: Shop.customer)
    try customer.load(.account, from: stored)
    customer.account = PointsAccount()
    var changes = FacetChanges()
    customer.put(into: &changes, changedFrom: stored)
    let isNothingLeft = StoredFacets(stored, of: Shop.customer, replacing: changes) == nil
    #expect(isNothingLeft)
    #expect(Array(changes.changed.kinds) == [.account])
  }

  @Test func aSetGivesItsFacetsInOrderOfTheirNumbers() {
    #expect(Array(FacetSet.all.kinds) == FacetKind.allCases)
    #expect(Array(FacetSet([.quietOrders, .seen, .items]).kinds) == [.seen, .items, .quietOrders])
    #expect(Array(FacetSet().kinds).isEmpty)
  }

  @Test func loadingAgainDoesNotUndoAChange() throws {
    let stored = try stored()
    var customer = Customer(id: Shop.customer)
    try customer.load(.account) { stored[$0] }
    customer.account.credit(5, for: nil)
    try customer.load(all) { stored[$0] }
    #expect(customer.account.available == 5)
    #expect(customer.changes { stored[$0] }.map(\.kind) == [.account])
  }

  @Test func whatIsNotAskedForIsNotRead() throws {
    var read: [FacetKind] = []
    var customer = Customer(id: Shop.customer)
    try customer.load([.account]) {
      read.append($0)
      return nil
    }
    #expect(read == [.account])
  }

  @Test func theNextDueTimeIsThatOfTheWorkingCopy() throws {
    let stored = try stored()
    var customer = Customer(id: Shop.customer)
    try customer.load(all) { stored[$0] }
    #expect(customer.nextDue(of: .account) == noon + .days(30))
    #expect(customer.nextDue(of: .orders) == nil)
    #expect(customer.nextDue(of: .seen) == nil)
    customer.account.schedule(id("o-1"), confirmAt: noon + .days(3))
    #expect(customer.nextDue(of: .account) == noon + .days(3))
  }

  @Test func nothingOfTheOneBeforeIsLeftWhenALoadFailedHalfway() throws {
    var account = PointsAccount()
    account.credit(7, for: nil)
    let facets = [
      FacetChange(kind: .account, bytes: account.encoded()), FacetChange(kind: .orders, bytes: [UInt8.max]),
    ]
    let stored = StoredFacets(customer: id("ann"), facets)
    var customer = Customer(id: id("ann"))
    #expect(throws: FacetError.self) { try customer.load(all, from: stored) }
    customer.become(id("bob"))
    try customer.load(all, from: nil)
    #expect(customer.id == id("bob") && customer.account == PointsAccount())
  }
}
