@testable import Retention

/// Balances rebuilt from the kinds, orders and points of ledger entries alone, as `LedgerEntry.Kind` says.
struct LedgerReplay {
  private(set) var available: Int64 = 0
  private(set) var debt: Int64 = 0
  /// By order; an order that was confirmed is not in it any more.
  private var pendingByOrder: [OrderID: Int64] = [:]
  /// By order; in no balance.
  private var heldByOrder: [OrderID: Int64] = [:]

  var pending: Int64 { pendingByOrder.values.reduce(0, +) }

  /// Nil when the entry contradicts those before it.
  mutating func take(_ entry: LedgerEntry) -> Booking? {
    if let order = entry.order {
      guard take(entry.kind, entry.points, of: order) else { return nil }
    } else {
      // Nothing else happens without an order, and what is not there cannot expire.
      guard entry.kind == .expired, available >= -entry.points else { return nil }
      take(-entry.points)
    }
    return Booking(entry.kind, entry.points, available: available, pending: pending, debt: debt)
  }

  private mutating func take(_ kind: LedgerEntry.Kind, _ points: Int64, of order: OrderID) -> Bool {
    switch kind {
    case .accrued:
      guard pendingByOrder[order] == nil else { return false }
      pendingByOrder[order] = points
    case .held: heldByOrder[order, default: 0] += points
    case .released:
      guard pendingByOrder[order] == nil, heldByOrder.removeValue(forKey: order) == points else { return false }
      pendingByOrder[order] = points
    case .confirmed:
      guard pendingByOrder.removeValue(forKey: order) == points else { return false }
      give(points)
    case .reversed:
      if let pending = pendingByOrder[order] {
        pendingByOrder[order] = pending + points
      } else {
        take(-points)
      }
    case .redeemed: take(-points)
    case .restored: give(points)
    case .expired: return false
    }
    return heldByOrder[order, default: 0] >= 0
  }

  private mutating func give(_ points: Int64) {
    let paid = min(points, debt)
    debt -= paid
    available += points - paid
  }

  private mutating func take(_ points: Int64) {
    let covered = min(points, available)
    available -= covered
    debt += points - covered
  }
}

/// The part of a ledger entry that arithmetic decides.
struct Booking: Equatable, CustomStringConvertible {
  let kind: LedgerEntry.Kind
  let points: Int64
  let available: Int64
  let pending: Int64
  let debt: Int64

  init(_ kind: LedgerEntry.Kind, _ points: Int64, available: Int64 = 0, pending: Int64 = 0, debt: Int64 = 0) {
    self.kind = kind
    self.points = points
    self.available = available
    self.pending = pending
    self.debt = debt
  }

  init(_ entry: LedgerEntry) {
    self.init(entry.kind, entry.points, available: entry.available, pending: entry.pending, debt: entry.debt)
  }

  var description: String { "\(kind) \(points) -> available \(available), pending \(pending), debt \(debt)" }
}
