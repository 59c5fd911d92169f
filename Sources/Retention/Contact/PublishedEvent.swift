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
