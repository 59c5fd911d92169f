import Testing

@testable import Retention

@Suite("Identities of notifications and ledger entries") struct IdentityTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  /// A day in the life of a shop, as seen `late`.
  private func identities(late: TimeSpan = .hours(0), rules: (inout Rules) -> Void = { _ in }) throws -> [String] {
    var shop = try Shop(rules)
    try shop.take(.paid(total: 10_000), at: noon, id: "e-paid", seen: noon + late)
    try shop.take(.refunded("o-1", 5_000), at: noon + .hours(1), id: "e-refund", seen: noon + .hours(1) + late)
    try shop.take(.scan(.delivered), at: noon + .hours(2), id: "e-scan", seen: noon + .hours(2) + late)
    try shop.advance(to: noon + .days(30))
    return shop.notifications.map(\.id) + shop.ledger.map(\.id)
  }

  @Test func theyAreTheSameInEveryRunAndRelease() throws {
    // Consumers recognise repetitions by them, so they must never change by accident.
    #expect(try identities() == Self.pinned)
  }

  @Test func theyDependNeitherOnTheClockNorOnTheEditionOfTheRules() throws {
    #expect(try identities(late: .minutes(7)) == Self.pinned)
    #expect(try identities { $0.version = "another" } == Self.pinned)
  }

  @Test func theyDependOnCustomerKindCauseAndSubject() throws {
    let program = try Shop().program
    let origin = Cause.Origin(topic: "t", partition: 0, offset: 0)
    func identity(_ customer: String, _ event: String, _ payload: Event.Payload) throws -> String {
      var state = Customer(id: id(customer))
      try state.load(.all) { _ in nil }
      let outcome = program.process(
        Event(id: id(event), time: noon, customer: id(customer), payload: payload), origin: origin, customer: &state,
        now: noon)
      return try #require(outcome.notifications.first).id
    }
    let all = try [
      identity("c-1", "e-1", .scan(.delivered)), identity("c-2", "e-1", .scan(.delivered)),
      identity("c-1", "e-2", .scan(.delivered)), identity("c-1", "e-1", .scan(.exception)),
      identity("c-1", "e-1", .scan(.delivered, of: "p-2")),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test func theyDoNotDependOnWhereTheRecordStood() throws {
    var first = StableHash(wide: true)
    Cause.event(id("e-1"), type: .orderPaid, origin: .init(topic: "orders", partition: 1, offset: 2)).hash(into: &first)
    var second = StableHash(wide: true)
    Cause.event(id("e-1"), type: .orderPaid, origin: .init(topic: "forward", partition: 7, offset: 9)).hash(
      into: &second)
    #expect(first.digest128() == second.digest128())
  }

  /// Computed by another implementation (Python) from the published algorithm and the fields, each preceded by its length:
  /// customer, kind, cause (0 and the event, or 1, the timer's name and when it was due), and subject or order.
  private static let pinned = [
    "d2fe1837421de4d1cae21c5afaf29b9f",  // points.accrued
    "a92c3f126e0f28958e738ca4787d3f1a",  // points.reversed
    "af7c8d6cc0a0b95d8dad49e6aabd3b10",  // shipment.delivered
    "d5f941b3a2e2daa960744853bebc125c",  // order.care_guide
    "47ee00c33c8314d98d61e7123387b2c4",  // feedback.survey
    "305264bef1337a80d67ee62d72e08b1a",  // accrued
    "38f43c35c93e28ece9cb6a9b849d94fd",  // reversed
    "0a382e116c73f0ff4362f9202a6422a3",  // confirmed
  ]
}
