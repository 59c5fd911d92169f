/// A record to be published: a CloudEvent 1.0 in binary mode, whose attributes are headers.
public struct PublishedEvent: Sendable {
  /// Which of the two output streams it belongs to.
  public let stream: Stream
  /// The record key: the customer.
  public let key: [UInt8]
  /// `ce_` attributes and the content type.
  public let headers: [MessageHeader]
  /// The data as JSON.
  public let value: [UInt8]

  /// The output streams.
  public enum Stream: Sendable {
    /// One record a notification.
    case notifications
    /// One record a change of a points account.
    case ledger
  }
}

extension Outcome {
  /// The records that publish the outcome, ledger entries first. `source` is the `ce_source`.
  public func published(source: String) -> [PublishedEvent] {
    guard !ledger.isEmpty || !notifications.isEmpty else { return [] }
    let source = Array(source.utf8)
    var events: [PublishedEvent] = []
    events.reserveCapacity(ledger.count + notifications.count)
    for entry in ledger {
      events.append(
        PublishedEvent(
          .ledger, id: entry.id, type: "retention.ledger.", entry.kind.rawValue, customer: entry.customer,
          time: entry.createdAt, source: source, data: entry))
    }
    for notice in notifications {
      events.append(
        PublishedEvent(
          .notifications, id: notice.id, type: "retention.", notice.kind.rawValue, customer: notice.customer,
          time: notice.createdAt, source: source, data: notice))
    }
    return events
  }
}

extension PublishedEvent {
  /// `type` and `kind` together are the `ce_type`.
  fileprivate init(
    _ stream: Stream, id: String, type: String, _ kind: String, customer: CustomerID, time: Instant, source: [UInt8],
    data: some JSONWritable
  ) {
    var json = JSONWriter(capacity: 1_000)
    data.write(to: &json)
    var moment: [UInt8] = []
    moment.reserveCapacity(24)
    time.appendRFC3339(to: &moment)
    let key = customer.bytes
    var kindOfEvent: [UInt8] = []
    kindOfEvent.reserveCapacity(type.utf8.count + kind.utf8.count)
    kindOfEvent.append(contentsOf: type.utf8)
    kindOfEvent.append(contentsOf: kind.utf8)
    self.init(
      stream: stream, key: key,
      headers: [
        Self.version, MessageHeader(name: Self.id, value: Array(id.utf8)),
        MessageHeader(name: Self.source, value: source), MessageHeader(name: Self.type, value: kindOfEvent),
        MessageHeader(name: Self.time, value: moment), MessageHeader(name: Self.subject, value: key),
        Self.contentType,
      ], value: json.bytes)
  }

  // Made once: every record has them.
  private static let version = MessageHeader("ce_specversion", "1.0")
  private static let id = Array("ce_id".utf8)
  private static let source = Array("ce_source".utf8)
  private static let type = Array("ce_type".utf8)
  private static let time = Array("ce_time".utf8)
  private static let subject = Array("ce_subject".utf8)
  private static let contentType = MessageHeader("content-type", "application/json")
}
