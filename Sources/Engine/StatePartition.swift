import Kafka
import Retention

/// The committed state of one partition: the stored facets of its customers, and when they are due.
final class StatePartition {
  let partition: Partition
  private(set) var customers = CustomerTable()
  private(set) var timers = TimerIndex()
  /// The changelog offset up to which the state knows of every record: where it was restored to, and after that behind
  /// the last record that this worker wrote.
  var changelogEnd = Offset(0)
  /// Stored bytes of all facets.
  private(set) var byteCount = 0
  /// How many facets are due some time.
  private var dueCount = 0

  init(_ partition: Partition) { self.partition = partition }

  /// The stored form of a facet; nil when nothing is remembered.
  func facet(_ kind: FacetKind, of customer: CustomerID) -> [UInt8]? {
    switch customers[customer] {
    case .some(let stored): stored[kind]
    case .none: nil
    }
  }

  /// Replaces the stored forms of facets of a customer, each at most once, and indexes their due times when they are new ones.
  /// Throws when bytes are no facet; nothing has changed then.
  func apply(_ changes: [FacetChange], to customer: CustomerID) throws(FacetError) {
    let hash = CustomerTable.hash(of: customer)
    let new = StoredFacets(customers[customer, hash], of: customer, replacing: changes)
    try put(new, of: customer, hash, changed: FacetSet(of: changes))
  }

  /// Replaces the facets of the customer, whose hash is `hash`. Those named may differ from what is stored; their due times are
  /// indexed when they are new ones. Throws when bytes are no facet; nothing has changed then.
  func put(
    _ new: consuming StoredFacets?, of customer: CustomerID, _ hash: UInt64, changed: FacetSet
  ) throws(FacetError) {
    // By the number of the facet.
    var due = InlineArray<16, Instant?>(repeating: nil)
    for kind in changed.kinds { due[Int(kind.rawValue)] = try new?.nextDue(of: kind) ?? nil }
    byteCount += Self.byteCount(of: new)
    let old = customers.replace(customer, hash, by: new)
    byteCount -= Self.byteCount(of: old)
    for kind in changed.kinds {
      let (due, oldDue) = (due[Int(kind.rawValue)], try old?.nextDue(of: kind) ?? nil)
      guard due != oldDue else { continue }
      dueCount += (due == nil ? 0 : 1) - (oldDue == nil ? 0 : 1)
      if let due { timers.insert(TimerIndex.Hint(due: due, facet: kind, hash: hash)) }
    }
    if timers.count > 2 * dueCount + Self.sweepFloor { sweepTimers() }
  }

  private static func byteCount(of stored: borrowing StoredFacets?) -> Int {
    switch stored {
    case .some(let stored): stored.byteCount
    case .none: 0
    }
  }

  /// Replaces the stored form of one facet.
  func apply(_ change: FacetChange, to customer: CustomerID) throws(FacetError) { try apply([change], to: customer) }

  /// A due time that was replaced leaves its entry behind, for days when it lies days ahead: a busy customer leaves one with
  /// every order. When more than half are such, all of them are swept out, so that the index is as large as the state.
  private func sweepTimers() { timers.sweep { !entries(of: $0).isEmpty } }

  private static let sweepFloor = 64

  /// What is due as the hint says: nothing when the facet has moved on.
  private func entries(of hint: TimerIndex.Hint) -> [TimerEntry] {
    var entries: [TimerEntry] = []
    customers.forEachMatching(hint.hash) { stored in
      // Bytes that are no facet were refused when they came.
      guard (try? stored.nextDue(of: hint.facet)) == hint.due else { return }
      entries.append(TimerEntry(due: hint.due, customer: stored.customer, facet: hint.facet))
    }
    return entries
  }

  /// Whether what the entry says is so: the facet is due at that time.
  func isDue(_ entry: TimerEntry) -> Bool {
    // Bytes that are no facet were refused when they came.
    (try? customers[entry.customer]?.nextDue(of: entry.facet)) == entry.due
  }

  func schedule(_ entry: TimerEntry) { timers.insert(entry) }

  /// Makes room for customers that are about to be put.
  func reserve(_ count: Int) { customers.reserve(count) }

  /// Removes the earliest hint that is due. Returns what is due by it, which is nothing when the facet has moved on, and which the
  /// caller puts back when its unit of work is dropped; nil when no hint is due.
  func popDue(by now: Instant) -> [TimerEntry]? { timers.popDue(by: now).map(entries) }
}
