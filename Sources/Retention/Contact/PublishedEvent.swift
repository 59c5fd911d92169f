/// A record to be published: a CloudEvent 1.0 in binary mode, whose attributes are headers.
public struct PublishedEvent: Sendable {
  /// Which of the two output streams it belongs to.
  public let stream: Stream
  /// The record key: the customer.
  public let key: [UInt8]
  /// The data as JSON.
  public let value: [UInt8]
  // What headers of two records differ in. A record is held until its transaction is written, and a list of headers would be
  // an allocation and two references for each of them.
  let id: [UInt8]
  let type: MessageHeader
  let time: MessageHeader
  let source: MessageHeader

  /// Calls `body` with each header: `ce_` attributes and the content type.
  public func forEachHeader(_ body: (MessageHeader) -> Void) {
    body(Self.version)
    body(MessageHeader(name: Self.idName, value: id))
    body(source)
    body(type)
    body(time)
    body(MessageHeader(name: Self.subjectName, value: key))
    body(Self.contentType)
  }

  /// The headers as a list.
  public var headers: [MessageHeader] {
    var headers: [MessageHeader] = []
    forEachHeader { headers.append($0) }
    return headers
  }

  // Made once: every record has them.
  private static let version = MessageHeader("ce_specversion", "1.0")
  private static let contentType = MessageHeader("content-type", "application/json")
  private static let idName = Array("ce_id".utf8)
  private static let subjectName = Array("ce_subject".utf8)

  /// The output streams.
  public enum Stream: Sendable {
    /// One record a notification.
    case notifications
    /// One record a change of a points account.
    case ledger
  }
}
