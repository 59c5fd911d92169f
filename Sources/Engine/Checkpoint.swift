import Kafka
import Retention

/// The committed state of one partition as a file: a cache of the changelog up to an offset. Deleting it costs time,
/// nothing else; a file that is torn, of another topic, or out of the changelog's range is not used.
///
/// Layout, integers little-endian: `retaind` and the format's number (8 bytes) | length and name of the state topic |
/// partition (4) | partition count (4) | changelog offset (8) | time taken, ms (8) | count of customers (8) | for each customer: length of
/// what follows (4), identifier and facets as `StoredFacets` keeps them, so that they are taken over as they are | CRC-32 of
/// all before (4).
enum Checkpoint {
  private static let magic = Array("retaind".utf8) + [2]

  /// What a checkpoint must belong to.
  struct Identity: Equatable {
    let topic: String
    let partition: Partition
    let partitionCount: Int32
  }

  /// Where the changelog is to be read on, and when the checkpoint was taken.
  struct Position: Equatable {
    let offset: Offset
    let takenAt: Instant
  }

  /// Writes the partition's state in pieces to `output`.
  static func write<E: Error>(
    _ state: StatePartition, _ identity: Identity, _ position: Position, to output: ([UInt8]) throws(E) -> Void
  ) throws(E) {
    var bytes = magic
    var checksum = CRC32()
    func flush() throws(E) {
      checksum.combine(bytes)
      try output(bytes)
      bytes.removeAll(keepingCapacity: true)
    }
    bytes.append(UInt8(identity.topic.utf8.count))
    bytes.append(contentsOf: identity.topic.utf8)
    bytes.append(fixed: UInt64(UInt32(bitPattern: identity.partition.number)), width: 4)
    bytes.append(fixed: UInt64(UInt32(bitPattern: identity.partitionCount)), width: 4)
    bytes.append(fixed: UInt64(bitPattern: position.offset.value), width: 8)
    bytes.append(fixed: UInt64(bitPattern: position.takenAt.milliseconds), width: 8)
    bytes.append(fixed: UInt64(state.customers.count), width: 8)
    try state.customers.forEach { (stored) throws(E) in
      stored.withBlock { block in
        bytes.append(fixed: UInt64(block.count), width: 4)
        bytes.append(contentsOf: block)
      }
      if bytes.count >= 1 << 20 { try flush() }
    }
    try flush()
    bytes.append(fixed: UInt64(checksum.value), width: 4)
    try output(bytes)
  }

  /// Why a checkpoint is not used.
  struct Unusable: Error, Equatable, CustomStringConvertible {
    let description: String
  }

  /// Fills `state` from a checkpoint's bytes; the caller drops `state` when that throws.
  static func read(
    _ bytes: Span<UInt8>, _ identity: Identity, into state: StatePartition
  ) throws(Unusable) -> Position {
    try bytes.withUnsafeBufferPointer { bytes throws(Unusable) in try read(bytes, identity, into: state) }
  }

  private static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ identity: Identity, into state: StatePartition
  ) throws(Unusable) -> Position {
    let torn = Unusable(description: "its checksum does not match: it is torn or damaged")
    guard bytes.count > 4 else { throw torn }
    let content = UnsafeBufferPointer(rebasing: bytes.dropLast(4))
    var checksum = CRC32()
    checksum.combine(content)
    var end = CheckpointReader(UnsafeBufferPointer(rebasing: bytes.suffix(4)))
    guard try end.integer(4) == UInt64(checksum.value) else { throw torn }
    var reader = CheckpointReader(content)
    guard try reader.take(magic.count).elementsEqual(magic) else {
      throw Unusable(description: "another version of the program wrote it")
    }
    let topic = String(decoding: try reader.take(Int(try reader.integer(1))), as: UTF8.self)
    let partition = Partition(Int32(truncatingIfNeeded: try reader.integer(4)))
    let count = Int32(truncatingIfNeeded: try reader.integer(4))
    let found = Identity(topic: topic, partition: partition, partitionCount: count)
    guard found == identity else {
      throw Unusable(description: "it is of \(topic) [\(partition.number)] of \(count) partitions")
    }
    let offset = Offset(Int64(bitPattern: try reader.integer(8)))
    let takenAt = Instant(milliseconds: Int64(bitPattern: try reader.integer(8)))
    try readCustomers(&reader, identity, into: state)
    return Position(offset: offset, takenAt: takenAt)
  }

  private static func readCustomers(
    _ reader: inout CheckpointReader, _ identity: Identity, into state: StatePartition
  ) throws(Unusable) {
    let partitioning = Partitioning(count: identity.partitionCount)
    let count = try reader.integer(8)
    // A count that is a lie does not cost more than the file.
    state.reserve(Int(min(count, UInt64(reader.bytesLeft / smallestCustomer))))
    do {
      for _ in 0..<count {
        let stored = try StoredFacets(block: try reader.take(Int(try reader.integer(4))))
        let customer = stored.customer
        let owner = partitioning.partition(of: customer)
        guard owner == identity.partition else {
          throw Unusable(description: "it holds a customer of partition \(owner)")
        }
        // A file that has a customer twice was written by somebody else; the last one counts, as in the changelog.
        try state.put(stored, of: customer, CustomerTable.hash(of: customer), changed: .all)
      }
    } catch let error as Unusable {
      throw error
    } catch {
      throw Unusable(description: "a customer in it \(error)")
    }
    guard reader.bytesLeft == 0 else { throw Unusable(description: "it holds more than this version can read") }
  }

  /// The bytes of a customer at least: a length, an identifier, and a facet without content.
  private static let smallestCustomer = 4 + 2 + 4
}

/// Reads a checkpoint's bytes, which outlive it.
private struct CheckpointReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var bytesLeft: Int { bytes.count - position }

  mutating func take(_ count: Int) throws(Checkpoint.Unusable) -> UnsafeBufferPointer<UInt8> {
    guard count <= bytesLeft else { throw Checkpoint.Unusable(description: "it ends too early") }
    defer { position += count }
    return UnsafeBufferPointer(rebasing: bytes[position..<position + count])
  }

  mutating func integer(_ width: Int) throws(Checkpoint.Unusable) -> UInt64 {
    var value: UInt64 = 0
    for byte in try take(width).reversed() { value = value << 8 | UInt64(byte) }
    return value
  }
}

extension [UInt8] {
  fileprivate mutating func append(fixed value: UInt64, width: Int) {
    for byte in 0..<width { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
  }
}
