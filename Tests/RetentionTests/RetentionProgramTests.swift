import Testing

@testable import Retention

@Suite("The program") struct RetentionProgramTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  @Test func anEventNobodyIsConcernedWithNeedsNoFacets() throws {
    let program = try Shop().program
    #expect(program.facets(for: .orderPlaced).isEmpty)
  }

  @Test func anEventSomebodyIsConcernedWithNeedsWhatTheyDeclareAndWhatWasSeen() throws {
    let program = try Shop().program
    let known: FacetSet = [.seen, .erasure, .profile, .contacts]
    let money: FacetSet = [.account, .pastOrders, .orders, .quietOrders, .standing]
    #expect(program.facets(for: .orderPaid) == [known, money, .rhythm, .items, .browsing])
    #expect(program.facets(for: .orderCancelled) == [known, money, .rhythm, .items, .browsing])
    #expect(program.facets(for: .orderRefunded) == [known, money, .rhythm, .items, .browsing])
    #expect(program.facets(for: .shipmentUpdated) == [known, money, .rhythm])
    // Views have a memory of their own.
    #expect(program.facets(for: .browseViewed) == [.erasure, .profile, .contacts, .browsing])
    #expect(program.facets(for: .customerErased) == .all)
  }

  @Test func aTimerNeedsTheFacetsOfTheHandlerThatItIsOf() throws {
    let program = try Shop().program
    #expect(program.facets(firing: .account) == [.account, .pastOrders, .orders, .standing, .profile, .contacts])
    #expect(program.facets(firing: .orders) == [.orders, .quietOrders, .profile, .contacts])
    #expect(program.facets(firing: .contacts) == [.profile, .contacts])
    #expect(program.facets(firing: .rhythm) == [.rhythm, .standing, .items, .browsing, .profile, .contacts])
    #expect(program.facets(firing: .items) == [.items, .profile, .contacts])
  }

  @Test func anEventNobodyIsConcernedWithIsNotEvenRemembered() throws {
    var shop = try Shop()
    try shop.take(
      .orderPlaced(PlacedOrder(order: id("o-1"), currency: try #require(Currency(code: "CNY")), total: 1, lines: [])),
      at: noon, id: "e-1")
    try shop.take(.paid(total: 1_000), at: noon, id: "e-1")
    #expect(shop.ledger.count == 1)
  }

  @Test func firingWhenNothingIsDueDoesNothing() throws {
    let program = try Shop().program
    var customer = Customer(id: Shop.customer)
    try customer.load(.all) { _ in nil }
    for facet in FacetKind.allCases {
      let outcome = program.fire(facet, customer: &customer, now: noon)
      #expect(outcome.ledger.isEmpty && outcome.notifications.isEmpty && outcome.suppressed.isEmpty)
    }
    #expect(customer.changes(from: nil).isEmpty)
  }

  @Test func aZoneThatTheSystemDoesNotKnowIsRefused() {
    let error = #expect(throws: ConfigurationError.self) { try Shop { $0.timeZone = "Mars/Olympus" } }
    #expect(error?.path == "timeZone")
    #expect(error?.problem.contains("Mars/Olympus") == true)
  }

  @Test func aDeliveryThatTheParcelsTellIsKnownToThePointsInTheSameStep() throws {
    var shop = try Shop()
    try shop.take(.paid(total: 1_000), at: noon)
    try shop.take(.scan(.delivered), at: noon + .days(1))
    #expect(try shop.account().nextDue == noon + .days(8))
  }

  @Test func whatIsTakenNeverLeavesATimerThatFiresTwice() throws {
    var shop = try Shop()
    try shop.take(.paid(total: 1_000), at: noon)
    try shop.take(.scan(.delivered), at: noon)
    // Until the points have expired.
    try shop.advance(to: noon + .days(420))
    let before = (shop.ledger.count, shop.notifications.count)
    // The clock jumps back and forth again: nothing is left to fire.
    for facet in FacetKind.allCases {
      var customer = Customer(id: Shop.customer)
      try customer.load(.all) { shop.stored[$0] }
      for now in [noon, noon + .days(8), noon + .days(800)] {
        let outcome = shop.program.fire(facet, customer: &customer, now: now)
        #expect(outcome.ledger.isEmpty && outcome.notifications.isEmpty)
      }
      #expect(customer.changes { shop.stored[$0] }.isEmpty)
    }
    #expect(before == (3, 4))
  }
}
