/// The business: decodes events, and turns an event or a due timer and a customer's state into changed state and output.
/// Pure: no I/O, no clock, no state of its own.
public final class RetentionProgram: Sendable {
  private let rules: Rules
  private let decoder: EventDecoder
  private let gate: Gate
  private let zones: Zones
  private let terms: Effects.Terms
  /// In the order in which they are called.
  let handlers: [any Handler]
  private let concerns: Concerns

  /// A program that follows `rules` and words its notices by `wording`.
  /// Throws when the rules name a time zone that the system does not know.
  public init(rules: Rules, wording: Wording, decoder: EventDecoder) throws(ConfigurationError) {
    guard let zone = LocalTime(identifier: rules.timeZone) else {
      throw ConfigurationError(path: "timeZone", problem: "is \"\(rules.timeZone)\", which this system does not know")
    }
    self.rules = rules
    self.decoder = decoder
    zones = Zones(standard: zone)
    gate = Gate(rules: rules, wording: wording)
    terms = Effects.Terms(rules)
    let lifecycle = Lifecycle(rules: rules.lifecycle)
    // In this order: what the parcels tell of a delivery is what the points wait for, an order earns by the tier that was held
    // before it, and how far the customer has come depends on all.
    handlers = [
      Profiles(zones: zones), Logistics(rules: rules.logistics),
      Points(rules: rules.points, tiers: rules.tiers, standardZone: zone),
      OrderTrouble(), Churn(rules: rules.churn, winback: rules.winback, lifecycle: lifecycle),
      Replenishment(rules: rules.replenishment), BrowseOffers(rules: rules.browsing),
      Membership(tiers: rules.tiers, lifecycle: lifecycle),
    ]
    concerns = Concerns(handlers)
  }

  /// What another program does, with handlers of its own.
  init(_ other: RetentionProgram, handlers: [any Handler]) {
    rules = other.rules
    decoder = other.decoder
    gate = other.gate
    zones = other.zones
    terms = other.terms
    self.handlers = handlers
    concerns = Concerns(handlers)
  }

  /// Reads a record. Throws what is wrong with it when it is to be dead-lettered; nothing has changed then.
  public func decode(value: Span<UInt8>?, headers: [MessageHeader], now: Instant) throws(Reject) -> Decoded {
    switch try decoder.decode(value: value, headers: headers, now: now) {
    case .event(let event):
      // Called where they lie: to take a handler out of the list is to copy it.
      let handlers = concerns[event.type].handlers.span
      for index in handlers.indices { try handlers[index].check(event) }
      return .event(event)
    case let ignored: return ignored
    }
  }

  /// The facets that `process` needs for the event; empty when no handler is concerned.
  public func facets(for type: EventType) -> FacetSet { concerns[type].facets }

  /// The facets that `fire` needs for timers of `facet`.
  public func facets(firing facet: FacetKind) -> FacetSet {
    handlers.filter { $0.timedFacet == facet }.reduce([FacetSet(facet), .profile, .contacts]) { $0.union($1.facets) }
  }

  /// Takes an event that was decoded. An event taken before, by its id, changes nothing, and no event of a customer who was
  /// erased does. The outcome tells when handlers left an account that its ledger entries do not explain.
  public func process(_ event: Event, origin: Cause.Origin, customer: inout Customer, now: Instant) -> Outcome {
    var effects = effects(of: .event(event.id, type: event.type, origin: origin), on: customer, now: now)
    let concerned = concerns[event.type]
    guard !concerned.handlers.isEmpty || event.type == .customerErased else { return effects.takeOutcome() }
    guard customer.erasure.at == nil else {
      effects.observe(.erasedCustomer)
      return effects.takeOutcome()
    }
    if event.type == .customerErased {
      for held in customer.contacts.held { effects.suppress(held.notice.kind, .erased) }
      customer.erase(at: event.time)
      return effects.takeOutcome()
    }
    let isNew =
      event.type == .browseViewed
      ? customer.browsing.take(event.id) : customer.seen.take(event.id, now: now, dedupeDays: rules.dedupeDays)
    guard isNew else {
      effects.observe(.duplicateEvent)
      return effects.takeOutcome()
    }
    let before = Balances(customer.account)
    let handlers = concerned.handlers.span
    let catching = concerned.catching.span
    for index in catching.indices { catching[index].catchUp(to: min(event.time, now), &customer, &effects) }
    effects.returnToOrigin()
    for index in handlers.indices { handlers[index].process(event, &customer, &effects) }
    gate.pass(effects.takeNotices(), &customer, &effects)
    effects.audit(customer.account, since: before)
    return effects.takeOutcome()
  }

  /// Does what is due by `now` in `facet`. The outcome tells what `process` would tell.
  public func fire(_ facet: FacetKind, customer: inout Customer, now: Instant) -> Outcome {
    let cause = Cause.timer("\(facet)", dueAt: customer.nextDue(of: facet) ?? now)
    var effects = effects(of: cause, on: customer, now: now)
    let before = Balances(customer.account)
    if facet == .contacts { gate.release(&customer, &effects) }
    for handler in handlers where handler.timedFacet == facet { handler.fire(&customer, &effects) }
    gate.pass(effects.takeNotices(), &customer, &effects)
    effects.audit(customer.account, since: before)
    return effects.takeOutcome()
  }

  /// Inlined: a cause and effects are large, and made where they are wanted.
  @inline(__always)
  private func effects(of cause: Cause, on customer: Customer, now: Instant) -> Effects {
    Effects(customer: customer.id, cause: cause, now: now, zone: zone(of: customer), terms: terms)
  }

  /// Where the customer lives.
  func zone(of customer: Customer) -> LocalTime { zones.zone(customer.profile.timeZone?.value) }
}

extension RetentionProgram {
  /// The handlers that events of the type concern, by name.
  package func handlerNames(of type: EventType) -> [String] {
    concerns[type].handlers.map { "\(Swift.type(of: $0))" }
  }

  /// A program with one handler alone.
  package func keeping(_ name: String) -> RetentionProgram {
    RetentionProgram(self, handlers: handlers.filter { "\(Swift.type(of: $0))" == name })
  }
}

/// Which handlers each type of event concerns, and the facets that they need: asked of every event, and worked out once.
private struct Concerns: Sendable {
  struct Concern {
    let handlers: [any Handler]
    /// Those of them that have something to catch up with.
    let catching: [any Handler]
    /// Empty when no handler is concerned.
    let facets: FacetSet

    init(_ type: EventType, _ all: [any Handler]) {
      handlers = all.filter { $0.handles(type) }
      catching = handlers.filter(\.catchesUp)
      if type == .customerErased {
        facets = .all
      } else if handlers.isEmpty {
        facets = []
      } else {
        facets = handlers.reduce([.erasure, .profile, .contacts, remembering(type)]) { $0.union($1.facets) }
      }
    }
  }

  private let byType: [Concern]

  init(_ handlers: [any Handler]) { byType = EventType.allCases.map { Concern($0, handlers) } }

  subscript(type: EventType) -> Concern { byType[type.number] }
}

/// The facet that knows events of the type again.
private func remembering(_ type: EventType) -> FacetSet { type == .browseViewed ? .browsing : .seen }

extension EventType {
  /// Its place in `allCases`.
  fileprivate var number: Int {
    switch self {
    case .orderPlaced: 0
    case .orderPaid: 1
    case .orderCancelled: 2
    case .orderRefunded: 3
    case .shipmentUpdated: 4
    case .browseViewed: 5
    case .customerUpdated: 6
    case .customerErased: 7
    }
  }
}
