/// Warns of customers who seem to leave, once a lapse, and asks back those who have left. A lapse lasts from a purchase to the next.
final class Churn: Handler {
  let rules: ChurnRules
  let winback: WinbackRules
  let lifecycle: Lifecycle
  /// The standard normal quantile of `rules.idleQuantile`.
  private let idleBeyond: Double

  init(rules: ChurnRules, winback: WinbackRules, lifecycle: Lifecycle) {
    self.rules = rules
    self.winback = winback
    self.lifecycle = lifecycle
    idleBeyond = normalQuantile(rules.idleQuantile)
  }

  var facets: FacetSet { [.rhythm, .standing, .browsing, .items] }
  var timedFacet: FacetKind? { .rhythm }
  var catchesUp: Bool { true }

  func handles(_ type: EventType) -> Bool {
    switch type {
    case .orderPaid, .orderRefunded, .orderCancelled, .customerUpdated: true
    default: false
    }
  }

  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects) {
    if case .customerUpdated(let update) = event.payload, update.timeZone != nil { plan(&customer, effects) }
    guard !effects.orderChanges.isEmpty else { return }
    let before = customer.rhythm.last
    for change in effects.orderChanges { count(change, &customer, effects) }
    guard customer.rhythm.last != before else { return }
    // The stage that the purchase leads to is worked out by the membership, which counts it next.
    plan(&customer, effects)
    withdrawOutdated(&customer, &effects)
  }

  func fire(_ customer: inout Customer, _ effects: inout Effects) {
    catchUp(to: effects.now, &customer, &effects)
  }

  func catchUp(to time: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    while let dueAt = customer.rhythm.nextDue, dueAt <= time {
      if customer.rhythm.judgeAt == dueAt {
        judge(at: dueAt, &customer, &effects)
      } else {
        offer(at: dueAt, &customer, &effects)
      }
    }
  }

  private func count(_ change: OrderChange, _ customer: inout Customer, _ effects: Effects) {
    switch change {
    case .paid(let order, let time):
      customer.rhythm.note(order)
      customer.rhythm.add(orderOn: effects.zone.day(of: time))
    case .refunded(let order, _): customer.rhythm.noteTrouble(of: order.order)
    case .cancelled(let order): customer.rhythm.remove(orderOn: effects.zone.day(of: order.paidAt))
    }
  }

  /// Sets the timers of the lapse that the last purchase began.
  private func plan(_ customer: inout Customer, _ effects: Effects) {
    planJudgement(&customer, from: nil, effects)
    let offerOn = customer.rhythm.isOffered || winback.afterDays == 0 ? nil : customer.rhythm.last
    customer.rhythm.offerAt = offerOn.map { effects.zone.start(of: $0 + winback.afterDays) }
  }

  private func planJudgement(_ customer: inout Customer, from earliest: LocalDay?, _ effects: Effects) {
    customer.rhythm.judgeAt = nil
    guard let warnAt = rules.warnAt, !customer.rhythm.isWarned, let last = customer.rhythm.last else { return }
    let day = rules.model.firstSuspicion(
      customer.rhythm, from: earliest ?? last + 1, warnAt: warnAt, horizon: rules.horizonDays, idleBeyond: idleBeyond)
    customer.rhythm.judgeAt = day.map { effects.zone.start(of: $0) }
  }

  private func judge(at dueAt: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    let day = effects.zone.day(of: dueAt)
    guard let last = customer.rhythm.last else { return customer.rhythm.judgeAt = nil }
    if let seen = customer.browsing.last, seen >= day - rules.browsingPostponesDays, rules.browsingPostponesDays > 0 {
      customer.rhythm.judgeAt = effects.zone.start(of: day + rules.browsingPostponesDays)
      return
    }
    // The rules may have changed since the time was worked out.
    planJudgement(&customer, from: day, effects)
    guard let judgeAt = customer.rhythm.judgeAt, judgeAt <= dueAt else { return }
    customer.rhythm.judgeAt = nil
    customer.rhythm.warnedSince = last
    effects.cause = .timer("churn.judge", dueAt: dueAt)
    effects.tell(warning(on: day, since: last, customer, at: dueAt, effects))
    lifecycle.update(&customer, at: dueAt, &effects)
  }

  private func offer(at dueAt: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    customer.rhythm.offerAt = nil
    guard let last = customer.rhythm.last, let currency = customer.standing.currency else { return }
    customer.rhythm.offeredSince = last
    effects.cause = .timer("winback.offer", dueAt: dueAt)
    effects.tell(offer(of: currency, since: last, on: effects.zone.day(of: dueAt), at: dueAt, effects))
  }
}
