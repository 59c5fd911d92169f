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
    let entries = ledger.map { entry in
      PublishedEvent(
        .ledger, id: entry.id, type: "retention.ledger." + entry.kind.rawValue, customer: entry.customer,
        time: entry.createdAt, source: source, data: entry)
    }
    let notices = notifications.map { notice in
      PublishedEvent(
        .notifications, id: notice.id, type: "retention." + notice.kind.rawValue, customer: notice.customer,
        time: notice.createdAt, source: source, data: notice)
    }
    return entries + notices
  }
}

extension PublishedEvent {
  fileprivate init(
    _ stream: Stream, id: String, type: String, customer: CustomerID, time: Instant, source: String,
    data: some JSONWritable
  ) {
    var json = JSONWriter(capacity: 512)
    data.write(to: &json)
    let attributes = [
      ("ce_specversion", "1.0"), ("ce_id", id), ("ce_source", source), ("ce_type", type), ("ce_time", time.rfc3339),
      ("ce_subject", customer.description), ("content-type", "application/json"),
    ]
    self.init(
      stream: stream, key: customer.bytes,
      headers: attributes.map { MessageHeader(name: Array($0.0.utf8), value: Array($0.1.utf8)) }, value: json.bytes)
  }
}
