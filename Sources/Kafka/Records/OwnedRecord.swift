/// A record that owns its bytes and may outlive the batch it came from.
public struct OwnedRecord: Hashable, Sendable {
  /// The topic's name.
  public let topic: String
  /// The partition the record is in.
  public let partition: Partition
  /// The record's position.
  public let offset: Offset
  /// Milliseconds since 1970 UTC, nil when the record has none.
  public let timestamp: Int64?
  /// The key; nil is null, which differs from empty.
  public let key: [UInt8]?
  /// The value; nil is null (a tombstone in a compacted topic), which differs from empty.
  public let value: [UInt8]?
  /// The headers in their order; names may repeat.
  public let headers: [Header]

  /// A record from its parts.
  public init(
    topic: String, partition: Partition, offset: Offset, timestamp: Int64? = nil, key: [UInt8]? = nil,
    value: [UInt8]? = nil, headers: [Header] = []
  ) {
    self.topic = topic
    self.partition = partition
    self.offset = offset
    self.timestamp = timestamp
    self.key = key
    self.value = value
    self.headers = headers
  }
}
