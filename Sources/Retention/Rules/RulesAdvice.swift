/// Something in the rules that can never have an effect, or parts of them that do not fit each other. It is no error: the rules are
/// followed as they are.
public struct RulesAdvice: Sendable, Equatable, CustomStringConvertible {
  /// Where, such as `points.campaigns[1]`.
  public let path: String
  /// What never happens, and why.
  public let finding: String

  /// The path and the finding.
  public var description: String { "\(path): \(finding)" }
}

extension Rules {
  /// What can never have an effect from `now` on.
  public func advice(now: Instant) -> [RulesAdvice] {
    let findings =
      channelFindings + points.findings(now: now) + lifecycle.findings + logistics.findings + churn.findings
      + replenishment.findings + gate.findings
    return findings.map { RulesAdvice(path: $0.0, finding: $0.1) }
  }

  private var channelFindings: [(String, String)] {
    guard defaultChannels.allSatisfy(\.needsConsent) else { return [] }
    return [("defaultChannels", "customers who said nothing are never reached: each of these channels needs a yes")]
  }
}

extension PointsRules {
  fileprivate func findings(now: Instant) -> [(String, String)] {
    var findings: [(String, String)] = []
    if pointsPerMajorUnit == 0 { findings.append(("points.pointsPerMajorUnit", "is 0: no order ever earns points")) }
    if expireAfterMonths > 0 {
      // The longest life: from the first day of a month.
      let longest = (expireAfterMonths + 1) * 31
      for (index, days) in expiryNoticeDays.enumerated() where days > longest {
        findings.append(
          ("points.expiryNoticeDays[\(index)]", "is never told: no points live longer than \(longest) days"))
      }
    }
    for (index, campaign) in campaigns.enumerated() {
      if let why = campaign.isFutile(among: campaigns, at: index, now: now) {
        findings.append(("points.campaigns[\(index)]", "\(campaign.name) \(why)"))
      }
    }
    return findings
  }
}

extension Campaign {
  /// Why the campaign never decides about an order; nil when it may.
  fileprivate func isFutile(among campaigns: [Campaign], at index: Int, now: Instant) -> String? {
    if case .between(_, let until?) = window, until <= now { return "has ended" }
    // Of equal multipliers the first listed wins.
    let winner = campaigns.enumerated().first { other in
      other.offset != index && other.element.covers(self)
        && (other.element.multiplier, index) > (multiplier, other.offset)
    }
    return winner.map { "never wins: whenever it holds, \($0.element.name) does too and multiplies by as much or more" }
  }

  /// Whether it holds for every order that the other holds for.
  private func covers(_ other: Campaign) -> Bool {
    guard minTotal <= other.minTotal else { return false }
    guard categories.isEmpty || (!other.categories.isEmpty && other.categories.isSubset(of: categories)) else {
      return false
    }
    switch (window, other.window) {
    case (.dayOfMonth(let day), .dayOfMonth(let otherDay)): return day == otherDay
    case (.between(let from, let until), .between(let otherFrom, let otherUntil)):
      let startsNoLater = from.map { from in otherFrom.map { from <= $0 } ?? false } ?? true
      let endsNoEarlier = until.map { until in otherUntil.map { $0 <= until } ?? false } ?? true
      return startsNoLater && endsNoEarlier
    default: return false
    }
  }
}

extension LifecycleRules {
  fileprivate var findings: [(String, String)] {
    guard matureFromTier == .base else { return [] }
    return [
      ("lifecycle.matureFromTier", "is base, which everybody has: all customers are mature with their first order")
    ]
  }
}

extension LogisticsRules {
  fileprivate var findings: [(String, String)] {
    milestones.isEmpty ? [("logistics.milestones", "are all false: no parcel's way is told")] : []
  }
}

extension ChurnRules {
  fileprivate var findings: [(String, String)] {
    guard let layer = model.layer, layer.horizonDays != horizonDays else { return [] }
    return [
      (
        "churn.horizonDays",
        "is \(horizonDays), but the model's layer looks \(layer.horizonDays) days ahead: calibrate with this horizon"
      )
    ]
  }
}

extension ReplenishmentRules {
  fileprivate var findings: [(String, String)] {
    guard let remindAt, remindAt == 1 else { return [] }
    return [("replenishment.remindAt", "is 1: no purchase is ever so certain")]
  }
}

extension GateRules {
  fileprivate var findings: [(String, String)] {
    var findings: [(String, String)] = []
    if servicePerDay == 0 { findings.append(("gate.servicePerDay", "is 0: no service notice is ever sent")) }
    if marketingPerDay == 0 { findings.append(("gate.marketingPerDay", "is 0: no marketing is ever sent")) }
    if marketingPerWeek == 0 { findings.append(("gate.marketingPerWeek", "is 0: no marketing is ever sent")) }
    if marketingPerDay > marketingPerWeek, marketingPerWeek > 0 {
      findings.append(("gate.marketingPerDay", "is never reached: marketingPerWeek is \(marketingPerWeek)"))
    }
    if let quiet = quietHours {
      let minutes = Int64((quiet.end - quiet.start + 1_440) % 1_440)
      if serviceExpiresAfterHours * 60 < minutes {
        findings.append(
          (
            "gate.serviceExpiresAfterHours",
            "is less than the quiet hours last: what is due early in them is never sent"
          ))
      }
      if quietTransactional, transactionalStaleAfterHours * 60 < minutes {
        findings.append(
          (
            "gate.transactionalStaleAfterHours",
            "is less than the quiet hours last: what happens early in them is never told"
          ))
      }
    }
    return findings
  }
}
