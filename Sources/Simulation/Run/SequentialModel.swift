import Engine
import Kafka
import Retention

/// The business as a plain loop over events and timers, without engine, transactions or partitions: what the engine must equal.
package struct SequentialModel {
  /// What is compared of an output: everything but where and when it was written.
  package struct Output: Hashable, CustomStringConvertible {
    package let stream: String
    package let key: [UInt8]
    package let id: String
    package let value: [UInt8]

    package init(stream: String, key: [UInt8], id: String, value: [UInt8]) {
      self.stream = stream
      self.key = key
      self.id = id
      self.value = value
    }

    package var description: String { "\(stream) \(id) \(String(decoding: value, as: UTF8.self))" }
  }

  private let program: any Business
  private let topics = Topics()
  /// Stored facets by changelog key.
  package private(set) var state: [[UInt8]: [UInt8]] = [:]
  /// In the order in which they are made, customer by customer.
  package private(set) var outputs: [[UInt8]: [Output]] = [:]

  package init(_ program: any Business) { self.program = program }

  /// Takes the record that stands there; false when it is to be dead-lettered.
  @discardableResult
  package mutating func take(_ value: [UInt8], at place: TopicPartition, _ offset: Offset, now: Instant) throws -> Bool
  {
    let decoded: Decoded
    do throws(Reject) {
      decoded = try program.decode(value: value.span, headers: [], now: now)
    } catch {
      return false
    }
    guard case .event(let event) = decoded else { return true }
    let origin = Cause.Origin(topic: place.topic, partition: place.partition.number, offset: offset.value)
    try change(event.customer, program.facets(for: event.type)) { [program] in
      program.process(event, origin: origin, customer: &$0, now: now)
    }
    return true
  }

  /// When a facet of the customer is due next.
  package func nextDue(of facet: FacetKind, _ customer: CustomerID) throws -> Instant? {
    guard let stored = state[ChangelogKey(customer: customer, facet: facet).bytes] else { return nil }
    return try Retention.nextDue(ofStoredFacet: stored)
  }

  /// Fires what is due of one facet.
  package mutating func fire(_ facet: FacetKind, of customer: CustomerID, now: Instant) throws {
    try change(customer, program.facets(firing: facet)) { [program] in
      program.fire(facet, customer: &$0, now: now)
    }
  }

  private mutating func change(
    _ id: CustomerID, _ facets: FacetSet, _ body: (inout Customer) -> Outcome
  ) throws {
    guard !facets.isEmpty else { return }
    var customer = Customer(id: id)
    try customer.load(facets) { state[ChangelogKey(customer: id, facet: $0).bytes] }
    let outcome = body(&customer)
    let changes = customer.changes { state[ChangelogKey(customer: id, facet: $0).bytes] }
    for change in changes { state[ChangelogKey(customer: id, facet: change.kind).bytes] = change.bytes }
    for event in outcome.published(source: "/retaind") {
      let stream = event.stream == .ledger ? topics.ledger : topics.notifications
      let id = event.headers.first { $0.name == Array("ce_id".utf8) }?.value ?? []
      outputs[event.key, default: []].append(
        Output(stream: stream, key: event.key, id: String(decoding: id, as: UTF8.self), value: event.value))
    }
  }
}
