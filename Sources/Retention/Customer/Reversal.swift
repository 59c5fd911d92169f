/// A refund or a cancellation, with the event that told of it: when it has to wait for its order, what it leads to
/// later still has that event as its cause.
struct Reversal: Equatable, Sendable {
  let order: OrderID
  /// What was refunded, in minor units; nil for a cancellation.
  let refunded: Int64?
  let event: EventID
  let time: Instant
  let origin: Cause.Origin

  init(order: OrderID, refunded: Int64?, event: EventID, time: Instant, origin: Cause.Origin) {
    self.order = order
    self.refunded = refunded
    self.event = event
    self.time = time
    self.origin = origin
  }

  var cause: Cause { .event(event, type: refunded == nil ? .orderCancelled : .orderRefunded, origin: origin) }

  init(from reader: inout FacetReader) throws(FacetError) {
    order = try reader.identifier(Named.Order.self)
    let amount = try reader.signed()
    refunded = amount < 0 ? nil : amount
    event = try reader.identifier(Named.Event.self)
    time = try reader.instant()
    origin = try Cause.Origin(from: &reader)
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(order)
    writer.put(refunded ?? -1)
    writer.put(event)
    writer.put(time)
    origin.encode(into: &writer)
  }
}
