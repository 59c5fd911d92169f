import Kafka

@testable import Engine
@testable import Retention

/// The business as a plain loop over events, without engine, transactions or partitions: what the engine must equal.
struct SequentialModel {
  /// What is compared of an output: everything but where and when it was written.
  struct Output: Hashable, CustomStringConvertible {
    let stream: String
    let key: [UInt8]
    let id: String
    let value: [UInt8]

    var description: String { "\(stream) \(id) \(String(decoding: value, as: UTF8.self))" }
  }

  private let program: RetentionProgram
  private let topics = Topics()
  /// Stored facets by changelog key.
  private(set) var state: [[UInt8]: [UInt8]] = [:]
  /// In the order in which they are made, customer by customer.
  private(set) var outputs: [[UInt8]: [Output]] = [:]
  /// Where the records stand that are no events.
  private(set) var refused: Set<String> = []

  init(_ program: RetentionProgram) { self.program = program }

  /// Takes the record that stands there.
  mutating func take(_ value: [UInt8], at place: TopicPartition, _ offset: Offset, now: Instant) throws {
    let decoded: Decoded
    do throws(Reject) {
      decoded = try program.decode(value: value.span, headers: [], now: now)
    } catch {
      refused.insert("\(place) \(offset)")
      return
    }
    guard case .event(let event) = decoded else { return }
    let origin = Cause.Origin(topic: place.topic, partition: place.partition.number, offset: offset.value)
    try change(event.customer, program.facets(for: event.type)) { [program] in
      program.process(event, origin: origin, customer: &$0, now: now)
    }
  }

  /// Fires all that is due, earliest first.
  mutating func fire(now: Instant) throws {
    while let (key, _) = try earliest(by: now) {
      try change(key.customer, program.facets(firing: key.facet)) { [program] in
        program.fire(key.facet, customer: &$0, now: now)
      }
    }
  }

  private func earliest(by now: Instant) throws -> (key: ChangelogKey, due: Instant)? {
    var first: (key: ChangelogKey, due: Instant)?
    for (bytes, facet) in state {
      guard let key = ChangelogKey(bytes.span), let due = try nextDue(ofStoredFacet: facet), due <= now else {
        continue
      }
      if first.map({ due < $0.due }) ?? true { first = (key, due) }
    }
    return first
  }

  private mutating func change(
    _ id: CustomerID, _ facets: FacetSet, _ body: (inout Customer) -> Outcome
  ) throws {
    guard !facets.isEmpty else { return }
    var customer = Customer(id: id)
    try customer.load(facets) { state[ChangelogKey(customer: id, facet: $0).bytes] }
    let outcome = body(&customer)
    for change in customer.changes() { state[ChangelogKey(customer: id, facet: change.kind).bytes] = change.bytes }
    for event in outcome.published(source: "/retaind") {
      let stream = event.stream == .ledger ? topics.ledger : topics.notifications
      let id = event.headers.first { $0.name == Array("ce_id".utf8) }?.value ?? []
      outputs[event.key, default: []].append(
        Output(stream: stream, key: event.key, id: String(decoding: id, as: UTF8.self), value: event.value))
    }
  }
}

extension World {
  /// The committed outputs customer by customer; those of one stream are in their order.
  func outputs(_ stream: String) -> [[UInt8]: [SequentialModel.Output]] {
    Dictionary(grouping: cluster.committed(stream), by: { $0.key ?? [] }).mapValues { records in
      records.map {
        SequentialModel.Output(stream: stream, key: $0.key ?? [], id: Published(record: $0).id, value: $0.value ?? [])
      }
    }
  }
}

/// A generator of repeatable numbers: SplitMix64 (Steele, Lea and Flood 2014).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
