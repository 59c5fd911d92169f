@testable import Engine
@testable import Retention

/// Gives one customer a point that no ledger entry tells of: for an event, or when a timer fires.
final class Embezzler: Handler {
  let accomplice: String
  let onTimers: Bool

  init(accomplice: String, onTimers: Bool) {
    self.accomplice = accomplice
    self.onTimers = onTimers
  }

  var facets: FacetSet { .account }
  var timedFacet: FacetKind? { .account }

  func handles(_ type: EventType) -> Bool { type == .orderPaid }

  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects) {
    if !onTimers { embezzle(for: &customer) }
  }

  func fire(_ customer: inout Customer, _ effects: inout Effects) {
    if onTimers { embezzle(for: &customer) }
  }

  private func embezzle(for customer: inout Customer) {
    if customer.id.description == accomplice { customer.account.credit(1, for: nil) }
  }
}

/// The business, but it leaves one customer's state under the name of another.
final class Impostor: Business {
  let honest: RetentionProgram
  let victim: String
  let name: CustomerID

  init(honest: RetentionProgram, victim: String, name: CustomerID) {
    self.honest = honest
    self.victim = victim
    self.name = name
  }

  func process(_ event: Event, origin: Cause.Origin, customer: inout Customer, now: Instant) -> Outcome {
    guard customer.id.description == victim else {
      return honest.process(event, origin: origin, customer: &customer, now: now)
    }
    customer = Customer(id: name)
    do { try customer.load(facets(for: event.type)) { _ in nil } } catch { preconditionFailure("nothing is read") }
    return honest.process(event, origin: origin, customer: &customer, now: now)
  }

  func decode(value: Span<UInt8>?, headers: [MessageHeader], now: Instant) throws(Reject) -> Decoded {
    try honest.decode(value: value, headers: headers, now: now)
  }

  func facets(for type: EventType) -> FacetSet { honest.facets(for: type) }
  func facets(firing facet: FacetKind) -> FacetSet { honest.facets(firing: facet) }

  func fire(_ facet: FacetKind, customer: inout Customer, now: Instant) -> Outcome {
    honest.fire(facet, customer: &customer, now: now)
  }
}
