import Retention

/// The business as the engine sees it: it decodes, takes events and fires timers, and knows nothing of Kafka.
///
/// An object, so that to ask it something is not to copy it.
public protocol Business: AnyObject, Sendable {
  /// Reads a record; throws why it is to be dead-lettered.
  func decode(value: Span<UInt8>?, headers: [MessageHeader], now: Instant) throws(Reject) -> Decoded
  /// The facets to load before `process`; empty when events of the type change nothing.
  func facets(for type: EventType) -> FacetSet
  /// The facets to load before `fire`.
  func facets(firing facet: FacetKind) -> FacetSet
  /// Takes an event.
  func process(_ event: Event, origin: Cause.Origin, customer: inout Customer, now: Instant) -> Outcome
  /// Does what is due in a facet.
  func fire(_ facet: FacetKind, customer: inout Customer, now: Instant) -> Outcome
}

extension RetentionProgram: Business {}
