import Retention

/// A facet of a customer that is due.
package struct TimerEntry: Hashable, Sendable {
  package let due: Instant
  package let customer: CustomerID
  package let facet: FacetKind

  package init(due: Instant, customer: CustomerID, facet: FacetKind) {
    self.due = due
    self.customer = customer
    self.facet = facet
  }
}

/// The due times of one partition, earliest first. The facets hold the truth: what is here is only a hint to look at one,
/// and one whose facet has moved on since is dropped when it comes up.
package struct TimerIndex {
  /// When a facet is due, and the customer by a hash and not by name: most customers have several timers, and a hint takes 16
  /// bytes however long the identifiers are.
  package struct Hint: Hashable, Sendable {
    package let due: Instant
    /// The facet's number in the four highest bits, the customer's hash in the others.
    private let mark: UInt64

    init(due: Instant, facet: FacetKind, hash: UInt64) {
      self.due = due
      mark = UInt64(facet.rawValue) << 60 | hash & ~(15 << 60)
    }

    /// The facet. There is one of the number, as there was when the hint was made.
    var facet: FacetKind { FacetKind(rawValue: UInt8(mark >> 60)) ?? { preconditionFailure() }() }

    /// The customer's hash without its four highest bits.
    var hash: UInt64 { mark & ~(15 << 60) }
  }

  /// A binary heap: every hint is due no later than its children at `2i + 1` and `2i + 2`.
  private var heap: [Hint] = []

  package init() {}

  var count: Int { heap.count }
  var earliest: Instant? { heap.first?.due }

  package mutating func insert(_ entry: TimerEntry) {
    insert(Hint(due: entry.due, facet: entry.facet, hash: CustomerTable.hash(of: entry.customer)))
  }

  mutating func insert(_ hint: Hint) {
    var child = heap.count
    // By a quarter and not to the double: there are as many hints as customers.
    if child == heap.capacity { heap.reserveCapacity(child + child / 4 + 16) }
    heap.append(hint)
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].due < heap[parent].due else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// How many hints are due by `now`; looks at no more than these and their children.
  func countDue(by now: Instant) -> Int {
    var count = 0
    var open = [0]
    while let index = open.popLast() {
      guard index < heap.count, heap[index].due <= now else { continue }
      count += 1
      open += [2 * index + 1, 2 * index + 2]
    }
    return count
  }

  /// Removes and returns the earliest hint when it is due by `now`.
  package mutating func popDue(by now: Instant) -> Hint? {
    guard let first = heap.first, first.due <= now else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    sink(0)
    return first
  }

  /// Removes what is not current any more, and what is there more than once.
  mutating func sweep(keeping isCurrent: (Hint) -> Bool) {
    var kept = Set<Hint>()
    heap.removeAll { !isCurrent($0) || !kept.insert($0).inserted }
    for parent in (0..<heap.count / 2).reversed() { sink(parent) }
  }

  private mutating func sink(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].due < heap[least].due {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
