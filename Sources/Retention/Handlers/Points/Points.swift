/// Points for what was paid, taken back for what was returned.
struct Points: Handler {
  let rules: PointsRules
  /// The zone of customers of whom none is known.
  let standardZone: LocalTime

  var facets: FacetSet { [.account, .orders] }
  var timedFacet: FacetKind? { .account }

  func handles(_ type: EventType) -> Bool {
    switch type {
    case .orderPaid, .orderRefunded, .orderCancelled, .shipmentUpdated: true
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
    default: break
    }
  }

  /// Confirms what is due. The cause is the timer of each order, so that no two entries share an identity.
  func fire(_ customer: inout Customer, _ effects: inout Effects) {
    while let order = customer.account.firstDue(by: effects.now), let dueAt = order.confirmAt {
      effects.cause = .timer("points.confirm", dueAt: dueAt)
      confirm(order.order, &customer, &effects)
    }
  }

  private func confirm(_ order: OrderID, _ customer: inout Customer, _ effects: inout Effects) {
    let points = customer.account.confirm(order)
    if points > 0 { effects.enter(.confirmed, points, for: order, in: customer.account) }
  }

  private func accrue(_ order: PaidOrder, at time: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    guard customer.account.order(order.order) == nil else { return effects.observe(.duplicateOrder) }
    let grant = rules.grant(for: order, paidAt: time, at: effects.zone)
    if let leaving = customer.account.orderToLeave() {
      confirm(leaving.order, &customer, &effects)
      customer.account.forget(leaving.order)
    }
    // Before the order is added, whose points no ledger entry has granted yet.
    redeem(order, &customer, &effects)
    customer.account.add(
      OrderPoints(
        order: order.order, paidAt: time, total: order.total, granted: grant.points, redeemed: order.pointsRedeemed,
        confirmAt: confirmationTime(of: order.order, paidAt: time, customer)))
    if grant.points > 0 {
      effects.enter(.accrued, grant.points, for: order.order, in: customer.account, rule: grant.rule)
    }
    let waiting = customer.account.takeWaiting(for: order.order)
    // A customer who cancelled before the payment was seen is told of no points, neither coming nor going.
    let isTold = !waiting.contains { $0.refunded == nil }
    if grant.points > 0, isTold {
      effects.tell(accrualNotice(order.order, grant, at: time, customer.account, effects))
    }
    let payment = effects.cause
    for reversal in waiting {
      effects.cause = reversal.cause
      apply(reversal, isTold: isTold, &customer, &effects)
    }
    effects.cause = payment
  }

  private func redeem(_ order: PaidOrder, _ customer: inout Customer, _ effects: inout Effects) {
    guard order.pointsRedeemed > 0 else { return }
    let missing = customer.account.debit(order.pointsRedeemed)
    if missing > 0 { effects.observe(.redeemedBeyondBalance) }
    effects.enter(.redeemed, -order.pointsRedeemed, for: order.order, in: customer.account)
  }

  /// `amount` is what was refunded in minor units; nil stands for a cancellation. Before its order it waits.
  private func reverse(
    _ order: OrderID, _ amount: Int64?, _ event: Event, _ customer: inout Customer, _ effects: inout Effects
  ) {
    guard case .event(_, _, let origin) = effects.cause else { return }
    let reversal = Reversal(
      order: order, refunded: amount, event: event.id, time: event.time, origin: origin)
    if customer.account.order(order) != nil {
      apply(reversal, &customer, &effects)
    } else if customer.account.wait(for: reversal) != nil {
      effects.observe(.waitingReversalDropped)
    }
  }

  private func apply(
    _ reversal: Reversal, isTold: Bool = true, _ customer: inout Customer, _ effects: inout Effects
  ) {
    let order = reversal.order
    let taken: (reversed: Int64, restored: Int64)
    if let amount = reversal.refunded {
      taken = (customer.account.refund(order, amount: amount), 0)
    } else {
      taken = customer.account.cancel(order)
    }
    if taken.reversed > 0 { effects.enter(.reversed, -taken.reversed, for: order, in: customer.account) }
    if taken.restored > 0 {
      customer.account.credit(taken.restored)
      effects.enter(.restored, taken.restored, for: order, in: customer.account)
    }
    // Last, so that the customer is told the balances as they stand when all is done.
    if taken.reversed > 0, isTold {
      effects.tell(reversalNotice(order, taken.reversed, at: reversal.time, customer.account, effects))
    }
  }

  private func reschedule(_ order: OrderID, _ customer: inout Customer) {
    guard let points = customer.account.order(order), points.confirmAt != nil else { return }
    customer.account.schedule(order, confirmAt: confirmationTime(of: order, paidAt: points.paidAt, customer))
  }

  private func confirmationTime(of order: OrderID, paidAt: Instant, _ customer: Customer) -> Instant {
    if let deliveredAt = customer.orders.order(order)?.deliveredAt {
      return deliveredAt + .days(rules.confirmAfterDays)
    }
    return paidAt + .days(rules.confirmAtLatestDays)
  }
}

extension Points {
  private func accrualNotice(
    _ order: OrderID, _ grant: Grant, at time: Instant, _ account: PointsAccount, _ effects: Effects
  ) -> Notice {
    var parameters: [(String, Value)] = [
      ("orderId", .id(order)), ("points", .integer(grant.points)), ("pending", .integer(account.pending)),
      ("available", .integer(account.available)),
    ]
    let isCampaign = grant.rule.multiplier != .one
    if isCampaign {
      parameters += [("campaign", .text(grant.rule.name)), ("multiplier", .factor(grant.rule.multiplier))]
    }
    return Notice(
      kind: .pointsAccrued, template: isCampaign ? .pointsAccruedInCampaign : .pointsAccrued, subject: order.bytes,
      parameters: parameters,
      reason: [
        ("orderId", .id(order)), ("points", .integer(grant.points)), ("eligible", .integer(grant.rule.eligible)),
        ("rule", .text(grant.rule.name)), ("multiplier", .factor(grant.rule.multiplier)),
      ],
      cause: effects.cause, expiresAt: effects.expiry(of: .pointsAccrued, since: time))
  }

  private func reversalNotice(
    _ order: OrderID, _ points: Int64, at time: Instant, _ account: PointsAccount, _ effects: Effects
  ) -> Notice {
    Notice(
      kind: .pointsReversed, template: .pointsReversed, subject: order.bytes,
      parameters: [
        ("orderId", .id(order)), ("points", .integer(points)), ("available", .integer(account.available)),
        ("debt", .integer(account.debt)),
      ],
      reason: [
        ("orderId", .id(order)), ("points", .integer(points)), ("pending", .integer(account.pending)),
        ("available", .integer(account.available)), ("debt", .integer(account.debt)),
      ],
      cause: effects.cause, expiresAt: effects.expiry(of: .pointsReversed, since: time))
  }
}
