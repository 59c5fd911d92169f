// What is told of an order's points.
extension Points {
  func accrualNotice(
    _ order: OrderID, _ grant: Grant, at time: Instant, _ account: PointsAccount, _ effects: Effects
  ) -> Notice {
    var parameters: NamedValues = [
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
        ("tier", .tier(grant.rule.tier)), ("tierMultiplier", .factor(grant.rule.tierMultiplier)),
      ],
      cause: effects.cause, expiresAt: effects.expiry(of: .pointsAccrued, since: time))
  }

  func reversalNotice(
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
