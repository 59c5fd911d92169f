import Retention

/// What was done, counted. A unit of work has its own, which joins the worker's when it is committed, so that nothing
/// is counted that did not happen.
public struct Tally: Sendable, Equatable {
  /// Records read, forwarded ones at each hop.
  public var records = 0
  /// Events processed, by type and by what became of them.
  public var outcomes: [EventOutcome: Int] = [:]
  /// Events of a type nobody knows, all types together.
  public var ignored = 0
  /// Timers fired.
  public var timers = 0
  /// Notices published, by kind.
  public var notifications: [String: Int] = [:]
  /// Ledger entries published, by kind.
  public var ledger: [String: Int] = [:]
  /// Notices not sent, by reason.
  public var suppressed: [String: Int] = [:]
  /// Unusual things, by name.
  public var observations: [String: Int] = [:]
  /// Dead letters, by reason.
  public var deadLetters: [String: Int] = [:]
  /// Records handed on to the partition that owns their customer, by the topic they came from.
  public var forwarded: [String: Int] = [:]
  /// Changelog records written.
  public var changes = 0
  /// Transactions committed.
  public var commits = 0
  /// Seconds from the append of each record to the commit, by the brokers' clock and this machine's.
  public var latency = Histogram.latency
  /// How long the transactions were open, in seconds.
  public var transactionSeconds = Histogram.transactionSeconds
  /// How many records they took.
  public var transactionRecords = Histogram.transactionRecords

  /// Nothing counted.
  public init() {}

  /// Events processed, by type.
  public var events: [String: Int] {
    outcomes.reduce(into: [:]) { $0[$1.key.type.rawValue, default: 0] += $1.value }
  }

  /// Counts an event and what came of it.
  mutating func count(_ outcome: Outcome, of type: EventType) {
    outcomes[EventOutcome(type: type, result: EventOutcome.Result(outcome)), default: 0] += 1
    count(outcome)
  }

  mutating func count(_ outcome: Outcome) {
    for notification in outcome.notifications { notifications[notification.kind.rawValue, default: 0] += 1 }
    for entry in outcome.ledger { ledger[entry.kind.rawValue, default: 0] += 1 }
    for suppression in outcome.suppressed { suppressed[suppression.why.rawValue, default: 0] += 1 }
    for observation in outcome.observations { observations[observation.rawValue, default: 0] += 1 }
  }

  /// Adds what another counted.
  public mutating func add(_ other: Tally) {
    records += other.records
    ignored += other.ignored
    timers += other.timers
    changes += other.changes
    commits += other.commits
    outcomes.merge(other.outcomes, uniquingKeysWith: +)
    for histogram in [\Tally.latency, \.transactionSeconds, \.transactionRecords] {
      self[keyPath: histogram].add(other[keyPath: histogram])
    }
    for field in [\Tally.notifications, \.ledger, \.suppressed, \.observations, \.deadLetters, \.forwarded] {
      self[keyPath: field].merge(other[keyPath: field], uniquingKeysWith: +)
    }
  }
}

/// A type of event and what became of it.
public struct EventOutcome: Sendable, Hashable {
  /// The event's type.
  public let type: EventType
  /// What became of it.
  public let result: Result

  /// What became of an event.
  public enum Result: String, CaseIterable, Sendable {
    /// It was taken.
    case processed
    /// It, or its order, was taken before.
    case duplicate
    /// Its customer was erased before.
    case erased

    init(_ outcome: Outcome) {
      if outcome.observations.contains(where: { $0 == .duplicateEvent || $0 == .duplicateOrder }) {
        self = .duplicate
      } else {
        self = outcome.observations.contains(.erasedCustomer) ? .erased : .processed
      }
    }
  }
}
