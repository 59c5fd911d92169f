import Retention

/// What was done, counted. A unit of work has its own, which joins the worker's when it is committed, so that nothing
/// is counted that did not happen.
public struct Tally: Sendable, Equatable {
  /// Records read, forwarded ones at each hop.
  public var records = 0
  /// Events processed, by type.
  public var events: [String: Int] = [:]
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

  /// Nothing counted.
  public init() {}

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
    for field in [\Tally.events, \.notifications, \.ledger, \.suppressed, \.observations, \.deadLetters, \.forwarded] {
      self[keyPath: field].merge(other[keyPath: field], uniquingKeysWith: +)
    }
  }
}
