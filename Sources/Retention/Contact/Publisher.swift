/// Puts outcomes into the form in which they are published. It keeps what many records have in common and the memory that they
/// are written in, so that one serves a worker for all its records.
public struct Publisher: ~Copyable, Sendable {
  private let source: MessageHeader
  private var time = (instant: Instant(milliseconds: 0), header: MessageHeader(Self.timeName, Instant(milliseconds: 0)))
  private var json = JSONWriter(capacity: 1_000)

  /// A publisher of records whose `ce_source` is `source`.
  public init(source: String) { self.source = MessageHeader("ce_source", source) }

  /// Calls `emit` with the records that publish the outcome, ledger entries first.
  public mutating func publish<E: Error>(
    _ outcome: Outcome, _ emit: (consuming PublishedEvent) throws(E) -> Void
  ) throws(E) {
    for entry in outcome.ledger {
      let type = Self.ledgerTypes[entry.kind]
      try emit(event(.ledger, id: entry.id, type, to: entry.customer, at: entry.createdAt, entry))
    }
    for notice in outcome.notifications {
      let type = Self.noticeTypes[notice.kind]
      try emit(event(.notifications, id: notice.id, type, to: notice.customer, at: notice.createdAt, notice))
    }
  }

  private mutating func event(
    _ stream: PublishedEvent.Stream, id: String, _ type: MessageHeader?, to customer: CustomerID, at time: Instant,
    _ data: some JSONWritable
  ) -> PublishedEvent {
    json.removeAll()
    data.write(to: &json)
    if time != self.time.instant { self.time = (time, MessageHeader(Self.timeName, time)) }
    // Every kind has a type.
    let type = type ?? { preconditionFailure() }()
    return PublishedEvent(
      stream: stream, key: customer.bytes, value: json.bytes, id: Array(id.utf8), type: type, time: self.time.header,
      source: source)
  }

  private static let timeName = Array("ce_time".utf8)
  // Made once: every record has those of its kind.
  private static let ledgerTypes = types(LedgerEntry.Kind.self, "retention.ledger.")
  private static let noticeTypes = types(NoticeKind.self, "retention.")

  private static func types<Kind: CaseIterable & Hashable & RawRepresentable<String>>(
    _: Kind.Type, _ prefix: String
  ) -> [Kind: MessageHeader] {
    Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, MessageHeader("ce_type", prefix + $0.rawValue)) })
  }
}

extension MessageHeader {
  /// A header of a time.
  fileprivate init(_ name: [UInt8], _ time: Instant) { self.init(name: name, value: time.withRFC3339 { Array($0) }) }
}

extension Outcome {
  /// The records that publish the outcome, ledger entries first. `source` is the `ce_source`.
  package func published(source: String) -> [PublishedEvent] {
    var publisher = Publisher(source: source)
    var events: [PublishedEvent] = []
    publisher.publish(self) { events.append($0) }
    return events
  }
}
