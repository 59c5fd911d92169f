/// Points for what was paid, taken back for what was returned, and lost when they are not used in time.
final class Points: Handler {
  let rules: PointsRules
  let tiers: TierRules
  /// The zone of customers of whom none is known.
  let standardZone: LocalTime

  init(rules: PointsRules, tiers: TierRules, standardZone: LocalTime) {
    self.rules = rules
    self.tiers = tiers
    self.standardZone = standardZone
  }

  /// How long ago something can have happened that is heard of as it happens.
  private static let newsAge = TimeSpan.days(3)

  var facets: FacetSet { [.account, .pastOrders, .orders, .standing] }
  var timedFacet: FacetKind? { .account }
  var catchesUp: Bool { true }

  func handles(_ type: EventType) -> Bool {
    switch type {
    case .orderPaid, .orderRefunded, .orderCancelled, .shipmentUpdated, .customerUpdated: true
    default: false
    }
  }

  func check(_ event: Event) throws(Reject) {
    guard case .orderPaid(let order) = event.payload else { return }
    guard rules.isWithinBounds(order, paidAt: event.time, at: standardZone) else {
      throw Reject(.outOfRange, "data.total earns more than \(PointsRules.largestGrant) points under the present rules")
    }
  }

  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects) {
    switch event.payload {
    case .orderPaid(let order): accrue(order, at: event.time, &customer, &effects)
    case .orderRefunded(let refund): reverse(refund.order, refund.amount, event, &customer, &effects)
    case .orderCancelled(let order): reverse(order, nil, event, &customer, &effects)
    case .shipmentUpdated(let update): reschedule(update.order, &customer)
    case .customerUpdated(let update): if update.timeZone != nil { moveLots(&customer, effects) }
    default: break
    }
    reviseExpiryNotices(&customer, &effects)
  }

  func fire(_ customer: inout Customer, _ effects: inout Effects) {
    catchUp(to: effects.now, &customer, &effects)
  }

  /// Releases, confirms, tells of and expires what is due, each with a cause of its own, so that no two entries share an
  /// identity.
  func catchUp(to time: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    while let (task, dueAt) = customer.account.firstDue(by: time) {
      switch task {
      case .order(let order) where order.isHeld:
        effects.cause = .timer("points.release", dueAt: dueAt)
        release(order.order, &customer, &effects)
      case .order(let order):
        effects.cause = .timer("points.confirm", dueAt: dueAt)
        confirm(order.order, at: dueAt, &customer, &effects)
      case .lot(let lot): serve(lot, &customer, &effects)
      }
    }
    reviseExpiryNotices(&customer, &effects)
  }

  private func release(_ order: OrderID, _ customer: inout Customer, _ effects: inout Effects) {
    let points = customer.account.release(order)
    if points > 0 { effects.enter(.released, points, for: order, in: customer.account) }
  }

  private func confirm(_ order: OrderID, at time: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    let month = lastMonth(ofPointsConfirmedAt: time, at: effects.zone)
    let points = customer.account.confirm(order, for: term(until: month, effects))
    if points > 0 {
      effects.enter(.confirmed, points, for: order, until: month?.lastDay, in: customer.account)
    }
  }

  private func accrue(_ order: PaidOrder, at time: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    guard !customer.account.holds(order.order), pastOrder(order.order, customer, &effects) == nil else {
      return effects.observe(.duplicateOrder)
    }
    putAwaySettled(&customer)
    let tier = customer.standing.tier
    let grant = rules.grant(for: order, paidAt: time, at: effects.zone, in: tier, times: tiers[tier].multiplier)
    let isHeld = isSuspicious(grant.points, paidAt: time, customer, &effects)
    if isHeld { effects.observe(.pointsHeld) }
    if let oldest = customer.account.orderToSettle() {
      if isHeld {
        // A suspicious order never makes the points of another available early. It is paid with points all the same.
        effects.observe(.orderNotTaken)
        _ = redeem(order, &customer, &effects)
        return
      }
      release(oldest.order, &customer, &effects)
      confirm(oldest.order, at: time, &customer, &effects)
      putAwaySettled(&customer)
    }
    // Before the order is added, whose points no ledger entry has granted yet.
    let redeemed = redeem(order, &customer, &effects)
    customer.account.add(
      OrderPoints(
        order: order.order, paidAt: time, paidIn: effects.zone.day(of: time).month, total: order.total,
        currency: order.currency, granted: grant.points,
        redeemed: order.pointsRedeemed, redeemedParts: redeemed,
        confirmAt: confirmationTime(of: order.order, paidAt: time, customer),
        heldUntil: isHeld ? time + .days(rules.holdDays) : nil))
    if grant.points > 0 {
      effects.enter(isHeld ? .held : .accrued, grant.points, for: order.order, in: customer.account, rule: grant.rule)
    }
    effects.note(.paid(order, at: time))
    let waiting = customer.account.takeWaiting(for: order.order)
    // A customer who cancelled before the payment was seen is told of no points, neither coming nor going.
    let isTold = !waiting.contains { $0.refunded == nil }
    if grant.points > 0, isTold, !isHeld {
      effects.tell(accrualNotice(order.order, grant, at: time, customer.account, effects))
    }
    for reversal in waiting {
      effects.cause = reversal.cause
      apply(reversal, isTold: isTold, &customer, &effects)
    }
    effects.returnToOrigin()
  }

  /// Moves orders out of the account for which nothing is to be done any more.
  private func putAwaySettled(_ customer: inout Customer) {
    let settled = customer.account.takeSettled()
    if !settled.isEmpty { customer.pastOrders.put(settled) }
  }

  /// The order, if it was put away.
  private func pastOrder(_ order: OrderID, _ customer: Customer, _ effects: inout Effects) -> OrderPoints? {
    effects.reading { () throws(FacetError) in try customer.pastOrders.record(order) }
  }

  /// Moves the order back into the account, if it was put away.
  private func fetch(_ order: OrderID, _ customer: inout Customer, _ effects: inout Effects) {
    // Looked for first: a facet that is only looked at is not written.
    guard pastOrder(order, customer, &effects) != nil else { return }
    let found = effects.reading { () throws(FacetError) in try customer.pastOrders.take(order) }
    if let found { customer.account.add(found) }
  }

  /// Whether the order, which is not in the account yet, makes more orders or points on its local day than a customer has.
  private func isSuspicious(
    _ points: Int64, paidAt time: Instant, _ customer: Customer, _ effects: inout Effects
  ) -> Bool {
    guard points > 0, rules.maxOrdersPerDay != nil || rules.maxPointsPerDay != nil else { return false }
    let day = effects.zone.day(of: time)
    let (start, end) = (effects.zone.start(of: day), effects.zone.start(of: day + 1))
    var orders = customer.account.orders
    if let newest = customer.pastOrders.newest, newest >= start {
      orders += effects.reading { () throws(FacetError) in try customer.pastOrders.all() } ?? []
    }
    var (count, granted): (Int64, Int64) = (0, 0)
    for index in orders.indices where start <= orders[index].paidAt && orders[index].paidAt < end {
      count += 1
      granted += orders[index].granted
    }
    if let most = rules.maxOrdersPerDay, count + 1 > most { return true }
    if let most = rules.maxPointsPerDay, granted + points > most { return true }
    return false
  }

  /// Returns what was taken of which lots.
  private func redeem(_ order: PaidOrder, _ customer: inout Customer, _ effects: inout Effects) -> [LotPart] {
    guard order.pointsRedeemed > 0 else { return [] }
    let (missing, taken) = customer.account.debit(order.pointsRedeemed)
    if missing > 0 { effects.observe(.redeemedBeyondBalance) }
    effects.enter(.redeemed, -order.pointsRedeemed, for: order.order, in: customer.account)
    return taken
  }

  /// `amount` is what was refunded in minor units; nil stands for a cancellation. Before its order it waits.
  private func reverse(
    _ order: OrderID, _ amount: Int64?, _ event: Event, _ customer: inout Customer, _ effects: inout Effects
  ) {
    guard case .event(_, _, let origin) = effects.cause else { return }
    let reversal = Reversal(
      order: order, refunded: amount, event: event.id, time: event.time, origin: origin)
    putAwaySettled(&customer)
    if !customer.account.holds(order) { fetch(order, &customer, &effects) }
    if customer.account.holds(order) {
      apply(reversal, &customer, &effects)
    } else if customer.account.wait(for: reversal) != nil {
      effects.observe(.waitingReversalDropped)
    }
  }

  private func apply(
    _ reversal: Reversal, isTold: Bool = true, _ customer: inout Customer, _ effects: inout Effects
  ) {
    let order = reversal.order
    guard let before = customer.account.order(order) else { return }
    let reversed =
      if let amount = reversal.refunded {
        customer.account.refund(order, amount: amount)
      } else {
        customer.account.cancel(order)
      }
    note(reversal, of: before, customer.account, &effects)
    if reversed > 0 { effects.enter(before.isHeld ? .held : .reversed, -reversed, for: order, in: customer.account) }
    if reversal.refunded == nil, !before.isCancelled { restore(before, at: reversal.time, &customer, &effects) }
    // Last, so that the customer is told the balances as they stand when all is done.
    if reversed > 0, isTold, !before.isHeld {
      effects.tell(reversalNotice(order, reversed, at: reversal.time, customer.account, effects))
    }
  }

  private func note(
    _ reversal: Reversal, of before: OrderPoints, _ account: PointsAccount, _ effects: inout Effects
  ) {
    guard !before.isCancelled, let after = account.order(before.order) else { return }
    if reversal.refunded == nil {
      effects.note(.cancelled(before))
    } else if after.refunded > before.refunded {
      effects.note(.refunded(before, by: after.refunded - before.refunded))
    }
  }

  /// Gives back what the order redeemed.
  private func restore(_ order: OrderPoints, at time: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    // A cancellation that comes a little late still leaves time to use them; one of a history read late does not.
    let isNews = effects.now - time <= Self.newsAge
    let present = effects.zone.day(of: isNews ? max(time, effects.now) : time).month
    let fresh = lastMonth(ofPointsConfirmedAt: time, at: effects.zone)
    for part in order.restorable(notBefore: present, fresh: fresh) {
      customer.account.credit(part.points, for: term(until: part.month, effects))
      effects.enter(.restored, part.points, for: order.order, until: part.month?.lastDay, in: customer.account)
    }
  }

  private func reschedule(_ order: OrderID, _ customer: inout Customer) {
    guard let paidAt = customer.account.paidAt(ofUnconfirmed: order) else { return }
    customer.account.schedule(order, confirmAt: confirmationTime(of: order, paidAt: paidAt, customer))
  }

  private func confirmationTime(of order: OrderID, paidAt: Instant, _ customer: Customer) -> Instant {
    customer.orders.deliveredAt(order).map { $0 + .days(rules.confirmAfterDays) }
      ?? paidAt + .days(rules.confirmAtLatestDays)
  }
}
