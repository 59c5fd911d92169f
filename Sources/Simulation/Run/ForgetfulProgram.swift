import Engine
import Retention

/// The business with one rule more: who cancels has no other orders. Nothing else forgets a whole facet, and so nothing else
/// would have the engine write and restore tombstones.
struct ForgetfulProgram: Business {
  let program: RetentionProgram

  func decode(value: Span<UInt8>?, headers: [MessageHeader], now: Instant) throws(Reject) -> Decoded {
    try program.decode(value: value, headers: headers, now: now)
  }

  func facets(for type: EventType) -> FacetSet { program.facets(for: type) }

  func facets(firing facet: FacetKind) -> FacetSet { program.facets(firing: facet) }

  func process(_ event: Event, origin: Cause.Origin, customer: inout Customer, now: Instant) -> Outcome {
    let outcome = program.process(event, origin: origin, customer: &customer, now: now)
    if event.type == .orderCancelled { customer.forgetOrders() }
    return outcome
  }

  func fire(_ facet: FacetKind, customer: inout Customer, now: Instant) -> Outcome {
    program.fire(facet, customer: &customer, now: now)
  }
}
