/// The sums of a points account, as the account itself gives them or as a ledger entry says they are.
struct Balances: Equatable, Sendable {
  let available: Int64
  let pending: Int64
  let debt: Int64

  /// What the customer can pay with, less what is owed.
  private var settled: Int64 { available &- debt }

  /// No sum is below zero, and what is owed is paid before anything is available.
  private var arePossible: Bool { available >= 0 && pending >= 0 && debt >= 0 && (available == 0 || debt == 0) }

  /// Sums stop at the largest integer instead of overflowing; from there on nothing adds up, and that is no fault.
  private var areClamped: Bool { available == Int64.max || debt == Int64.max }

  /// Whether an entry of this kind and this many points leads from these balances to `next`.
  private func lead(to next: Balances, by kind: LedgerEntry.Kind, _ points: Int64) -> Bool {
    if areClamped || next.areClamped { return true }
    let (settled, pending) = (next.settled &- self.settled, next.pending &- self.pending)
    return switch kind {
    case .accrued, .released: pending == points && settled == 0
    case .confirmed: pending == 0 &- points && settled == points
    case .redeemed, .restored, .expired: pending == 0 && settled == points
    case .held: pending == 0 && settled == 0
    case .reversed: (pending == points && settled == 0) || (pending == 0 && settled == points)
    }
  }

  /// How the entries of one event or timer contradict the account before and after it; nil when they do not: the last one
  /// holds the balances that the account is left with, and each one's points explain how its balances came from those
  /// before. Every event is checked, so that integers are compared and nothing is allocated; the sums wrap, as no account,
  /// however wrong, may end the process.
  static func contradiction(from before: Balances, through entries: [LedgerEntry], to after: Balances) -> String? {
    var balances = before
    for entry in entries {
      let next = Balances(entry)
      guard balances.lead(to: next, by: entry.kind, entry.points) else {
        return "the points of a ledger entry do not explain its balances"
      }
      balances = next
    }
    guard balances == after else { return "the account is not left with the balances of its last ledger entry" }
    return after.arePossible ? nil : "the balances of the account are impossible"
  }
}

extension Balances {
  /// What the account holds.
  init(_ account: PointsAccount) {
    self.init(available: account.available, pending: account.pending, debt: account.debt)
  }

  /// What the entry says that the account holds after it.
  init(_ entry: LedgerEntry) { self.init(available: entry.available, pending: entry.pending, debt: entry.debt) }
}
