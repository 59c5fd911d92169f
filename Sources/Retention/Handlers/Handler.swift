/// One concern of the business: a function of an event or a due timer and the customer's facets to changed facets,
/// notices and ledger entries. It cannot block, fail on I/O or see another customer.
///
/// An object and not a value: handlers hold their rules, and a list of values is copied element by element for each call.
protocol Handler: AnyObject, Sendable {
  /// The facets it reads or changes; all are loaded before it is called.
  var facets: FacetSet { get }
  /// The facet whose timers it fires; nil when it has none.
  var timedFacet: FacetKind? { get }

  /// Whether events of the type concern it.
  func handles(_ type: EventType) -> Bool

  /// Refuses an event that is valid by itself but that the rules cannot digest; nothing has changed yet.
  func check(_ event: Event) throws(Reject)

  /// Takes an event.
  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects)

  /// Does what is due by `effects.now` in its timed facet, in order of due time. Afterwards nothing there is due any more.
  func fire(_ customer: inout Customer, _ effects: inout Effects)

  /// Whether `catchUp` does anything.
  var catchesUp: Bool { get }

  /// Does what was due by `time`, when an event happened that is about to be processed: where the outcome depends on which came
  /// first, it must not depend on how late the daemon is.
  func catchUp(to time: Instant, _ customer: inout Customer, _ effects: inout Effects)
}

extension Handler {
  var timedFacet: FacetKind? { nil }
  var catchesUp: Bool { false }
  func check(_ event: Event) throws(Reject) {}
  func fire(_ customer: inout Customer, _ effects: inout Effects) {}
  func catchUp(to time: Instant, _ customer: inout Customer, _ effects: inout Effects) {}
}

/// What an event or a timer leads to, gathered while handlers run.
struct Effects {
  /// Whom it concerns.
  let customer: CustomerID
  /// The present.
  let now: Instant
  /// Where the customer lives.
  var zone: LocalTime
  /// The event or the timer that all began with.
  private let origin: Cause
  /// What a handler serves instead, a timer that is due or an event that has waited.
  private var served: Cause?
  private let terms: Terms
  /// What handlers want to be told; the gate decides when they are done.
  private var notices: [Notice] = []
  /// What the event changed about orders, in this order.
  private(set) var orderChanges: [OrderChange] = []
  private(set) var outcome = Outcome()

  /// What outcomes need of the rules: those themselves are large, and to copy them for every event costs more than most handlers.
  struct Terms: Sendable {
    let rulesVersion: String
    let transactionalStaleAfter: TimeSpan
    let serviceExpiresAfter: TimeSpan

    init(_ rules: Rules) {
      rulesVersion = rules.version
      transactionalStaleAfter = .hours(rules.gate.transactionalStaleAfterHours)
      serviceExpiresAfter = .hours(rules.gate.serviceExpiresAfterHours)
    }
  }

  init(customer: CustomerID, cause: Cause, now: Instant, zone: LocalTime, terms: Terms) {
    self.customer = customer
    origin = cause
    self.now = now
    self.zone = zone
    self.terms = terms
  }

  /// What leads to what is told and entered now: what a handler says that it serves, else what all began with.
  var cause: Cause {
    get { served ?? origin }
    set { served = newValue }
  }

  /// What handlers served is done with.
  mutating func returnToOrigin() { served = nil }

  /// Wants the notice to be told.
  mutating func tell(_ notice: Notice) { notices.append(notice) }

  /// Removes and returns what was to be told, for the gate.
  mutating func takeNotices() -> [Notice] {
    defer { notices = [] }
    return notices
  }

  /// Tells the handlers that follow what changed about an order.
  mutating func note(_ change: OrderChange) { orderChanges.append(change) }

  /// Until when a notice of the kind helps that was caused at `time`.
  func expiry(of kind: NoticeKind, since time: Instant) -> Instant {
    switch kind.noticeClass {
    case .transactional: time + terms.transactionalStaleAfter
    case .service, .marketing: time + terms.serviceExpiresAfter
    }
  }

  /// Whether anything waits to be told of these kinds, since earlier or since a moment ago. Asked before what a revision needs is
  /// gathered, as most often nothing does.
  @inline(__always)
  func hasWaiting(_ kinds: @autoclosure () -> [NoticeKind], _ contacts: Contacts) -> Bool {
    guard !notices.isEmpty || !contacts.held.isEmpty else { return false }
    return isWaiting(kinds(), contacts)
  }

  private func isWaiting(_ kinds: [NoticeKind], _ contacts: Contacts) -> Bool {
    notices.indices.contains { kinds.contains(notices[$0].kind) } || contacts.holds(kinds)
  }

