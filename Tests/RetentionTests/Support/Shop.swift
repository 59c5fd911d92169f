import Testing

@testable import Retention

/// A shop with one customer: what happens is given to the program, and what comes of it is kept.
///
/// As in the daemon, every step begins with the stored facets that the program asks for and ends with storing what
/// changed, provided that the program does not contradict itself. The clock moves on to each event, timers due by then fire first, and it never goes back.
struct Shop {
  static let customer: CustomerID = id("c-1")

  private(set) var program: RetentionProgram
  private(set) var now = Instant(milliseconds: Int64.min)
  private(set) var stored: [FacetKind: [UInt8]] = [:]
  private(set) var ledger: [LedgerEntry] = []
  private(set) var notifications: [Notification] = []
  private(set) var suppressed: [NoticeKind] = []
  /// Why, for each of those.
  private(set) var reasons: [Suppression] = []
  private(set) var observations: [Observation] = []
  private var taken = 0

  /// The gate lets through whatever is not stale, at any time of day, nobody is told that nothing happens, and nothing is foretold,
  /// unless `adjust` says otherwise.
  init(_ adjust: (inout Rules) -> Void = { _ in }) throws {
    var rules = Rules()
    rules.gate.quietHours = nil
    rules.gate.servicePerDay = 1_000
    rules.logistics.lateDispatchAfterHours = 0
    rules.logistics.stalledAfterHours = 0
    rules.churn.warnAt = nil
    rules.winback.afterDays = 0
    rules.replenishment.remindAt = nil
    rules.browsing.offerAfterDays = 0
    adjust(&rules)
    self.init(try RetentionProgram(rules: rules, wording: PlainWording.all(), decoder: EventDecoder()))
  }

  init(_ program: RetentionProgram) { self.program = program }

  /// Goes on with another program, as after a restart with other rules.
  mutating func replace(_ program: RetentionProgram) { self.program = program }

  /// Calls another handler too, behind the others.
  mutating func add(_ handler: any Handler) {
    program = RetentionProgram(program, handlers: program.handlers + [handler])
  }

  /// Takes an event that happened at `time` and is seen at `seen`, or at once.
  mutating func take(_ payload: Event.Payload, at time: Instant, id name: String? = nil, seen: Instant? = nil) throws {
    let event = Event(id: id(name ?? "e-\(taken + 1)"), time: time, customer: Self.customer, payload: payload)
    try take(event, seen: seen)
  }

  /// Takes an event as it is.
  mutating func take(_ event: Event, seen: Instant? = nil, origin: Cause.Origin? = nil) throws {
    taken += 1
    try advance(to: seen ?? event.time)
    let origin = origin ?? Cause.Origin(topic: "orders", partition: 3, offset: Int64(taken))
    try step(program.facets(for: event.type)) { [program, now] in
      program.process(event, origin: origin, customer: &$0, now: now)
    }
  }

  /// Fires what is due by `instant`, each timer at its own time.
  mutating func advance(to instant: Instant) throws {
    while let (facet, due) = try nextTimer(), due <= instant {
      now = max(now, due)
      try fire(facet)
    }
    now = max(now, instant)
  }

  /// Does nothing until `instant`, as a daemon that is down; then takes an event before anything that is due.
  mutating func wakeUp(with event: Event, at instant: Instant) throws {
    now = max(now, instant)
    taken += 1
    let origin = Cause.Origin(topic: "orders", partition: 3, offset: Int64(taken))
    try step(program.facets(for: event.type)) { [program, now] in
      program.process(event, origin: origin, customer: &$0, now: now)
    }
  }

  /// Does nothing until `instant`, as a daemon that is down; then fires everything that is due.
  mutating func sleep(until instant: Instant) throws {
    now = max(now, instant)
    while let (facet, due) = try nextTimer(), due <= now { try fire(facet) }
  }

  private mutating func fire(_ facet: FacetKind) throws {
    try step(program.facets(firing: facet)) { [program, now] in program.fire(facet, customer: &$0, now: now) }
    let due = try stored[facet].flatMap { try nextDue(ofStoredFacet: $0) }
    try #require(due.map { $0 > now } ?? true, "a timer that fired must not stay due")
  }

  private func nextTimer() throws -> (FacetKind, Instant)? {
    let timers = try stored.compactMap { kind, bytes in try nextDue(ofStoredFacet: bytes).map { (kind, $0) } }
    return timers.min { ($0.1, $0.0.rawValue) < ($1.1, $1.0.rawValue) }
  }

  private mutating func step(_ facets: FacetSet, _ body: (inout Customer) -> Outcome) throws {
    var customer = Customer(id: Self.customer)
    try customer.load(facets) { stored[$0] }
    let outcome = body(&customer)
    try #require(outcome.violation == nil)
    for change in customer.changes(from: { stored[$0] }) { stored[change.kind] = change.bytes }
    ledger += outcome.ledger
    notifications += outcome.notifications
    suppressed += outcome.suppressed.map(\.kind)
    reasons += outcome.suppressed.map(\.why)
    observations += outcome.observations
  }
}

extension Shop {
  func order(_ name: String) throws -> TrackedOrder? { try orders().order(id(name)) }
  func account() throws -> PointsAccount { try PointsAccount.decode(stored[.account]) }
  func pastOrders() throws -> PastOrders { try PastOrders.decode(stored[.pastOrders]) }
  func quietOrders() throws -> QuietOrders { try QuietOrders.decode(stored[.quietOrders]) }
  func standing() throws -> Standing { try Standing.decode(stored[.standing]) }
  func rhythm() throws -> Rhythm { try Rhythm.decode(stored[.rhythm]) }
  func items() throws -> Items { try Items.decode(stored[.items]) }
  func browsing() throws -> Browsing { try Browsing.decode(stored[.browsing]) }
  func orders() throws -> OrderBook { try OrderBook.decode(stored[.orders]) }

  /// The ledger as kinds, points and balances.
  var bookings: [Booking] { ledger.map(Booking.init) }

  /// The kinds of the notifications, in order.
  var kinds: [NoticeKind] { notifications.map(\.kind) }
}

extension Cause {
  /// The name of the event, if it is one.
  var eventName: String? {
    if case .event(let id, _, _) = self { id.description } else { nil }
  }
}
