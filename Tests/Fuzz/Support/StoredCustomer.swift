@testable import Retention

/// A customer as the engine keeps one: every step begins with the stored facets that the program asks for and ends with
/// storing what changed. After each step it is checked that what was stored can be read again, that the ledger alone
/// gives the balances, that the program's own check of that agrees, and that everything published is JSON.
struct StoredCustomer {
  let id: CustomerID
  private let program: RetentionProgram
  private(set) var stored: [FacetKind: [UInt8]]
  private(set) var now: Instant
  private var ledger = LedgerReplay()
  /// A customer who starts with stored facets has no ledger that explains them.
  private let hasWholeLedger: Bool
  /// The identities of all that was published.
  private(set) var published: [String] = []
  /// What was observed in the last step.
  private(set) var observations: [Observation] = []

  init(_ id: CustomerID, _ program: RetentionProgram, now: Instant, stored: [FacetKind: [UInt8]] = [:]) {
    self.id = id
    self.program = program
    self.now = now
    self.stored = stored
    hasWholeLedger = stored.isEmpty
  }

  mutating func take(_ event: Event, origin: Cause.Origin) {
    let facets = program.facets(for: event.type)
    step(facets) { [program, now] in program.process(event, origin: origin, customer: &$0, now: now) }
  }

  /// Fires what is due by `instant`, each timer at its own time, as a daemon that runs.
  mutating func advance(to instant: Instant) {
    while let timer = nextTimer(), timer.due <= instant {
      now = max(now, timer.due)
      fire(timer.facet, due: timer.due)
    }
    now = max(now, instant)
  }

  /// Does nothing until `instant`, as a daemon that is down, and fires what is due then.
  mutating func sleep(until instant: Instant) {
    now = max(now, instant)
    while let timer = nextTimer(), timer.due <= now { fire(timer.facet, due: timer.due) }
  }

  private mutating func fire(_ facet: FacetKind, due: Instant) {
    step(program.facets(firing: facet)) { [program, now] in
      require($0.nextDue(of: facet) == due, "the facet \(facet) is due at another time than its stored form says")
      return program.fire(facet, customer: &$0, now: now)
    }
    let next = stored[facet].flatMap(dueTime)
    require(next.map { $0 > now } ?? true, "the facet \(facet) is still due after it was fired")
  }

  private func nextTimer() -> (facet: FacetKind, due: Instant)? {
    var first: (facet: FacetKind, due: Instant)?
    for facet in FacetKind.allCases {
      guard let due = stored[facet].flatMap(dueTime), first.map({ due < $0.due }) ?? true else { continue }
      first = (facet, due)
    }
    return first
  }

  private mutating func step(_ facets: FacetSet, _ body: (inout Customer) -> Outcome) {
    var customer = Customer(id: id)
    unthrown { () throws(FacetError) in try customer.load(facets) { stored[$0] } }
    let outcome = body(&customer)
    for change in customer.changes(from: { stored[$0] }) {
      stored[change.kind] = change.bytes
      if let bytes = change.bytes {
        require(isFixedPoint(bytes, change.kind), "the facet \(change.kind) reads otherwise")
      }
    }
    observations = outcome.observations
    check(outcome)
    if hasWholeLedger { checkBalances() }
  }

  private mutating func check(_ outcome: Outcome) {
    // It stops a partition for good, so that a false alarm is as bad as what it looks for.
    if hasWholeLedger, let violation = outcome.violation { require(false, violation) }
    for event in outcome.published(source: "/fuzz") {
      require(isJSON(event.value), "published: \(String(decoding: event.value, as: UTF8.self))")
    }
    published += outcome.ledger.map(\.id) + outcome.notifications.map(\.id)
    for entry in outcome.ledger {
      let booking = Booking(entry)
      require(min(booking.available, booking.pending, booking.debt) >= 0, "a balance below 0: \(booking)")
      guard hasWholeLedger else { continue }
      require(ledger.take(entry) == booking, "the ledger gives other balances: \(booking)")
      require(booking.debt == 0 || booking.available == 0, "points are available before the debt is paid: \(booking)")
    }
  }

  private func checkBalances() {
    let account = unthrown { () throws(FacetError) in try PointsAccount.decode(stored[.account]) }
    require(account.available == ledger.available, "the account has \(account.available), not \(ledger.available)")
    require(account.pending == ledger.pending, "the account has \(account.pending) pending, not \(ledger.pending)")
    require(account.debt == ledger.debt, "the account has a debt of \(account.debt), not \(ledger.debt)")
  }
}

private func dueTime(_ bytes: [UInt8]) -> Instant? {
  unthrown { () throws(FacetError) in try nextDue(ofStoredFacet: bytes) }
}

/// Whether the bytes are one JSON text by our reader.
func isJSON(_ bytes: [UInt8]) -> Bool {
  var reader = JSONReader(bytes.span)
  do throws(JSONError) {
    try reader.skipValue()
    try reader.finish()
    return true
  } catch { return false }
}
