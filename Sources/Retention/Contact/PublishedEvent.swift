/// A borrowed record to be published: a CloudEvent 1.0 in binary mode, whose attributes are headers.
public struct PublishedEvent: ~Escapable {
  /// Which of the two output streams it belongs to.
  public let stream: Stream
  /// The record key: the customer.
  public let key: Span<UInt8>
  /// The data as JSON.
  public let value: Span<UInt8>
  private let id: Span<UInt8>
  private let type: Span<UInt8>
  private let time: Span<UInt8>
  private let source: Span<UInt8>

  /// The output streams.
  public enum Stream: Sendable {
    /// One record a notification.
    case notifications
    /// One record a change of a points account.
    case ledger
  }

  @_lifetime(copy key, copy id, copy type, copy time, copy source, copy value)
  init(
    stream: Stream, key: Span<UInt8>, id: Span<UInt8>, type: Span<UInt8>, time: Span<UInt8>, source: Span<UInt8>,
    value: Span<UInt8>
  ) {
    self.stream = stream
    self.key = key
    self.id = id
    self.type = type
    self.time = time
    self.source = source
    self.value = value
  }

  /// Calls `body` with the name and the value of each header: `ce_` attributes and the content type.
  public func forEachHeader(_ body: (StaticString, Span<UInt8>) -> Void) {
    Self.version.withUTF8Buffer { body("ce_specversion", $0.span) }
    body("ce_id", id)
    body("ce_source", source)
    body("ce_type", type)
    body("ce_time", time)
    body("ce_subject", key)
    Self.contentType.withUTF8Buffer { body("content-type", $0.span) }
  }

  private static var version: StaticString { "1.0" }
  private static var contentType: StaticString { "application/json" }

  /// A copy of its own.
  public func owned() -> OwnedPublishedEvent {
    var headers: [MessageHeader] = []
    forEachHeader { name, value in
      headers.append(MessageHeader(name: Array("\(name)".utf8), value: Array(copying: value)))
    }
    return OwnedPublishedEvent(stream: stream, key: Array(copying: key), headers: headers, value: Array(copying: value))
  }
}

/// A copy of a record to be published.
public struct OwnedPublishedEvent: Sendable {
  /// Which of the two output streams it belongs to.
  public let stream: PublishedEvent.Stream
  /// The record key: the customer.
  public let key: [UInt8]
  /// `ce_` attributes and the content type.
  public let headers: [MessageHeader]
  /// The data as JSON.
  public let value: [UInt8]
}

extension Outcome {
  /// The records that publish the outcome, ledger entries first. `source` is the `ce_source`.
  package func published(source: String) -> [OwnedPublishedEvent] {
    var events = PublishedEvents(source: source)
    events.add(self)
    return (0..<events.count).map { events.withEvent(at: $0) { $0.owned() } }
  }
}
