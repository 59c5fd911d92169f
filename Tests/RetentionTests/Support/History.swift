@testable import Retention

/// A random history of one customer: orders paid, refunded, cancelled and shipped in any order, late and twice.
struct History {
  /// An event and when it is seen.
  struct Step {
    let event: Event
    let seen: Instant
  }

  let steps: [Step]
  /// After the last timer.
  let end: Instant

  init(seed: UInt64, length: Int = 30) {
    var random = SeededRandom(seed: seed)
    var now = at("2026-11-01T00:00:00Z")
    var steps: [Step] = []
    for number in 0..<length {
      now = now + .random(&random)
      let late = TimeSpan.random(&random)
      let event = Event(
        id: id("e-\(number)"), time: now - late, customer: Shop.customer, payload: .random(around: now, &random))
      steps.append(Step(event: event, seen: now))
    }
    self.steps = steps
    end = now + .days(430)
  }
}

extension TimeSpan {
  /// Up to three days, short ones as likely as long ones.
  fileprivate static func random(_ random: inout SeededRandom) -> TimeSpan {
    let most: Int64 = 1 << Int64.random(in: 0...28, using: &random)
    return TimeSpan(milliseconds: Int64.random(in: 0...most, using: &random))
  }
}

extension Event.Payload {
  fileprivate static func random(around now: Instant, _ random: inout SeededRandom) -> Event.Payload {
    let order = "o-\(Int.random(in: 0..<4, using: &random))"
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<4:
      let total = amounts.randomElement(using: &random) ?? 0
      let currency = ["CNY", "JPY", "KWD"].randomElement(using: &random) ?? "CNY"
      let points: Int64 = Bool.random(using: &random) ? 0 : Int64.random(in: 0...200, using: &random)
      return .paid(order, total: total, currency: currency, redeeming: points)
    case 4..<6: return .refunded(order, max(1, (amounts.randomElement(using: &random) ?? 1) / 3))
    case 6: return .cancelled(order)
    default:
      let eta: Instant? = Bool.random(using: &random) ? nil : now + .hours(Int64.random(in: 0...96, using: &random))
      return .scan(
        ShipmentStatus.allCases.randomElement(using: &random) ?? .pending,
        Bool.random(using: &random) ? nil : ShipmentSubstatus.allCases.randomElement(using: &random),
        of: "p-\(Int.random(in: 0..<2, using: &random))", order: order, eta: eta)
    }
  }

  private static let amounts: [Int64] = [0, 1, 99, 100, 1_001, 12_899, 20_000, 777_777, 100_000_000_000_000]
}
