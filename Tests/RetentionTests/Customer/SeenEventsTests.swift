import Testing

@testable import Retention

@Suite("Events already taken") struct SeenEventsTests {
  private let morning = at("2026-11-22T00:00:00Z")

  /// Whether each event is new when it is taken at its time, one after the other.
  private func taken(_ arrivals: [(String, Instant)], dedupeDays: Int64 = 30) -> [Bool] {
    var seen = SeenEvents()
    return arrivals.map { name, now in seen.take(id(name), now: now, dedupeDays: dedupeDays) }
  }

  @Test func anEventIsTakenOnce() {
    #expect(taken([("e-1", morning), ("e-1", morning), ("e-2", morning)]) == [true, false, true])
  }

  @Test func itIsRememberedForAllOfThirtyDaysAndForgottenAfterADayMore() {
    #expect(taken([("e-1", morning), ("e-1", morning + .days(30))]) == [true, false])
    let evening = morning + .hours(23)
    #expect(taken([("e-1", evening), ("e-1", evening + .days(30))]) == [true, false])
    #expect(taken([("e-1", morning), ("e-1", morning + .days(31))]) == [true, true])
  }

  @Test func theRulesDecideTheDays() {
    let arrivals = [("e-1", morning), ("e-1", morning + .days(1)), ("e-1", morning + .days(2))]
    #expect(taken(arrivals, dedupeDays: 1) == [true, false, true])
  }

  @Test func theDaysCountFromWhenItWasTakenAndNotFromWhenItHappened() throws {
    var shop = try Shop()
    let refund = Event(
      id: id("e-refund"), time: morning - .days(40), customer: Shop.customer, payload: .refunded("o-1", 500))
    try shop.take(.paid(total: 1_000), at: morning - .days(41), seen: morning)
    try shop.take(refund, seen: morning)
    try shop.take(refund, seen: morning + .days(29))
    #expect(shop.ledger.count { $0.kind == .reversed } == 1)
    #expect(shop.observations == [.duplicateEvent])
  }

  @Test func ofTooManyTheOneTakenLongestAgoIsForgotten() {
    let arrivals = (0...SeenEvents.capacity).map { ("e-\($0)", morning) }
    // e-1 is remembered still, e-0 is not.
    #expect(taken(arrivals + [("e-1", morning), ("e-0", morning)]).suffix(3) == [true, false, true])
  }

  @Test func customersDoNotShareEvents() throws {
    let program = try Shop().program
    for customer in ["c-1", "c-2"] {
      var state = Customer(id: id(customer))
      try state.load(.all) { _ in nil }
      let event = Event(id: id("e-1"), time: morning, customer: id(customer), payload: .paid(total: 1_000))
      let origin = Cause.Origin(topic: "orders", partition: 0, offset: 0)
      #expect(program.process(event, origin: origin, customer: &state, now: morning).ledger.count == 1)
    }
  }
}
