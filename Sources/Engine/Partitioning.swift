import Kafka
import Retention

/// The 32-bit Murmur2 hash with the seed of Kafka's Java client, which librdkafka's `murmur2_random` shares.
/// Source: Austin Appleby's MurmurHash2, as used by `org.apache.kafka.common.utils.Utils.murmur2`.
package func murmur2(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBufferPointer { murmur2($0) } }

private func murmur2(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
  let m: UInt32 = 0x5bd1_e995
  var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
  let raw = UnsafeRawBufferPointer(bytes)
  var position = 0
  while raw.count - position >= 4 {
    var word = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt32.self))
    word = word &* m
    word = (word ^ (word >> 24)) &* m
    hash = (hash &* m) ^ word
    position += 4
  }
  let rest = raw.count - position
  if rest > 2 { hash ^= UInt32(raw[position + 2]) << 16 }
  if rest > 1 { hash ^= UInt32(raw[position + 1]) << 8 }
  if rest > 0 { hash = (hash ^ UInt32(raw[position])) &* m }
  hash = (hash ^ (hash >> 13)) &* m
  return hash ^ (hash >> 15)
}

/// Which partition holds a customer's state: `murmur2(customerId) % N`, the sign bit cleared, N being the partition count
/// of the state topic. A producer that keys its records by customer id and partitions as Java clients do agrees with it.
public struct Partitioning: Sendable, Equatable {
  /// N.
  public let count: Int32

  /// A partitioning over `count` partitions, at least 1.
  public init(count: Int32) {
    precondition(count > 0, "a topic has at least one partition")
    self.count = count
  }

  /// The partition of the customer.
  public func partition(of customer: CustomerID) -> Partition { customer.withBytes { partition(of: $0) } }

  /// The partition of the customer whose identifier has these bytes.
  func partition(of customer: Span<UInt8>) -> Partition { customer.withUnsafeBufferPointer { partition(of: $0) } }

  private func partition(of customer: UnsafeBufferPointer<UInt8>) -> Partition {
    Partition(Int32(bitPattern: murmur2(customer) & 0x7fff_ffff) % count)
  }
}
