/// How far a customer has come with the shop.
struct Lifecycle: Sendable {
  let rules: LifecycleRules

  /// Works the stage out anew, and tells other services when it is another one.
  func update(_ customer: inout Customer, at time: Instant, _ effects: inout Effects) {
    let stage = stage(of: customer)
    let before = customer.standing.stage
    guard stage != before else { return }
    customer.standing.stage = stage
    effects.tell(notice(from: before, customer.standing, at: time, effects))
  }

  private func stage(of customer: Customer) -> LifecycleStage {
    let standing = customer.standing
    if customer.rhythm.isWarned { return .declining }
    if standing.paidOrders >= rules.matureFromOrder || standing.tier >= rules.matureFromTier { return .mature }
    return standing.paidOrders >= rules.growingFromOrder ? .growing : .new
  }

  private func notice(
    from before: LifecycleStage, _ standing: Standing, at time: Instant, _ effects: Effects
  ) -> Notice {
    let values: NamedValues = [("from", .text(before.name)), ("to", .text(standing.stage.name))]
    return Notice(
      kind: .lifecycleChanged, template: .lifecycleChanged, subject: Array(standing.stage.name.utf8),
      parameters: values,
      reason: values + [("paidOrders", .integer(standing.paidOrders)), ("tier", .tier(standing.tier))],
      cause: effects.cause, expiresAt: effects.expiry(of: .lifecycleChanged, since: time))
  }
}
