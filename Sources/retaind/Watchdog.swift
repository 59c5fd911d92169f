import Engine

/// Decides when the service manager's watchdog is fed: while every worker moves, and no longer.
///
/// A stall is told once, whether or not there is a service manager that would start the process anew.
struct Watchdog {
  /// What one look found.
  struct Finding: Equatable {
    /// Whether the service manager is to be told that all is well.
    var feeds = false
    /// Workers that were found to stand still for the first time.
    var stalled: [Stall] = []
    /// Workers that move again.
    var recovered: [Int] = []
  }

  private let interval: Duration?
  private var fedAt: Duration?
  private var lookedAt: Duration?
  private var known: Set<Int> = []

  /// `interval` is how often the service manager wants to be fed at least; nil when it does not watch.
  init(interval: Duration?) { self.interval = interval }

  /// Looks at the workers that stand still as of `now`; several times within `interval`.
  mutating func look(at now: Duration, _ stalls: [Stall]) -> Finding {
    defer { lookedAt = now }
    // The whole process stood still (SIGSTOP, a suspended machine), and the workers had no chance to come by.
    if let lookedAt, now - lookedAt > .seconds(5) { return Finding() }
    var finding = Finding()
    finding.stalled = stalls.filter { !known.contains($0.worker) }
    finding.recovered = known.subtracting(stalls.map(\.worker)).sorted()
    known = Set(stalls.map(\.worker))
    guard let interval, known.isEmpty, fedAt.map({ now - $0 >= interval / 3 }) ?? true else { return finding }
    fedAt = now
    finding.feeds = true
    return finding
  }
}
