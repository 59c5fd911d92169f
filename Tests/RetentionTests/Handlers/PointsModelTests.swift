import Foundation
import Testing

@testable import Retention

@Suite("Points against a second, slow implementation of the rules") struct PointsModelTests {
  private static let zone = "Asia/Shanghai"
  private static let rules: PointsRules = {
    var rules = PointsRules()
    rules.campaigns = []
    rules.expireAfterMonths = 2
    rules.maxOrdersPerDay = 2
    rules.maxPointsPerDay = 150
    return rules
  }()

  /// One thing that happens to a customer.
  private enum Step {
    case paid(String, total: Int64, redeeming: Int64)
    case refunded(String, Int64)
    case cancelled(String)
    case delivered(String)
  }

  /// 10,000 histories in ten parts, which run side by side.
  @Test(arguments: 0..<10) func everyEntryOfRandomHistoriesIsTheSame(_ part: UInt64) throws {
    let program = try Shop { $0.points = Self.rules }.program
    var kinds: Set<LedgerEntry.Kind> = []
    for seed in part * 1_000..<(part + 1) * 1_000 {
      var shop = Shop(program)
      var model = try PointsModel(rules: Self.rules, zone: Self.zone)
      var random = SeededRandom(seed: seed)
      var now = at("2026-11-01T00:00:00Z")
      // What is delivered once, and not before it was paid: how parcels add up is not the subject.
      var (paid, delivered) = (Set<String>(), Set<String>())
      for _ in 0..<20 {
        now = now + .hours(Int64.random(in: 0...(Bool.random(using: &random) ? 24 : 600), using: &random))
        let time = now - .hours(Int64.random(in: 0...48, using: &random))
        let step = Self.step(&random)
        if case .paid(let order, _, _) = step { paid.insert(order) }
        if case .delivered(let order) = step {
          guard paid.contains(order), delivered.insert(order).inserted else { continue }
        }
        try take(step, at: time, seen: now, &shop, &model)
      }
      now = now + .days(200)
      try shop.advance(to: now)
      model.advance(to: now.date)
      let entries = shop.ledger.map(\.asBooking)
      if let wrong = zip(entries, model.bookings).first(where: { $0 != $1 }) {
        let before = zip(entries, model.bookings).prefix { $0 == $1 }.map(\.0).joined(separator: "\n")
        Issue.record("seed \(seed): \(before)\n\(wrong.0), and by the model \(wrong.1)")
        return
      }
      try #require(entries.count == model.bookings.count, "seed \(seed)")
      kinds.formUnion(shop.ledger.map(\.kind))
      var replay = LedgerReplay()
      for entry in shop.ledger { try #require(replay.take(entry) == Booking(entry), "seed \(seed)") }
      let account = try shop.account()
      try #require(
        (account.available, account.pending, account.debt) == (replay.available, replay.pending, replay.debt))
    }
    #expect(kinds == Set(LedgerEntry.Kind.allCases))
  }

  private static func step(_ random: inout SeededRandom) -> Step {
    let order = "o-\(Int.random(in: 0..<6, using: &random))"
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<5:
      let total = Int64.random(in: 0...10_000, using: &random)
      return .paid(order, total: total, redeeming: Bool.random(using: &random) ? 0 : total / 150)
    case 5..<7: return .refunded(order, Int64.random(in: 1...5_000, using: &random))
    case 7: return .cancelled(order)
    default: return .delivered(order)
    }
  }

  private func take(
    _ step: Step, at time: Instant, seen now: Instant, _ shop: inout Shop, _ model: inout PointsModel
  ) throws {
    model.advance(to: now.date)
    switch step {
    case .paid(let order, let total, let points):
      try shop.take(.paid(order, total: total, redeeming: points), at: time, seen: now)
      model.pay(order, total: Int(total), redeeming: Int(points), at: time.date)
    case .refunded(let order, let amount):
      try shop.take(.refunded(order, amount), at: time, seen: now)
      model.reverse(order, amount: Int(amount), at: time.date)
    case .cancelled(let order):
      try shop.take(.cancelled(order), at: time, seen: now)
      model.reverse(order, amount: nil, at: time.date)
    case .delivered(let order):
      try shop.take(.scan(.delivered, of: "p-\(order)", order: order), at: time, seen: now)
      model.deliver(order, at: time.date)
    }
  }
}

extension Instant {
  fileprivate var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }
}
