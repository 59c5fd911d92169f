import Kafka
import Retention

/// The committed state of one partition: the stored facets of its customers, and when they are due.
final class StatePartition {
  let partition: Partition
  private(set) var customers: [CustomerID: StoredFacets] = [:]
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
  func facet(_ kind: FacetKind, of customer: CustomerID) -> [UInt8]? { customers[customer]?[kind] }

  /// Replaces the stored form of a facet and indexes its due time when that is a new one.
  /// Throws when the bytes are no facet.
  func apply(_ change: FacetChange, to customer: CustomerID) throws(FacetError) {
    let old = customers[customer, default: StoredFacets()].replace(change)
    if customers[customer]?.isEmpty == true { customers[customer] = nil }
    byteCount += (change.bytes?.count ?? 0) - (old?.count ?? 0)
    let due = try change.bytes.flatMap(dueTime)
    let oldDue = try old.flatMap(dueTime)
    dueCount += (due == nil ? 0 : 1) - (oldDue == nil ? 0 : 1)
    if let due, due != oldDue { schedule(TimerEntry(due: due, customer: customer, facet: change.kind)) }
    if timers.count > 2 * dueCount + Self.sweepFloor { sweepTimers() }
  }

  /// A due time that was replaced leaves its entry behind, for days when it lies days ahead: a busy customer leaves one with
  /// every order. When more than half are such, all of them are swept out, so that the index is as large as the state.
  private func sweepTimers() {
    timers.sweep { entry in
      // Bytes that are no facet were refused when they came.
      (try? facet(entry.facet, of: entry.customer).flatMap(dueTime)) == entry.due
    }
  }

  private static let sweepFloor = 64

  func schedule(_ entry: TimerEntry) { timers.insert(entry) }

  /// Removes and returns the earliest entry that is due; the caller puts it back when its unit of work is dropped.
  func popDue(by now: Instant) -> TimerEntry? { timers.popDue(by: now) }
}

private func dueTime(_ bytes: [UInt8]) throws(FacetError) -> Instant? { try nextDue(ofStoredFacet: bytes) }

/// The stored facets of one customer; there are few, so a list is searched from its front.
struct StoredFacets: Sendable {
  private(set) var entries: [(kind: FacetKind, bytes: [UInt8])] = []

  var isEmpty: Bool { entries.isEmpty }

  subscript(kind: FacetKind) -> [UInt8]? { entries.first { $0.kind == kind }?.bytes }

  /// Returns what was stored before.
  mutating func replace(_ change: FacetChange) -> [UInt8]? {
    let index = entries.firstIndex { $0.kind == change.kind }
    let old = index.map { entries[$0].bytes }
    switch (index, change.bytes) {
    case (let index?, let bytes?): entries[index].bytes = bytes
    case (let index?, nil): entries.remove(at: index)
    case (nil, let bytes?): entries.append((change.kind, bytes))
    case (nil, nil): break
    }
    return old
  }
}
