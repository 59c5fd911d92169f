/// One change of a points account, with the balances after it.
public struct LedgerEntry: Sendable {
  /// The same for the same customer, kind, cause and order; of points that are restored also the last day, and of those that
  /// expire how many lots have.
  public let id: String
  /// Whose account.
  public let customer: CustomerID
  /// What changed.
  public let kind: Kind
  /// By how much; negative when points were taken.
  public let points: Int64
  /// Points the customer can pay with, after the change.
  public let available: Int64
  /// Points that are not available yet, after the change.
  public let pending: Int64
  /// Points the customer owes, after the change.
  public let debt: Int64
  /// The order; nil for points that expire.
  public let order: OrderID?
  /// The last local day on which the points can be used, or could be; nil when they are not available, and when they never
  /// expire.
  public let expiresOn: LocalDay?
  /// What the points were granted by; nil for a change that no rule computed.
  public let rule: GrantRule?
  /// What made the change.
  public let cause: Cause
  /// When it was made.
  public let createdAt: Instant
  /// The edition of the rules.
  public let rulesVersion: String

  /// What changed. A reader rebuilds the balances from kinds and points alone:
  /// accrued adds to pending; held adds to what is in no balance (and takes from it when points are taken back that were held);
  /// released moves what was held of the order to pending; confirmed moves the order's pending points to available, debt
  /// first; reversed takes from the order's pending points, or, once these were confirmed, from available and then into debt;
  /// redeemed takes from available and then into debt; restored adds to available, debt first; expired takes from available.
  public enum Kind: String, CaseIterable, Sendable {
    case accrued
    case confirmed
    case reversed
    case redeemed
    case restored
    case expired
    case held
    case released
  }
}

/// How a grant was computed.
public struct GrantRule: Sendable, Equatable, JSONWritable {
  /// `base`, or the campaign's name.
  public let name: String
  /// What the campaign multiplied the points by.
  public let multiplier: BasisPoints
  /// The tier that the customer held.
  public let tier: Tier
  /// What the tier multiplied them by.
  public let tierMultiplier: BasisPoints
  /// Points for one major unit of currency.
  public let pointsPerMajorUnit: Int64
  /// The part of the total that earned points, in minor units.
  public let eligible: Int64

  /// Writes the contract's JSON.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("name", name)
      json.member("multiplier") { $0.decimal(multiplier.value, scale: 4) }
      json.member("tier", tier.name)
      json.member("tierMultiplier") { $0.decimal(tierMultiplier.value, scale: 4) }
      json.member("pointsPerMajorUnit", pointsPerMajorUnit)
      json.member("eligible", eligible)
    }
  }
}

extension LedgerEntry: JSONWritable {
  /// Writes the contract's JSON.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("entryId", id)
      json.member("customerId", customer)
      json.member("kind", kind.rawValue)
      json.member("points", points)
      json.member("available", available)
      json.member("pending", pending)
      json.member("debt", debt)
      json.member("orderId", ifPresent: order)
      json.member("expiresOn", ifPresent: expiresOn?.iso8601)
      json.member("rule", ifPresent: rule)
      json.member("cause", cause)
      json.member("createdAt", createdAt)
      json.member("rulesVersion", rulesVersion)
    }
  }
}
