import Kafka
import Retention

@testable import Engine

/// A checkpoint from any bytes. Damaged ones are refused; what is read has every timer in its index and no customer of
/// another partition, and written and read again it is the same state. The first byte says how much is put right, so that
/// mutations come past the checksum, and whether the topic has one partition, so that they come past the partitioning.
struct CheckpointTarget: FuzzTarget {
  static let name = "checkpoint"
  private static let position = Checkpoint.Position(offset: Offset(7), takenAt: Instant(milliseconds: 9))

  func run(_ bytes: [UInt8]) {
    var input = Input(bytes)
    let first = input.byte()
    let identity =
      first < 0x80
      ? Checkpoint.Identity(topic: "s", partition: Partition(0), partitionCount: 1)
      : Checkpoint.Identity(topic: "s", partition: Partition(3), partitionCount: 8)
    var file = input.remainder()
    if first % 3 == 2 { file = header(identity) + file }
    if first % 3 >= 1 { file += checksum(file) }
    let state = StatePartition(identity.partition)
    let position: Checkpoint.Position
    do throws(Checkpoint.Unusable) {
      position = try Checkpoint.read(file.span, identity, into: state)
    } catch {
      return require(!error.description.isEmpty, "unusable without a reason")
    }
    StateCheck.check(state)
    let partitioning = Partitioning(count: identity.partitionCount)
    state.customers.forEach { stored in
      let customer = stored.customer
      require(partitioning.partition(of: customer) == identity.partition, "\(customer) is of another partition")
    }
    let again = StatePartition(identity.partition)
    let reread = unthrown { () throws(Checkpoint.Unusable) in
      try Checkpoint.read(written(state, identity, position).span, identity, into: again)
    }
    require(reread == position, "written and read it stands at \(reread.offset), not \(position.offset)")
    require(StateCheck.facets(of: state) == StateCheck.facets(of: again), "written and read it is another state")
  }

  /// All that comes before the count of customers.
  private func header(_ identity: Checkpoint.Identity) -> [UInt8] {
    Array(written(StatePartition(identity.partition), identity, Self.position).dropLast(12))
  }

  private func written(
    _ state: StatePartition, _ identity: Checkpoint.Identity, _ position: Checkpoint.Position
  ) -> [UInt8] {
    var file: [UInt8] = []
    Checkpoint.write(state, identity, position) { file += $0 }
    return file
  }

  private func checksum(_ bytes: [UInt8]) -> [UInt8] {
    var checksum = CRC32()
    checksum.combine(bytes)
    return (0..<4).map { UInt8(truncatingIfNeeded: checksum.value >> (8 * UInt32($0))) }
  }
}
