/// How much a customer is worth to the shop, in rising order. The raw value is stored; it never changes.
public enum Tier: UInt8, CaseIterable, Comparable, Sendable {
  case base = 0
  case silver = 1
  case gold = 2
  case diamond = 3

  /// The name in rules and outputs.
  public var name: String {
    switch self {
    case .base: "base"
    case .silver: "silver"
    case .gold: "gold"
    case .diamond: "diamond"
    }
  }

  /// The tier one below; nil below the lowest.
  var below: Tier? { rawValue == 0 ? nil : Tier(rawValue: rawValue - 1) }

  /// Orders by rank.
  public static func < (a: Tier, b: Tier) -> Bool { a.rawValue < b.rawValue }
}

/// How far a customer has come with the shop. The raw value is stored; it never changes.
enum LifecycleStage: UInt8, Sendable {
  /// Has bought little yet.
  case new = 0
  /// Has come back.
  case growing = 1
  /// Buys regularly, or much.
  case mature = 2
  /// Seems to be about to leave.
  case declining = 3

  var name: String {
    switch self {
    case .new: "new"
    case .growing: "growing"
    case .mature: "mature"
    case .declining: "declining"
    }
  }
}
