/// The customer's tier and stage of life, by what was paid and not given back.
final class Membership: Handler {
  let tiers: TierRules
  let lifecycle: Lifecycle

  init(tiers: TierRules, lifecycle: Lifecycle) {
    self.tiers = tiers
    self.lifecycle = lifecycle
  }

  var facets: FacetSet { [.account, .pastOrders, .standing, .rhythm] }
  var timedFacet: FacetKind? { .standing }
  var catchesUp: Bool { true }

  func handles(_ type: EventType) -> Bool {
    switch type {
    case .orderPaid, .orderRefunded, .orderCancelled, .customerUpdated: true
    default: false
    }
  }

  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects) {
    if case .customerUpdated(let update) = event.payload, update.timeZone != nil { moveJudgement(&customer, effects) }
    guard !effects.orderChanges.isEmpty else { return }
    for change in effects.orderChanges { count(change, &customer, effects) }
    if case .orderPaid = event.payload { upgrade(at: event.time, &customer, &effects) }
    lifecycle.update(&customer, at: event.time, &effects)
    reviseNotices(&customer, &effects)
  }

  func fire(_ customer: inout Customer, _ effects: inout Effects) {
    catchUp(to: effects.now, &customer, &effects)
  }

  func catchUp(to time: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    while let judgement = customer.standing.judgement, judgement.next.dueAt <= time {
      if judgement.next.daysBefore > 0 {
        warn(judgement, &customer, &effects)
      } else {
        judge(judgement, &customer, &effects)
      }
    }
    reviseNotices(&customer, &effects)
  }

  /// Counts an order in the month in which it was paid, and takes back from that month.
  private func count(_ change: OrderChange, _ customer: inout Customer, _ effects: Effects) {
    switch change {
    case .paid(let order, let time):
      customer.standing.paidOrders += 1
      customer.standing.currency = order.currency
      customer.standing.add(spend(order.total, of: order.currency), in: effects.zone.day(of: time).month)
    case .refunded(let order, let amount):
      guard let currency = order.currency, let month = order.paidIn else { return }
      customer.standing.remove(spend(amount, of: currency), from: month)
    case .cancelled(let order):
      guard let currency = order.currency, let month = order.paidIn else { return }
      customer.standing.paidOrders -= min(1, customer.standing.paidOrders)
      customer.standing.remove(spend(order.total - order.refunded, of: currency), from: month)
    }
  }

  /// An amount in ten-thousandths of major units.
  private func spend(_ minorUnits: Int64, of currency: Currency) -> Int64 {
    Int64(clamping: Int128(minorUnits) * Int128(MonthlySpend.perMajorUnit) / Int128(currency.minorUnitsPerMajor))
  }

  private func upgrade(at time: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    // An order that comes late does not make what was paid after it unpaid: the tier was reached with the newest of all.
    let known = [customer.account.orders.last?.paidAt, customer.pastOrders.newest]
    let newest = known.reduce(time) { max($0, $1 ?? $0) }
    let day = effects.zone.day(of: newest)
    let month = max(day.month, customer.standing.newestMonth ?? day.month)
    let spend = customer.standing.qualifyingSpend(in: month)
    guard let reached = Tier.allCases.last(where: { threshold($0) <= spend }), reached > customer.standing.tier else {
      return
    }
    customer.standing.tier = reached
    judgeAgain(aYearAfter: day, &customer, effects)
    effects.tell(notice(.tierUpgraded, .tierUpgraded, customer.standing, at: time, effects))
  }

  /// Enough for the tier, and the customer keeps it for another year; not enough, and it is the one below.
  private func judge(_ judgement: Standing.Judgement, _ customer: inout Customer, _ effects: inout Effects) {
    let isKept = missing(for: judgement, customer.standing) == 0
    if !isKept, let below = customer.standing.tier.below { customer.standing.tier = below }
    judgeAgain(aYearAfter: judgement.day, &customer, effects)
    effects.cause = .timer("tier.judge", dueAt: judgement.next.dueAt)
    let (kind, template): (NoticeKind, Template) =
      isKept ? (.tierKept, .tierKept) : (.tierDowngraded, .tierDowngraded)
    effects.tell(notice(kind, template, customer.standing, at: judgement.next.dueAt, effects))
    lifecycle.update(&customer, at: judgement.next.dueAt, &effects)
  }

  private func judgeAgain(aYearAfter day: LocalDay, _ customer: inout Customer, _ effects: Effects) {
    guard customer.standing.tier > .base else { return customer.standing.judgement = nil }
    let next = Countdown(to: day.aYearLater, stops: [tiers.atRiskDays], after: effects.now, at: effects.zone)
    customer.standing.judgement = Standing.Judgement(day: day.aYearLater, next: next)
  }

  private func warn(_ judgement: Standing.Judgement, _ customer: inout Customer, _ effects: inout Effects) {
    customer.standing.judgement?.next = Countdown(to: judgement.day, daysBefore: 0, at: effects.zone)
    let missing = missing(for: judgement, customer.standing)
    guard missing > 0, let currency = customer.standing.currency else { return }
    effects.cause = .timer("tier.at_risk", dueAt: judgement.next.dueAt)
    effects.tell(
      riskNotice(
        customer.standing.tier, missing: .money(currency.minorUnits(ofSpend: missing), currency), judgement, effects))
  }

  /// The judgement is made by the days of the place where the customer lives.
  private func moveJudgement(_ customer: inout Customer, _ effects: Effects) {
    guard let judgement = customer.standing.judgement else { return }
    let next = Countdown(to: judgement.day, daysBefore: judgement.next.daysBefore, at: effects.zone)
    if next != judgement.next { customer.standing.judgement?.next = next }
  }

  /// What is to be spent until the tier is kept, in ten-thousandths of major units.
  func missing(for judgement: Standing.Judgement, _ standing: Standing) -> Int64 {
    max(0, threshold(standing.tier) - standing.qualifyingSpend(in: judgement.day.month))
  }

  private func threshold(_ tier: Tier) -> Int64 { tiers[tier].threshold * MonthlySpend.perMajorUnit }
}

extension Currency {
  /// The least amount in minor units that is worth as much.
  func minorUnits(ofSpend amount: Int64) -> Int64 {
    let scaled = Int128(amount) * Int128(minorUnitsPerMajor)
    let perMajor = Int128(MonthlySpend.perMajorUnit)
    return Int64(clamping: (scaled + perMajor - 1) / perMajor)
  }
}
