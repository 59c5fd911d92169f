// What is told of tiers.
extension Membership {
  /// What waits to be told is corrected, and withdrawn when it is not so any more.
  func reviseNotices(_ customer: inout Customer, _ effects: inout Effects) {
    guard effects.hasWaiting(Self.revised, customer.contacts) else { return }
    let standing = customer.standing
    effects.revise(Self.revised, of: &customer) { notice in
      guard notice.subject == subject(standing.tier) else { return false }
      guard notice.kind == .tierAtRisk else { return true }
      guard let judgement = standing.judgement, let currency = standing.currency,
        notice.parameters.contains(where: { $0.name == "validUntil" && $0.value == .day(judgement.day - 1) })
      else { return false }
      let missing = missing(for: judgement, standing)
      notice.set("missing", .money(currency.minorUnits(ofSpend: missing), currency))
      return missing > 0
    }
  }

  private static let revised: [NoticeKind] = [.tierUpgraded, .tierKept, .tierDowngraded, .tierAtRisk]

  private func subject(_ tier: Tier) -> [UInt8] { Array(tier.name.utf8) }

  func notice(
    _ kind: NoticeKind, _ template: Template, _ standing: Standing, at time: Instant, _ effects: Effects
  ) -> Notice {
    var values: NamedValues = [
      ("tier", .tier(standing.tier)), ("multiplier", .factor(tiers[standing.tier].multiplier)),
    ]
    if kind != .tierDowngraded, let judgement = standing.judgement {
      values.append(("validUntil", .day(judgement.day - 1)))
    }
    return Notice(
      kind: kind, template: template, subject: subject(standing.tier), parameters: values,
      reason: values + [("threshold", .integer(tiers[standing.tier].threshold))], cause: effects.cause,
      expiresAt: effects.expiry(of: kind, since: time))
  }

  func riskNotice(
    _ tier: Tier, missing: Value, _ judgement: Standing.Judgement, _ effects: Effects
  ) -> Notice {
    let values: NamedValues = [
      ("tier", .tier(tier)), ("missing", missing), ("validUntil", .day(judgement.day - 1)),
    ]
    return Notice(
      kind: .tierAtRisk, template: .tierAtRisk, subject: subject(tier), parameters: values,
      reason: values + [("threshold", .integer(tiers[tier].threshold))], cause: effects.cause,
      expiresAt: effects.expiry(of: .tierAtRisk, since: judgement.next.dueAt))
  }
}
