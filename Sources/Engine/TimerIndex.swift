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

/// The due times of one partition, earliest first. The facets hold the truth: an entry is only a hint to look at one,
/// and one whose facet has moved on since is dropped when it comes up.
package struct TimerIndex {
  /// A binary heap: every entry is due no later than its children at `2i + 1` and `2i + 2`.
  private var heap: [TimerEntry] = []

  package init() {}

  var count: Int { heap.count }
  var earliest: Instant? { heap.first?.due }

  package mutating func insert(_ entry: TimerEntry) {
    var child = heap.count
    heap.append(entry)
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].due < heap[parent].due else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// How many entries are due by `now`; looks at no more than these and their children.
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

  /// Removes and returns the earliest entry when it is due by `now`.
  package mutating func popDue(by now: Instant) -> TimerEntry? {
    guard let first = heap.first, first.due <= now else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    sink(0)
    return first
  }

  /// Removes what is not current any more, and what is there more than once.
  mutating func sweep(keeping isCurrent: (TimerEntry) -> Bool) {
    var kept = Set<TimerEntry>()
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
