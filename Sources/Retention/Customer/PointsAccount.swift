/// A customer's points: what each order granted, and the balances.
///
/// At most `orderCapacity` orders are kept. The order paid longest ago leaves first, settled ones before pending ones; an
/// order that must leave while pending is confirmed first, so no points are lost. A refund or cancellation seen before
/// its order waits among at most `waitingCapacity`; the one that has waited longest leaves first.
struct PointsAccount: Facet {
  static let kind = FacetKind.account
  static let version: UInt8 = 1
  static let orderCapacity = 256
  static let waitingCapacity = 64

  /// Points the customer can pay with.
  private(set) var available: Int64 = 0
  /// Points taken back that the customer had no more; paid by the next ones that become available.
  private(set) var debt: Int64 = 0
  /// In the order in which they were paid.
  private(set) var orders: [OrderPoints] = []
  /// In the order in which they came.
  private(set) var waiting: [Reversal] = []

  init() {}

  /// Points granted that are not available yet.
  var pending: Int64 { orders.reduce(0) { $0 + $1.pending } }

  var nextDue: Instant? { orders.lazy.compactMap(\.confirmAt).min() }

  func order(_ id: OrderID) -> OrderPoints? { orders.first { $0.order == id } }

  /// The pending order whose confirmation is due first, when that is not after `now`.
  func firstDue(by now: Instant) -> OrderPoints? {
    let due = orders.filter { $0.confirmAt.map { $0 <= now } ?? false }
    return due.min { ($0.confirmAt, $0.paidAt) < ($1.confirmAt, $1.paidAt) }
  }

  /// The order that has to be confirmed and forgotten before another fits; nil when there is room.
  func orderToLeave() -> OrderPoints? {
    guard orders.count >= Self.orderCapacity else { return nil }
    return orders.first { $0.confirmAt == nil } ?? orders.first
  }

  mutating func forget(_ id: OrderID) { orders.removeAll { $0.order == id } }

  mutating func add(_ order: OrderPoints) {
    let index = orders.firstIndex { $0.paidAt > order.paidAt } ?? orders.endIndex
    orders.insert(order, at: index)
  }

  /// Sets when the order's pending points become available; nothing when they are already.
  mutating func schedule(_ id: OrderID, confirmAt: Instant) {
    guard let index = orders.firstIndex(where: { $0.order == id && $0.confirmAt != nil }) else { return }
    orders[index].confirmAt = confirmAt
  }

  /// Makes the order's pending points available, debt first. Returns how many there were.
  mutating func confirm(_ id: OrderID) -> Int64 {
    guard let index = orders.firstIndex(where: { $0.order == id }) else { return 0 }
    let points = orders[index].pending
    orders[index].confirmAt = nil
    credit(points)
    return points
  }

  /// Takes `points` off available; what is missing becomes debt. Returns what was missing.
  mutating func debit(_ points: Int64) -> Int64 {
    let covered = min(points, available)
    available -= covered
    debt = debt.addingClamped(points - covered)
    return points - covered
  }

  /// Adds `points` that are available at once, debt first.
  mutating func credit(_ points: Int64) {
    let paid = min(points, debt)
    debt -= paid
    available = available.addingClamped(points - paid)
  }

  /// Records a refund of `amount` minor units and takes back the share of the points that it stands for:
  /// `floor(granted x refundedSoFar / total) - reversedSoFar`. Returns how many points that is.
  mutating func refund(_ id: OrderID, amount: Int64) -> Int64 {
    guard let index = orders.firstIndex(where: { $0.order == id }), !orders[index].isCancelled else { return 0 }
    orders[index].refunded = min(orders[index].total, orders[index].refunded.addingClamped(amount))
    let order = orders[index]
    guard order.total > 0 else { return 0 }
    let due = Int64(Int128(order.granted) * Int128(order.refunded) / Int128(order.total))
    return takeBack(due - order.reversed, at: index)
  }

