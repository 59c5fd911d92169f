/// One concern of the business: a function of an event or a due timer and the customer's facets to changed facets,
/// notices and ledger entries. It cannot block, fail on I/O or see another customer.
protocol Handler: Sendable {
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
}

extension Handler {
  var timedFacet: FacetKind? { nil }
  func check(_ event: Event) throws(Reject) {}
  func fire(_ customer: inout Customer, _ effects: inout Effects) {}
}

/// What an event or a timer leads to, gathered while handlers run.
struct Effects {
  /// Whom it concerns.
  let customer: CustomerID
  /// The present.
  let now: Instant
  /// What leads to it: the event, or the timer that a handler is about to serve.
  var cause: Cause
  private let gate: Gate
  private let rulesVersion: String
  private(set) var outcome = Outcome()

  init(customer: CustomerID, cause: Cause, now: Instant, gate: Gate, rulesVersion: String) {
    self.customer = customer
    self.cause = cause
    self.now = now
    self.gate = gate
    self.rulesVersion = rulesVersion
  }

  /// Sends the notice through the gate.
  mutating func tell(_ notice: Notice) {
    switch gate.judge(notice, for: customer, now: now) {
    case .send(let notification): outcome.notifications.append(notification)
    case .suppress(let suppression): outcome.suppressed.append((notice.kind, suppression))
    }
  }

  /// Writes the change of an account into the ledger, with the balances as they stand now.
  mutating func enter(
    _ kind: LedgerEntry.Kind, _ points: Int64, for order: OrderID, in account: PointsAccount, rule: GrantRule? = nil
  ) {
    var hash = StableHash(wide: true)
    hash.combine(field: customer.bytes)
    hash.combine(field: kind.rawValue.utf8)
    cause.hash(into: &hash)
    hash.combine(field: order.bytes)
    outcome.ledger.append(
      LedgerEntry(
        id: hash.digest128(), customer: customer, kind: kind, points: points, available: account.available,
        pending: account.pending, debt: account.debt, order: order, rule: rule, cause: cause, createdAt: now,
        rulesVersion: rulesVersion))
  }

  /// Compares the ledger entries with the account: `before` are its balances before any handler was called.
  mutating func audit(_ account: PointsAccount, since before: Balances) {
    outcome.violation = Balances.contradiction(from: before, through: outcome.ledger, to: Balances(account))
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
}

/// Something unusual that is not an error of the input.
public enum Observation: String, CaseIterable, Sendable {
  /// The event was taken before; it changed nothing.
  case duplicateEvent = "duplicate-event"
  /// The order was paid before, by another event; it changed nothing.
  case duplicateOrder = "duplicate-order"
  /// More points were redeemed than were available; the rest became debt.
  case redeemedBeyondBalance = "redeemed-beyond-balance"
  /// More refunds and cancellations wait for their orders than are kept; the oldest was dropped.
  case waitingReversalDropped = "waiting-reversal-dropped"
}
