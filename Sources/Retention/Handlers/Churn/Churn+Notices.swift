// What is told of a customer who seems to leave.
extension Churn {
  /// What a warning rests on, and how to win the customer back by what they are used to.
  func warning(
    on day: LocalDay, since last: LocalDay, _ customer: Customer, at time: Instant, _ effects: Effects
  ) -> Notice {
    let rhythm = customer.rhythm
    let usualGap = rules.model.usualGap(rhythm)
    let idle = day.number - last.number
    let variant = variant(for: rhythm)
    let views = customer.browsing.views(from: day - 29, through: day)
    let viewsBefore = customer.browsing.views(from: day - 59, through: day - 30)
    var reason: NamedValues = [
      ("idleDays", .integer(idle)), ("usualGapDays", .decimal(usualGap)), ("purchases", .integer(rhythm.gaps + 1)),
      ("browsing30d", .integer(views)), ("browsingBefore30d", .integer(viewsBefore)),
      ("winback", .text(variant.rawValue)), ("model", .text(rules.model.version)),
    ]
    if let history = rhythm.history(on: day) {
      reason.append(("pAlive", .decimal(rules.model.purchases.pAlive(history))))
    }
    if let pPurchase = rules.model.pPurchase(rhythm, on: day, within: rules.horizonDays) {
      reason.append(("pPurchase", .decimal(pPurchase)))
    }
    if let lastGap = rhythm.lastGap { reason.append(("gapTrend", .decimal(Double(lastGap) / usualGap))) }
    if let drift = categoryDrift(of: customer, on: day) { reason.append(("categoryDrift", .decimal(drift))) }
    return Notice(
      kind: .churnWarning, template: variant.template, subject: subject(last),
      parameters: [("idleDays", .integer(idle))], reason: reason, cause: effects.cause,
      expiresAt: effects.expiry(of: .churnWarning, since: time))
  }

  func offer(
    of currency: Currency, since last: LocalDay, on day: LocalDay, at time: Instant, _ effects: Effects
  ) -> Notice {
    func money(_ majorUnits: Int64) -> Value { .money(majorUnits * currency.minorUnitsPerMajor, currency) }
    let values = [("discount", money(winback.discount)), ("minTotal", money(winback.minTotal))]
    return Notice(
      kind: .winbackOffer, template: .winbackOffer, subject: subject(last), parameters: values,
      reason: values + [("idleDays", .integer(day.number - last.number))], cause: effects.cause,
      expiresAt: effects.expiry(of: .winbackOffer, since: time))
  }

  /// A purchase, and the cancellation of the last one, end what was said of the time before.
  func withdrawOutdated(_ customer: inout Customer, _ effects: inout Effects) {
    guard effects.hasWaiting(Self.revised, customer.contacts) else { return }
    let present = customer.rhythm.last.map(subject)
    effects.revise(Self.revised, of: &customer) { $0.subject == present }
  }

  private static let revised: [NoticeKind] = [.churnWarning, .winbackOffer]

  /// What went wrong is to be made good first, and who looks for low prices is offered one.
  private func variant(for rhythm: Rhythm) -> WinbackVariant {
    if rhythm.watched.contains(where: \.hasTrouble) { return .service }
    let isCheap = rhythm.buysCheaply(units: rules.discountedUnits, orders: rules.couponOrders)
    return isCheap ? .price : .quality
  }

  /// The part of the categories looked at in the last thirty days of which the customer never bought anything; nil when
  /// nothing was looked at.
  private func categoryDrift(of customer: Customer, on day: LocalDay) -> Double? {
    let seen = customer.browsing.categories(since: day - 29)
    guard !seen.isEmpty else { return nil }
    let strange = seen.count { !customer.items.hasBought($0) }
    return Double(strange) / Double(seen.count)
  }

  private func subject(_ last: LocalDay) -> [UInt8] { Array(last.iso8601.utf8) }
}

/// How to win a customer back.
private enum WinbackVariant: String {
  case price
  case service
  case quality

  var template: Template {
    switch self {
    case .price: .churnWarningPrice
    case .service: .churnWarningService
    case .quality: .churnWarningQuality
    }
  }
}