  /// Takes back all that is left of the order's points and forbids any more. Returns how many points that is, and how
  /// many redeemed ones are to be restored.
  mutating func cancel(_ id: OrderID) -> (reversed: Int64, restored: Int64) {
    guard let index = orders.firstIndex(where: { $0.order == id }), !orders[index].isCancelled else { return (0, 0) }
    orders[index].isCancelled = true
    let reversed = takeBack(orders[index].granted - orders[index].reversed, at: index)
    orders[index].confirmAt = nil
    return (reversed, orders[index].redeemed)
  }

  private mutating func takeBack(_ points: Int64, at index: Int) -> Int64 {
    let isPending = orders[index].confirmAt != nil
    orders[index].reversed += points
    if !isPending { _ = debit(points) }
    return points
  }

  /// Keeps what came before its order; returns the one that had to leave for it.
  mutating func wait(for reversal: Reversal) -> Reversal? {
    waiting.append(reversal)
    return waiting.count > Self.waitingCapacity ? waiting.removeFirst() : nil
  }

  /// Removes and returns what has waited for the order.
  mutating func takeWaiting(for id: OrderID) -> [Reversal] {
    let found = waiting.filter { $0.order == id }
    waiting.removeAll { $0.order == id }
    return found
  }

  init(from reader: inout FacetReader, version: UInt8) throws(FacetError) {
    available = try reader.amount()
    debt = try reader.amount()
    for _ in 0..<(try reader.count()) { orders.append(try OrderPoints(from: &reader)) }
    try reader.requireDistinct(orders.map(\.order))
    for _ in 0..<(try reader.count()) { waiting.append(try Reversal(from: &reader)) }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(available)
    writer.put(debt)
    writer.put(UInt64(orders.count))
    for order in orders { order.encode(into: &writer) }
    writer.put(UInt64(waiting.count))
    for reversal in waiting { reversal.encode(into: &writer) }
  }
}

/// What one order granted.
struct OrderPoints: Equatable, Sendable {
  let order: OrderID
  let paidAt: Instant
  /// What was paid, in minor units.
  let total: Int64
  /// Points granted.
  let granted: Int64
  /// Points the customer paid with.
  let redeemed: Int64
  /// Points taken back so far, at most `granted`.
  var reversed: Int64 = 0
  /// Refunded so far, in minor units, at most `total`.
  var refunded: Int64 = 0
  var isCancelled = false
  /// When the points become available; nil when they are, or when the order was cancelled.
  var confirmAt: Instant?

  var pending: Int64 { confirmAt == nil ? 0 : granted - reversed }

  init(order: OrderID, paidAt: Instant, total: Int64, granted: Int64, redeemed: Int64, confirmAt: Instant) {
    self.order = order
    self.paidAt = paidAt
    self.total = total
    self.granted = granted
    self.redeemed = redeemed
    self.confirmAt = confirmAt
  }

  init(from reader: inout FacetReader) throws(FacetError) {
    order = try reader.identifier(Named.Order.self)
    paidAt = try reader.instant()
    total = try reader.amount()
    granted = try reader.amount()
    redeemed = try reader.amount()
    reversed = try reader.amount()
    refunded = try reader.amount()
    guard granted <= PointsRules.largestGrant, reversed <= granted, refunded <= total else {
      throw FacetError("holds an order whose amounts contradict each other")
    }
    isCancelled = try reader.byte() != 0
    confirmAt = try reader.optionalInstant()
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(order)
    writer.put(paidAt)
    writer.put(total)
    writer.put(granted)
    writer.put(redeemed)
    writer.put(reversed)
    writer.put(refunded)
    writer.put(byte: isCancelled ? 1 : 0)
    writer.put(confirmAt)
  }
}

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

extension Int64 {
  /// The sum, or the largest value where it does not fit; for sums of amounts that are at least 0.
  func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? Int64.max : sum
  }
}

/// Orders an absent instant after every present one.
private func < (a: (Instant?, Instant), b: (Instant?, Instant)) -> Bool {
  let left = a.0?.milliseconds ?? Int64.max
  let right = b.0?.milliseconds ?? Int64.max
  return left != right ? left < right : a.1 < b.1
}
