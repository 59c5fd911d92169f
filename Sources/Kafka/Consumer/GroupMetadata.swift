import CRdKafka

/// What proves to the group coordinator that offsets come from a current member: group, generation and member.
///
/// A plain value. Take it on the polling thread just before it is sent: a rebalance makes it worthless.
public struct GroupMetadata: Sendable, Hashable {
  /// The metadata in librdkafka's own encoding.
  public let bytes: [UInt8]

  /// Metadata from its encoding; whether a cluster accepts it shows when it is sent.
  public init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Encodes librdkafka's object, which stays the caller's.
  init(encoding metadata: OpaquePointer) throws(KafkaError) {
    var buffer: UnsafeMutableRawPointer?
    var count = 0
    if let error = rd_kafka_consumer_group_metadata_write(metadata, &buffer, &count) {
      throw KafkaError(consuming: error, operation: "read group metadata")
    }
    bytes = Array(UnsafeRawBufferPointer(start: buffer, count: count))
    rd_kafka_mem_free(nil, buffer)
  }

  /// Decodes into librdkafka's object, which the caller destroys.
  func decoded() throws(KafkaError) -> OpaquePointer {
    var metadata: OpaquePointer?
    let error = bytes.withUnsafeBytes { rd_kafka_consumer_group_metadata_read(&metadata, $0.baseAddress, $0.count) }
    if let error { throw KafkaError(consuming: error, operation: "send offsets", recovery: .rebuild) }
    return metadata!
  }
}
