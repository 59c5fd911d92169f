/// What an event changed about an order. The account finds it out, which knows which orders are new, which come again, and what
/// came before them; the handlers behind it hear of it.
enum OrderChange {
  /// An order that was not known before was paid.
  case paid(PaidOrder, at: Instant)
  /// Part of it was given back, in minor units: what the refund adds to those before it.
  case refunded(OrderPoints, by: Int64)
  /// It was cancelled, for the first time; as it was before.
  case cancelled(OrderPoints)
}
