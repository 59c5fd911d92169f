import Testing

@testable import Retention

@Suite("Random histories") struct HistoryTests {
  private static let seeds: Range<UInt64> = 0..<300
  private static let origin = Cause.Origin(topic: "orders", partition: 0, offset: 0)
  private let program: RetentionProgram

  init() throws {
    program = try Shop {
      $0.logistics.milestones = Set(Milestone.allCases)
      $0.points.maxOrdersPerDay = 2
    }.program
  }

  /// The shop at the end of a history, which is handed the events that `arrivals` makes of each step.
  private func shop(_ history: History, _ arrivals: (Int) -> [Int] = { [$0] }) throws -> Shop {
    var shop = Shop(program)
    for (number, step) in history.steps.enumerated() {
      for arrival in arrivals(number) {
        try shop.take(history.steps[arrival].event, seen: step.seen, origin: Self.origin)
      }
    }
    try shop.advance(to: history.end)
    return shop
  }

  @Test func theLedgerAloneGivesTheBalancesOfEveryEntryAndOfTheAccount() throws {
    var kinds: Set<LedgerEntry.Kind> = []
    for seed in 0..<2_000 as Range<UInt64> {
      let shop = try shop(History(seed: seed, length: 20))
      var replay = LedgerReplay()
      for entry in shop.ledger {
        let booking = Booking(entry)
        try #require(replay.take(entry) == booking, "seed \(seed): \(booking)")
        try #require(min(booking.available, booking.pending, booking.debt) >= 0, "seed \(seed): \(booking)")
        // What is owed is paid before anything is available.
        try #require(booking.debt == 0 || booking.available == 0, "seed \(seed): \(booking)")
        kinds.insert(entry.kind)
      }
      let account = try shop.account()
      try #require(account.available == replay.available, "seed \(seed)")
      try #require(account.debt == replay.debt, "seed \(seed)")
      // All timers have fired.
      try #require(account.pending == 0 && replay.pending == 0, "seed \(seed)")
    }
    #expect(kinds == Set(LedgerEntry.Kind.allCases))
  }

  @Test func noTwoOutputsShareAnIdentity() throws {
    for seed in Self.seeds {
      let outputs = try shop(History(seed: seed)).outputs
      try #require(Set(outputs.map(\.id)).count == outputs.count, "seed \(seed)")
    }
  }

  @Test func everyEventDeliveredAgainAtOnceOrLaterChangesNothing() throws {
    for seed in Self.seeds {
      let history = History(seed: seed)
      let once = try shop(history)
      let often = try shop(history) { number in
        // Again at once, and again with the event after it, when that comes within the 30 days.
        let isRecent = number > 0 && history.steps[number].seen - history.steps[number - 1].seen < .days(30)
        return isRecent ? [number, number, number - 1] : [number, number]
      }
      try #require(often.outputs == once.outputs, "seed \(seed)")
      try #require(often.stored == once.stored, "seed \(seed)")
      try #require(often.observations.count(where: { $0 == .duplicateEvent }) >= history.steps.count, "seed \(seed)")
    }
  }

  @Test func storingTheCustomerBetweenStepsOrNotGivesTheSame() throws {
    for seed in Self.seeds {
      let history = History(seed: seed)
      let stored = try shop(history)
      var resident = Customer(id: Shop.customer)
      try resident.load(.all) { _ in nil }
      var outputs: [Output] = []
      var now = Instant(milliseconds: Int64.min)
      func advance(to instant: Instant) {
        while let (facet, due) = nextTimer(of: resident), due <= instant {
          now = max(now, due)
          outputs += Output.all(of: program.fire(facet, customer: &resident, now: now))
        }
        now = max(now, instant)
      }
      for step in history.steps {
        advance(to: step.seen)
        outputs += Output.all(of: program.process(step.event, origin: Self.origin, customer: &resident, now: now))
      }
      advance(to: history.end)
      try #require(outputs.sorted() == stored.outputs.sorted(), "seed \(seed)")
      let changes = resident.changes(from: nil).map { ($0.kind, $0.bytes) }
      try #require(changes.allSatisfy { stored.stored[$0.0] == $0.1 }, "seed \(seed)")
      try #require(changes.count == stored.stored.count, "seed \(seed)")
    }
  }

  private func nextTimer(of customer: Customer) -> (FacetKind, Instant)? {
    let timers = FacetKind.allCases.compactMap { kind in customer.nextDue(of: kind).map { (kind, $0) } }
    return timers.min { ($0.1, $0.0.rawValue) < ($1.1, $1.0.rawValue) }
  }
}

/// All that is published of a ledger entry or a notification.
private struct Output: Equatable, Comparable {
  let id: String
  let json: String

  static func < (a: Output, b: Output) -> Bool { a.id < b.id }

  init(id: String, _ value: some JSONWritable) {
    var json = JSONWriter()
    value.write(to: &json)
    self.id = id
    self.json = String(decoding: json.bytes, as: UTF8.self)
  }

  static func all(of outcome: Outcome) -> [Output] {
    outcome.ledger.map { Output(id: $0.id, $0) } + outcome.notifications.map { Output(id: $0.id, $0) }
  }
}

extension Shop {
  fileprivate var outputs: [Output] {
    ledger.map { Output(id: $0.id, $0) } + notifications.map { Output(id: $0.id, $0) }
  }
}
