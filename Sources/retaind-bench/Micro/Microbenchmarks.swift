import CAllocations
import Engine
import Foundation
import Operations
import Retention

/// What the steps of an event cost by themselves, without Kafka: nanoseconds and allocations of each.
struct Microbenchmarks {
  /// One step.
  struct Row {
    let name: String
    let nanoseconds: Double
    let allocations: Double
  }

  private let program: RetentionProgram
  private let rules: Rules
  private let wording: Wording
  private let now = Instant(milliseconds: 1_795_000_000_000)

  /// Microbenchmarks of the business that the directory describes.
  init(configuration: URL) throws {
    rules = try Rules(json5: Array(Data(contentsOf: configuration.appendingPathComponent("rules.json"))))
    var files: [Retention.Locale: [UInt8]] = [:]
    for locale in Retention.Locale.allCases {
      files[locale] = Array(
        try Data(contentsOf: configuration.appendingPathComponent("wording.\(locale.rawValue).json")))
    }
    wording = try Wording(json5: files)
    program = try RetentionProgram(rules: rules, wording: wording, decoder: EventDecoder())
  }

  /// Runs all of them, for a few seconds.
  func run() throws -> [Row] {
    let history = try History(program, now: now)
    var rows: [Row] = []
    for (type, message) in history.samples.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      rows += try eventRows(type, message, history)
    }
    rows += try facetRows(history)
    rows += toolRows(history)
    return rows
  }

  private func eventRows(_ type: EventType, _ value: [UInt8], _ history: History) throws -> [Row] {
    guard case .event(let event) = try program.decode(value: value.span, headers: [], now: now) else { return [] }
    let origin = Cause.Origin(topic: "input", partition: 3, offset: 4_711)
    let facets = program.facets(for: type)
    var loaded = Customer(id: history.customer)
    try loaded.load(facets) { history.facets[$0] }
    var processed = loaded
    let outcome = program.process(event, origin: origin, customer: &processed, now: now)
    let stored = StoredFacets(
      customer: history.customer, history.facets.map { FacetChange(kind: $0.key, bytes: $0.value) })
    var working = Customer(id: history.customer)
    var changes = FacetChanges()
    var published = PublishedEvents(source: "/retaind")
    var rows = [
      measure("\(type.rawValue): decode") {
        _ = try? program.decode(value: value.span, headers: [], now: now)
      },
      // As a worker does, which decodes one customer after the other into the same memory.
      measure("\(type.rawValue): load facets") {
        working.become(history.customer)
        try? working.load(facets, from: stored)
      },
      measure("\(type.rawValue): process") {
        var customer = loaded
        _ = program.process(event, origin: origin, customer: &customer, now: now)
      },
      measure("\(type.rawValue): encode facets") {
        processed.put(into: &changes, changedFrom: stored)
        _ = StoredFacets(stored, of: history.customer, replacing: changes)
      },
      measure("\(type.rawValue): encode output") {
        published.add(outcome)
        published.removeAll()
      },
    ]
    for name in program.handlerNames(of: type) {
      let alone = try RetentionProgram(rules: rules, wording: wording, decoder: EventDecoder()).keeping(name)
      rows.append(
        measure("\(type.rawValue): process by \(name) alone") {
          var customer = loaded
          _ = alone.process(event, origin: origin, customer: &customer, now: now)
        })
    }
    return rows
  }

  private func facetRows(_ history: History) throws -> [Row] {
    try history.facets.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, stored in
      _ = try kind.recoded(stored)
      return measure("facet \(kind), \(stored.count) bytes: decode and encode") { _ = try? kind.recoded(stored) }
    }
  }

  private func toolRows(_ history: History) -> [Row] {
    let partitioning = Partitioning(count: 8)
    var timers = TimerIndex()
    var random = SplitMix(state: 1)
    func entry() -> TimerEntry {
      TimerEntry(due: now + .seconds(Int64(random.next(below: 1_000_000))), customer: history.customer, facet: .orders)
    }
    for _ in 0..<100_000 { timers.insert(entry()) }
    return [
      measure("identity of 16 bytes") {
        var hash = StableHash(wide: true)
        hash.combine(field: history.customer)
        _ = hash.digest128()
      },
      measure("partition of a customer") { _ = partitioning.partition(of: history.customer) },
      measure("timer: insert and take, of 100,000") {
        timers.insert(entry())
        _ = timers.popDue(by: now + .days(30))
      },
    ]
  }

  /// The least of several rounds: what disturbs a round only makes it slower.
  private func measure(_ name: String, _ body: () -> Void) -> Row {
    let clock = ContinuousClock()
    for _ in 0..<200 { body() }
    var least = Double.infinity
    var allocations = 0.0
    for _ in 0..<7 {
      let count = 2_000
      let before = allocation_count()
      let startedAt = clock.now
      for _ in 0..<count { body() }
      least = min(least, (clock.now - startedAt) / .nanoseconds(count))
      allocations = Double(allocation_count() - before) / Double(count)
    }
    return Row(name: name, nanoseconds: least, allocations: allocations)
  }
}

/// A customer with an average history, and an event of each type that the mix has.
private struct History {
  let customer: CustomerID
  private(set) var facets: [FacetKind: [UInt8]] = [:]
  private(set) var samples: [EventType: [UInt8]] = [:]

  init(_ program: RetentionProgram, now: Instant) throws {
    // One customer, who is everybody in this mix.
    var mix = Mix(customers: 1, seed: 7, now: now - .hours(1))
    var messages: [[UInt8]] = []
    for _ in 0..<44 { messages.append(mix.next().value) }
    customer = try program.event(messages[0], now: now).customer
    for message in messages.prefix(40) {
      let event = try program.event(message, now: now)
      var working = Customer(id: event.customer)
      try working.load(program.facets(for: event.type)) { facets[$0] }
      _ = program.process(
        event, origin: Cause.Origin(topic: "input", partition: 0, offset: 0), customer: &working, now: now)
      for change in working.changes(from: { facets[$0] }) { facets[change.kind] = change.bytes }
    }
    while samples.count < 3 {
      let value = mix.next().value
      let event = try program.event(value, now: now)
      if samples[event.type] == nil { samples[event.type] = value }
    }
  }
}

extension RetentionProgram {
  fileprivate func event(_ value: [UInt8], now: Instant) throws -> Event {
    guard case .event(let event) = try decode(value: value.span, headers: [], now: now) else {
      throw BenchError("the mix makes an event that nobody knows")
    }
    return event
  }
}

extension Microbenchmarks {
  /// The table.
  static func text(_ rows: [Row]) -> String {
    rows.map { row in
      let name = row.name.padding(toLength: max(60, row.name.count), withPad: " ", startingAt: 0)
      return name + String(format: "%10.0f ns %8.1f allocations", row.nanoseconds, row.allocations)
    }.joined(separator: "\n")
  }

  /// One object of nanoseconds and allocations by name.
  static func json(_ rows: [Row]) throws -> String {
    let members = Dictionary(
      uniqueKeysWithValues: rows.map {
        ($0.name, ["nanoseconds": $0.nanoseconds, "allocations": $0.allocations])
      })
    return String(decoding: try JSONSerialization.data(withJSONObject: members, options: [.sortedKeys]), as: UTF8.self)
  }
}