  /// Changes or, where `body` says false, withdraws what waits to be told of these kinds: since earlier, or since a moment ago.
  mutating func revise(_ kinds: [NoticeKind], of customer: inout Customer, _ body: (inout Notice) -> Bool) {
    for index in notices.indices.reversed()
    where kinds.contains(notices[index].kind) && !body(&notices[index]) {
      suppress(notices.remove(at: index).kind, .withdrawn)
    }
    // Asked first: a facet that is only looked at is not written.
    guard customer.contacts.holds(kinds) else { return }
    for notice in customer.contacts.revise(kinds, body) { suppress(notice.kind, .withdrawn) }
  }

  /// The gate lets a notice through.
  mutating func send(_ notification: Notification) { outcome.notifications.append(notification) }

  /// The gate does not let a notice through.
  mutating func suppress(_ kind: NoticeKind, _ why: Suppression) { outcome.suppressed.append((kind, why)) }

  /// Writes the change of an account into the ledger, with the balances as they stand now. `lastDay` is that of the points.
  mutating func enter(
    _ kind: LedgerEntry.Kind, _ points: Int64, for order: OrderID? = nil, until lastDay: LocalDay? = nil,
    in account: PointsAccount, rule: GrantRule? = nil
  ) {
    var hash = StableHash(wide: true)
    hash.combine(field: customer)
    hash.combine(field: kind.rawValue)
    cause.hash(into: &hash)
    if let order { hash.combine(field: order) }
    switch kind {
    // Can be several of one cause and order.
    case .restored: hash.combine(UInt64(bitPattern: lastDay?.number ?? 0))
    // Points can come late into a month that is over, again and again.
    case .expired: hash.combine(UInt64(bitPattern: account.expiredLots))
    default: break
    }
    outcome.ledger.append(
      LedgerEntry(
        id: hash.digest128(), customer: customer, kind: kind, points: points, available: account.available,
        pending: account.pending, debt: account.debt, order: order, expiresOn: lastDay, rule: rule, cause: cause,
        createdAt: now, rulesVersion: terms.rulesVersion))
  }

  /// Reads what is stored encoded. Nil when it cannot be read: then the state contradicts itself.
  mutating func reading<Value>(_ read: () throws(FacetError) -> Value?) -> Value? {
    do throws(FacetError) { return try read() } catch {
      outcome.violation = error.description
      return nil
    }
  }

  /// Compares the ledger entries with the account: `before` are its balances before any handler was called.
  mutating func audit(_ account: PointsAccount, since before: Balances) {
    guard outcome.violation == nil else { return }
    outcome.violation = Balances.contradiction(from: before, through: outcome.ledger, to: Balances(account))
  }

  /// Removes and returns what came of all.
  mutating func takeOutcome() -> Outcome {
    var taken = Outcome()
    swap(&taken, &outcome)
    return taken
  }

  /// Notes something an operator may want to know.
  mutating func observe(_ observation: Observation) { outcome.observations.append(observation) }
}

/// What came of one event or timer: what is to be published, and what is to be counted.
public struct Outcome: Sendable {
  /// To be published on the notifications topic.
  public package(set) var notifications: [Notification] = []
  /// To be published on the ledger topic, in this order.
  public internal(set) var ledger: [LedgerEntry] = []
  /// Notices that were not sent.
  public internal(set) var suppressed: [(kind: NoticeKind, why: Suppression)] = []
  /// What an operator may want to know.
  public internal(set) var observations: [Observation] = []
  /// How the program contradicts itself, in words that tell nothing of the customer; nil when it does not. Then neither the
  /// outcome nor what became of the customer may be published, stored or built on.
  public internal(set) var violation: String?

  /// Nothing came of it.
  public init() {}
}

/// Something unusual that is not an error of the input.
public enum Observation: String, CaseIterable, Sendable {
  /// The event was taken before; it changed nothing.
  case duplicateEvent = "duplicate-event"
  /// The customer was erased before; the event changed nothing.
  case erasedCustomer = "erased-customer"
  /// The order was paid before, by another event; it changed nothing.
  case duplicateOrder = "duplicate-order"
  /// More points were redeemed than were available; the rest became debt.
  case redeemedBeyondBalance = "redeemed-beyond-balance"
  /// The customer earned suspiciously many points on a day; those of the order are held.
  case pointsHeld = "points-held"
  /// A suspicious order came while the account was full of others that are not settled; it earns and counts nothing.
  case orderNotTaken = "order-not-taken"
  /// More refunds and cancellations wait for their orders than are kept; the oldest was dropped.
  case waitingReversalDropped = "waiting-reversal-dropped"
}
