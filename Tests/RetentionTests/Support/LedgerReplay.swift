@testable import Retention

/// Balances rebuilt from the kinds, orders and points of ledger entries alone, as `LedgerEntry.Kind` says.
struct LedgerReplay {
  private(set) var available: Int64 = 0
  private(set) var debt: Int64 = 0
  /// By order; an order that was confirmed is not in it any more.
  private var pendingByOrder: [OrderID: Int64] = [:]

  var pending: Int64 { pendingByOrder.values.reduce(0, +) }

  /// Nil when the entry contradicts those before it.
  mutating func take(_ entry: LedgerEntry) -> Booking? {
    switch entry.kind {
    case .accrued:
      guard pendingByOrder[entry.order] == nil else { return nil }
      pendingByOrder[entry.order] = entry.points
    case .confirmed:
      guard pendingByOrder.removeValue(forKey: entry.order) == entry.points else { return nil }
      give(entry.points)
    case .reversed:
      if let points = pendingByOrder[entry.order] {
        pendingByOrder[entry.order] = points + entry.points
      } else {
        take(-entry.points)
      }
    case .redeemed: take(-entry.points)
    case .restored: give(entry.points)
    }
    return Booking(entry.kind, entry.points, available: available, pending: pending, debt: debt)
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
