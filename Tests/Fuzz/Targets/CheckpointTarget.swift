import Kafka
import Retention

@testable import Engine

/// A checkpoint from any bytes. Damaged ones are refused; what is read has every timer in its index, and written and read
/// again it is the same state. The first byte says how much is put right, so that mutations come past the checksum.
struct CheckpointTarget: FuzzTarget {
  static let name = "checkpoint"
  private static let identity = Checkpoint.Identity(topic: "s", partition: Partition(3), partitionCount: 8)
  private static let position = Checkpoint.Position(offset: Offset(7), takenAt: Instant(milliseconds: 9))

  func run(_ bytes: [UInt8]) {
    var input = Input(bytes)
    let mode = input.byte() % 3
    var file = input.remainder()
    if mode == 2 { file = Self.header + file }
    if mode >= 1 { file += checksum(file) }
    let state = StatePartition(Self.identity.partition)
    let position: Checkpoint.Position
    do throws(Checkpoint.Unusable) {
      position = try Checkpoint.read(file, Self.identity, into: state)
    } catch {
      return require(!error.description.isEmpty, "unusable without a reason")
    }
    StateCheck.check(state)
    let again = StatePartition(Self.identity.partition)
    let reread = unthrown { () throws(Checkpoint.Unusable) in
      try Checkpoint.read(written(state, position), Self.identity, into: again)
    }
    require(reread == position, "written and read it stands at \(reread.offset), not \(position.offset)")
    require(StateCheck.facets(of: state) == StateCheck.facets(of: again), "written and read it is another state")
  }

  /// All that comes before the first facet.
  private static var header: [UInt8] { Array(written(StatePartition(identity.partition), position).dropLast(5)) }

  private func written(_ state: StatePartition, _ position: Checkpoint.Position) -> [UInt8] {
    Self.written(state, position)
  }

  private static func written(_ state: StatePartition, _ position: Checkpoint.Position) -> [UInt8] {
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
