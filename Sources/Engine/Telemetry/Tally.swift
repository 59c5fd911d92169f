import Retention

/// What was done, counted. A unit of work has its own, which joins the worker's when it is committed, so that nothing
/// is counted that did not happen.
public struct Tally: Sendable {
  /// Records read, forwarded ones at each hop.
  public var records = 0
  /// Events of a type nobody knows, all types together.
  public var ignored = 0
  /// Timers fired.
  public var timers = 0
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

  private var eventOutcomes = Counts<EventOutcome>()
  private var noticeKinds = Counts<NoticeKind>()
  private var entryKinds = Counts<LedgerEntry.Kind>()
  private var suppressions = Counts<Suppression>()
  private var unusual = Counts<Observation>()
  private var rejects = Counts<Reject.Code>()
  private var forwardedTopics = Counts<String>()

  /// Nothing counted.
  public init() {}

  /// Events processed, by type and by what became of them.
  public var outcomes: [EventOutcome: Int] { eventOutcomes.byKey }
  /// Notices published, by kind.
  public var notifications: [String: Int] { noticeKinds.byName }
  /// Ledger entries published, by kind.
  public var ledger: [String: Int] { entryKinds.byName }
  /// Notices not sent, by reason.
  public var suppressed: [String: Int] { suppressions.byName }
  /// Unusual things, by name.
  public var observations: [String: Int] { unusual.byName }
  /// Dead letters, by reason.
  public var deadLetters: [String: Int] { rejects.byName }
  /// Records handed on to the partition that owns their customer, by the topic they came from.
  public var forwarded: [String: Int] { forwardedTopics.byKey }

  /// Events processed, by type.
  public var events: [String: Int] {
    outcomes.reduce(into: [:]) { $0[$1.key.type.rawValue, default: 0] += $1.value }
  }

  /// Counts an event and what came of it.
  mutating func count(_ outcome: Outcome, of type: EventType) {
    eventOutcomes.add(EventOutcome(type: type, result: EventOutcome.Result(outcome.observations)))
    count(outcome)
  }

  mutating func count(_ outcome: Outcome) {
    // Where they lie: they are large.
    for index in outcome.notifications.indices { noticeKinds.add(outcome.notifications[index].kind) }
    for index in outcome.ledger.indices { entryKinds.add(outcome.ledger[index].kind) }
    for suppression in outcome.suppressed { suppressions.add(suppression.why) }
    for observation in outcome.observations { unusual.add(observation) }
  }

  /// Counts a dead letter.
  mutating func count(_ reject: Reject) { rejects.add(reject.code) }

  /// Counts a record that is handed on.
  mutating func countForwarded(from topic: String) { forwardedTopics.add(topic) }

  /// Adds what another counted.
  public mutating func add(_ other: Tally) {
    records += other.records
    ignored += other.ignored
    timers += other.timers
    changes += other.changes
    commits += other.commits
    latency.add(other.latency)
    transactionSeconds.add(other.transactionSeconds)
    transactionRecords.add(other.transactionRecords)
    eventOutcomes.add(other.eventOutcomes)
    noticeKinds.add(other.noticeKinds)
    entryKinds.add(other.entryKinds)
    suppressions.add(other.suppressions)
    unusual.add(other.unusual)
    rejects.add(other.rejects)
    forwardedTopics.add(other.forwardedTopics)
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

    init(_ observations: [Observation]) {
      if observations.isEmpty {
        self = .processed
      } else if observations.contains(where: { $0 == .duplicateEvent || $0 == .duplicateOrder }) {
        self = .duplicate
      } else {
        self = observations.contains(.erasedCustomer) ? .erased : .processed
      }
    }
  }
}
