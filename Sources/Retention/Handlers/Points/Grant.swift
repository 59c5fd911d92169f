/// The points of an order and the rule that gave them.
struct Grant: Equatable, Sendable {
  let points: Int64
  let rule: GrantRule
}

extension PointsRules {
  /// The largest grant, so that no sum of a customer's points can overflow.
  static let largestGrant: Int64 = 1_000_000_000_000

  /// `floor(eligible x pointsPerMajorUnit x tierMultiplier x campaignMultiplier / minorUnitsPerMajor)`, one floor at the
  /// end.
  func grant(
    for order: PaidOrder, paidAt: Instant, at zone: LocalTime, in tier: Tier, times tierMultiplier: BasisPoints
  ) -> Grant {
    let eligible = eligibleAmount(of: order)
    let campaign = campaign(for: order, paidAt: paidAt, at: zone)
    let multiplier = campaign?.multiplier ?? .one
    let rule = GrantRule(
      name: campaign?.name ?? "base", multiplier: multiplier, tier: tier, tierMultiplier: tierMultiplier,
      pointsPerMajorUnit: pointsPerMajorUnit, eligible: eligible)
    let points = points(for: eligible, in: order.currency, times: multiplier, tierMultiplier)
    return Grant(points: Int64(min(points, Int128(Self.largestGrant))), rule: rule)
  }

  /// Whether the order earns at most `largestGrant`, as far as that is the same for every customer. What the zone and the tier
  /// of one add to that is cut off instead.
  func isWithinBounds(_ order: PaidOrder, paidAt: Instant, at zone: LocalTime) -> Bool {
    let multiplier = campaign(for: order, paidAt: paidAt, at: zone)?.multiplier ?? .one
    return points(for: eligibleAmount(of: order), in: order.currency, times: multiplier, .one)
      <= Int128(Self.largestGrant)
  }

  private func points(
    for eligible: Int64, in currency: Currency, times multiplier: BasisPoints, _ tierMultiplier: BasisPoints
  ) -> Int128 {
    let one = Int128(BasisPoints.one.value)
    // At most 10^15 x 10^6 x 10^7 x 10^7, which 128 bits hold.
    let product =
      Int128(eligible) * Int128(pointsPerMajorUnit) * Int128(multiplier.value) * Int128(tierMultiplier.value)
    return product / (one * one * Int128(currency.minorUnitsPerMajor))
  }

  /// The total without the lines of excluded categories, at least 0, in minor units.
  private func eligibleAmount(of order: PaidOrder) -> Int64 {
    let excluded = order.lines.lazy.filter { excludedCategories.contains($0.category) }
    return max(0, order.total - excluded.reduce(0) { $0 + $1.amount })
  }

  /// Of the campaigns that apply the one with the largest multiplier; the first listed of equal ones.
  private func campaign(for order: PaidOrder, paidAt: Instant, at zone: LocalTime) -> Campaign? {
    var best: Campaign?
    for campaign in campaigns where campaign.applies(to: order, paidAt: paidAt, at: zone) {
      if best.map({ campaign.multiplier > $0.multiplier }) ?? true { best = campaign }
    }
    return best
  }
}

extension Campaign {
  fileprivate func applies(to order: PaidOrder, paidAt: Instant, at zone: LocalTime) -> Bool {
    guard Int128(order.total) >= Int128(minTotal) * Int128(order.currency.minorUnitsPerMajor) else { return false }
    guard categories.isEmpty || order.lines.contains(where: { categories.contains($0.category) }) else { return false }
    switch window {
    case .between(let from, let until):
      return from.map { $0 <= paidAt } ?? true && until.map { paidAt < $0 } ?? true
    case .dayOfMonth(let day):
      return zone.day(of: paidAt).civil.day == day
    }
  }
}
