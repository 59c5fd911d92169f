import Testing

@testable import Retention

@Suite("The program") struct RetentionProgramTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  @Test func anEventNobodyIsConcernedWithNeedsNoFacets() throws {
    let program = try Shop().program
    for type in [EventType.orderPlaced, .browseViewed] {
      #expect(program.facets(for: type).isEmpty)
    }
  }

  @Test func anEventSomebodyIsConcernedWithNeedsWhatTheyDeclareAndWhatWasSeen() throws {
    let program = try Shop().program
    for type in [EventType.orderPaid, .orderRefunded, .orderCancelled, .shipmentUpdated] {
      #expect(program.facets(for: type) == [.seen, .erasure, .profile, .contacts, .account, .orders, .standing])
    }
    #expect(program.facets(for: .customerErased) == .all)
  }

  @Test func aTimerNeedsTheFacetsOfTheHandlerThatItIsOf() throws {
    let program = try Shop().program
    #expect(program.facets(firing: .account) == [.account, .orders, .standing, .profile, .contacts])
    #expect(program.facets(firing: .orders) == [.orders, .profile, .contacts])
    #expect(program.facets(firing: .contacts) == [.profile, .contacts])
  }

  @Test func anEventNobodyIsConcernedWithIsNotEvenRemembered() throws {
    var shop = try Shop()
    try shop.take(.viewed, at: noon, id: "e-1")
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
    #expect(customer.changes().isEmpty)
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
      #expect(customer.changes().isEmpty)
    }
    #expect(before == (3, 4))
  }
}
