import Engine
import Retention

/// Virtual time: it passes only when somebody says so, and what was scheduled happens on the way.
///
/// It is `Sendable` by decree: one simulation is driven by one thread.
package final class Timeline: EngineClock, @unchecked Sendable {
  private struct Entry {
    let at: Duration
    /// Things of one instant happen in the order in which they were scheduled.
    let number: Int
    let action: () -> Void

    static func < (a: Entry, b: Entry) -> Bool { a.at == b.at ? a.number < b.number : a.at < b.at }
  }

  /// Time since the beginning.
  package private(set) var elapsed = Duration.zero
  /// How much the time of day moves in a millisecond; 0 leaves it where it was set.
  private let rate: Int64
  /// What the time of day was when it was set last, and when that was.
  private var anchor: (now: Instant, elapsed: Duration)
  private var heap: [Entry] = []
  private var nextNumber = 0

  /// A time that begins at `now`, and at `rate` milliseconds of the day a millisecond.
  package init(now: Instant, rate: Int64 = 0) {
    self.rate = rate
    anchor = (now, .zero)
  }

  /// The present.
  package func read() -> Moment { Moment(now: now, elapsed: elapsed) }

  /// The time of day, which may be set to anything.
  package var now: Instant {
    get { anchor.now + TimeSpan(milliseconds: milliseconds(elapsed - anchor.elapsed) * rate) }
    set { anchor = (newValue, elapsed) }
  }

  /// Does something after a while; at once when that is none.
  package func schedule(after delay: Duration, _ action: @escaping () -> Void) {
    guard delay > .zero else { return action() }
    heap.append(Entry(at: elapsed + delay, number: nextNumber, action: action))
    nextNumber += 1
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// Lets time pass; what is due meanwhile happens at its time.
  package func pass(_ duration: Duration) {
    let end = elapsed + duration
    while let first = heap.first, first.at <= end {
      removeFirst()
      elapsed = max(elapsed, first.at)
      first.action()
    }
    elapsed = max(elapsed, end)
  }

  private func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private func milliseconds(_ duration: Duration) -> Int64 {
    duration.components.seconds * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000
  }
}
