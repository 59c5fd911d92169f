import CRdKafka

/// A borrowed record: its bytes lie in the consumer's fetch buffer and are valid while the batch lives.
///
/// Nothing is copied until `headers()` or `owned()` is called.
public struct Record: ~Escapable {
  /// The topic's name.
  public let topic: String
  /// The partition the record is in.
  public let partition: Partition
  /// The record's position.
  public let offset: Offset
  /// Milliseconds since 1970 UTC, nil when the record has none.
  public let timestamp: Int64?
  /// The key; nil is null, which differs from empty.
  public let key: Span<UInt8>?
  /// The value; nil is null (a tombstone in a compacted topic), which differs from empty.
  public let value: Span<UInt8>?
  private let headerSource: HeaderSource

  private enum HeaderSource {
    case message(UnsafeMutablePointer<rd_kafka_message_t>)
    case decoded([Header])
  }

  /// Borrows a message of the batch, which keeps it alive.
  @_lifetime(borrow batch)
  init(_ message: UnsafeMutablePointer<rd_kafka_message_t>, topic: String, of batch: borrowing RecordBatch) {
    self.topic = topic
    partition = Partition(message.pointee.partition)
    offset = Offset(message.pointee.offset)
    var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    let milliseconds = rd_kafka_message_timestamp(message, &kind)
    timestamp = kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || milliseconds < 0 ? nil : milliseconds
    key = batch.bytes(message.pointee.key, count: message.pointee.key_len)
    value = batch.bytes(message.pointee.payload, count: message.pointee.len)
    headerSource = .message(message)
  }

  /// Borrows the bytes of an owned record.
  @_lifetime(borrow record)
  init(_ record: borrowing OwnedRecord) {
    topic = record.topic
    partition = record.partition
    offset = record.offset
    timestamp = record.timestamp
    key = record.key?.span
    value = record.value?.span
    headerSource = .decoded(record.headers)
  }

  /// The topic and partition as one value.
  public var topicPartition: TopicPartition { TopicPartition(topic: topic, partition: partition) }

  /// The headers in their order, copied.
  public func headers() -> [Header] {
    switch headerSource {
    case .message(let message): decodeHeaders(of: message)
    case .decoded(let headers): headers
    }
  }

  /// Whether the record's headers are these. Nothing is copied: all that a producer writes often have the same.
  public func hasHeaders(_ headers: [Header]) -> Bool {
    switch headerSource {
    case .message(let message): areHeaders(of: message, headers)
    case .decoded(let own): own == headers
    }
  }

  /// A copy that may outlive the batch.
  public func owned() -> OwnedRecord {
    OwnedRecord(
      topic: topic, partition: partition, offset: offset, timestamp: timestamp,
      key: array(key), value: array(value), headers: headers())
  }
}

/// A copy of the bytes; nil for nil.
private func array(_ bytes: Span<UInt8>?) -> [UInt8]? {
  guard let bytes else { return nil }
  return bytes.withUnsafeBufferPointer { Array($0) }
}
