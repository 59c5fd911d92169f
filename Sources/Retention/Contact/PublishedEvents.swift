/// Outcomes in the form in which they are published, one behind the other in memory that serves them all: each is several pieces
/// of text, and a unit of work publishes thousands.
public struct PublishedEvents: ~Copyable, Sendable {
  private let source: [UInt8]
  private var places: [Place] = []
  /// The pieces of all records, in the order of `Place`'s, and the writer of the values among them.
  private var json = JSONWriter(capacity: 4_096)

  /// Where the pieces of a record end; each begins behind the one before.
  private struct Place {
    let stream: PublishedEvent.Stream
    let start: Int
    var key = 0
    var id = 0
    var type = 0
    var time = 0
    var value = 0
  }

  /// No records yet. The `ce_source` of those that come is `source`.
  public init(source: String) { self.source = Array(source.utf8) }

  /// No records yet, of the same source.
  public init(like other: borrowing PublishedEvents) { source = other.source }

  /// How many records there are.
  public var count: Int { places.count }

  /// Adds the records that publish the outcome, ledger entries first.
  public mutating func add(_ outcome: Outcome) {
    // Where they lie: they are large.
    let (ledger, notifications) = (outcome.ledger.span, outcome.notifications.span)
    for index in ledger.indices {
      add(
        ledger[index], to: .ledger, ledger[index].customer, ledger[index].id, "retention.ledger.",
        ledger[index].kind.rawValue, ledger[index].createdAt)
    }
    for index in notifications.indices {
      add(
        notifications[index], to: .notifications, notifications[index].customer, notifications[index].id, "retention.",
        notifications[index].kind.rawValue, notifications[index].createdAt)
    }
  }

  private mutating func add(
    _ data: borrowing some JSONWritable, to stream: PublishedEvent.Stream, _ customer: CustomerID, _ id: String,
    _ prefix: StaticString, _ kind: String, _ time: Instant
  ) {
    var place = Place(stream: stream, start: json.buffer.count)
    customer.withBytes { json.buffer.append($0) }
    place.key = json.buffer.count
    json.buffer.append(id)
    place.id = json.buffer.count
    prefix.withUTF8Buffer { json.buffer.append($0) }
    json.buffer.append(kind)
    place.type = json.buffer.count
    time.withRFC3339 { json.buffer.append($0) }
    place.time = json.buffer.count
    json.begin()
    data.write(to: &json)
    place.value = json.buffer.count
    places.append(place)
  }

  /// Forgets the records and keeps the memory.
  public mutating func removeAll() {
    places.removeAll(keepingCapacity: true)
    json.removeAll()
  }

  /// Lends out the record at a position, from 0.
  public func withEvent<R, E: Error>(
    at index: Int, _ body: (borrowing PublishedEvent) throws(E) -> R
  ) throws(E) -> R {
    let place = places[index]
    return try body(
      PublishedEvent(
        stream: place.stream, key: span(place.start..<place.key), id: span(place.key..<place.id),
        type: span(place.id..<place.type), time: span(place.type..<place.time), source: source.span,
        value: span(place.time..<place.value)))
  }

  @_lifetime(borrow self)
  private func span(_ range: Range<Int>) -> Span<UInt8> {
    _overrideLifetime(Span(_unsafeElements: json.buffer.slice(range)), borrowing: self)
  }
}
