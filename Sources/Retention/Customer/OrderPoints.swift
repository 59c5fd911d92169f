/// What one order granted.
struct OrderPoints: Equatable, Sendable {
  let order: OrderID
  let paidAt: Instant
  /// The local month of that, where the customer lived then; nil of an order that was stored before months were.
  let paidIn: LocalMonth?
  /// What was paid, in minor units.
  let total: Int64
  /// That of the amounts; nil of an order that was stored before currencies were.
  let currency: Currency?
  /// Points granted.
  let granted: Int64
  /// Points the customer paid with.
  let redeemed: Int64
  /// Those of them that were available, by lot; the others became debt.
  let redeemedParts: [LotPart]
  /// Points taken back so far, at most `granted`.
  var reversed: Int64 = 0
  /// Refunded so far, in minor units, at most `total`.
  var refunded: Int64 = 0
  var isCancelled = false
  /// When the points become available; nil when they are, or when the order was cancelled.
  var confirmAt: Instant?
  /// Until when the points are held because the customer earned suspiciously many; nil when they are not.
  var heldUntil: Instant?

  var isHeld: Bool { heldUntil != nil }

  /// Points that are not available yet, without those held.
  var pending: Int64 { confirmAt == nil || isHeld ? 0 : granted - reversed }

  /// When something is to be done about the points; nil when they are available, or when the order was cancelled.
  var dueAt: Instant? { heldUntil ?? confirmAt }

  init(
    order: OrderID, paidAt: Instant, paidIn: LocalMonth?, total: Int64, currency: Currency?, granted: Int64,
    redeemed: Int64,
    redeemedParts: [LotPart] = [],
    confirmAt: Instant, heldUntil: Instant? = nil
  ) {
    self.order = order
    self.paidAt = paidAt
    self.paidIn = paidIn
    self.total = total
    self.currency = currency
    self.granted = granted
    self.redeemed = redeemed
    self.redeemedParts = redeemedParts
    self.confirmAt = confirmAt
    self.heldUntil = heldUntil
  }

  /// The points to give back that the order redeemed, by the month at whose end they expire: each as it was, but none before
  /// the end of `present`. What had become debt comes first, and lives as long as new points do, until the end of `fresh`.
  func restorable(notBefore present: LocalMonth, fresh: LocalMonth?) -> [LotPart] {
    var parts: [LotPart] = []
    func add(_ points: Int64, _ month: LocalMonth?) {
      guard points > 0 else { return }
      if let index = parts.firstIndex(where: { $0.month == month }) {
        parts[index].points += points
      } else {
        parts.append(LotPart(month: month, points: points))
      }
    }
    add(redeemed - redeemedParts.reduce(0) { $0 + $1.points }, fresh)
    for part in redeemedParts { add(part.points, part.month.map { max($0, present) }) }
    return parts
  }

  init(from reader: inout FacetReader, version: UInt8) throws(FacetError) {
    order = try reader.identifier(Named.Order.self)
    paidAt = try reader.instant()
    paidIn = version >= 2 ? try reader.optionalMonth() : nil
    total = try reader.amount()
    currency = version >= 2 ? try reader.optionalCurrency() : nil
    granted = try reader.amount()
    redeemed = try reader.amount()
    redeemedParts =
      version >= 2 ? try reader.list { reader throws(FacetError) in try LotPart(from: &reader) } : []
    reversed = try reader.amount()
    refunded = try reader.amount()
    guard granted <= PointsRules.largestGrant, reversed <= granted, refunded <= total,
      redeemedParts.reduce(Int128(0), { $0 + Int128($1.points) }) <= redeemed
    else {
      throw FacetError("holds an order whose amounts contradict each other")
    }
    isCancelled = try reader.byte() != 0
    confirmAt = try reader.optionalInstant()
    if version >= 2 {
      heldUntil = try reader.optionalInstant()
    }
    guard heldUntil == nil || confirmAt != nil else { throw FacetError("holds back points that are available") }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(order)
    writer.put(paidAt)
    writer.put(paidIn)
    writer.put(total)
    writer.put(currency)
    writer.put(granted)
    writer.put(redeemed)
    writer.put(list: redeemedParts) { $0.encode(into: &$1) }
    writer.put(reversed)
    writer.put(refunded)
    writer.put(byte: isCancelled ? 1 : 0)
    writer.put(confirmAt)
    writer.put(heldUntil)
  }
}
