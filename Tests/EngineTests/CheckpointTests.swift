import Foundation
import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

extension Checkpoint {
  fileprivate static func read(
    _ bytes: [UInt8], _ identity: Identity, into state: StatePartition
  ) throws(Unusable) -> Position {
    try read(bytes.span, identity, into: state)
  }
}

extension CheckpointStorage {
  fileprivate func read(_ name: String) throws -> [UInt8]? { try read(name) { copy($0) } }
}

/// What a test throws itself.
private struct Interrupted: Error {}

/// A checkpoint is read as it was written, or not at all.
struct CheckpointTests {
  private let identity = Checkpoint.Identity(topic: "retaind.state", partition: Partition(3), partitionCount: 8)
  private let position = Checkpoint.Position(offset: Offset(1 << 40), takenAt: Shop.now)

  @Test func whatWasWrittenIsReadAgain() throws {
    let state = try sample()
    let read = StatePartition(Partition(3))
    #expect(try Checkpoint.read(bytes(of: state), identity, into: read) == position)
    #expect(content(of: read) == content(of: state))
    #expect(content(of: read).count == 67)
    #expect(read.timers.count == state.timers.count)
    #expect(read.byteCount == state.byteCount)
  }

  @Test func anEmptyStateIsReadAgain() throws {
    let read = StatePartition(Partition(3))
    #expect(try Checkpoint.read(bytes(of: StatePartition(Partition(3))), identity, into: read) == position)
    #expect(read.customerCount == 0)
  }

  @Test func aCheckpointCutOffAnywhereIsNotUsed() throws {
    let whole = bytes(of: try sample())
    for length in 0..<whole.count {
      #expect(throws: Checkpoint.Unusable.self) {
        try Checkpoint.read(Array(whole.prefix(length)), identity, into: StatePartition(Partition(3)))
      }
    }
  }

  @Test func aCheckpointWithAnyBitFlippedIsNotUsed() throws {
    let state = StatePartition(Partition(3))
    try state.apply(FacetChange(kind: .seen, bytes: [1, 0, 7]), to: #require(CustomerID("c-1")))
    let whole = bytes(of: state)
    for bit in 0..<whole.count * 8 {
      var flipped = whole
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: Checkpoint.Unusable.self) {
        try Checkpoint.read(flipped, identity, into: StatePartition(Partition(3)))
      }
    }
  }

  @Test(arguments: [
    Checkpoint.Identity(topic: "retaind.statf", partition: Partition(3), partitionCount: 8),
    Checkpoint.Identity(topic: "retaind.state", partition: Partition(2), partitionCount: 8),
    Checkpoint.Identity(topic: "retaind.state", partition: Partition(3), partitionCount: 9),
  ])
  func aCheckpointOfSomethingElseIsNotUsed(_ other: Checkpoint.Identity) throws {
    let whole = bytes(of: try sample())
    #expect(throws: Checkpoint.Unusable.self) { try Checkpoint.read(whole, other, into: StatePartition(Partition(3))) }
  }

  @Test func aCheckpointWithACustomerOfAnotherPartitionIsNotUsed() throws {
    let state = try sample()
    try state.apply(
      FacetChange(kind: .seen, bytes: [1, 0, 0]), to: #require(CustomerID(Shop.customer(in: 4, of: 8))))
    let whole = bytes(of: state)
    let error = #expect(throws: Checkpoint.Unusable.self) {
      try Checkpoint.read(whole, identity, into: StatePartition(Partition(3)))
    }
    #expect(error?.description.contains("customer of partition 4") == true)
  }

  @Test func ofACustomerWhoStandsThereTwiceTheLastOneCounts() throws {
    let customer = try #require(CustomerID("c-1"))
    func entry(due: UInt8, _ content: UInt8) -> [UInt8] {
      [9, 0, 0, 0, 3] + customer.bytes + [FacetKind.contacts.rawValue, 3, 1, due, content]
    }
    let file = whole(one, customers: 2, entry(due: 3, 7) + entry(due: 0, 9))
    let state = StatePartition(Partition(0))
    _ = try Checkpoint.read(file, one, into: state)
    #expect(state.facet(.contacts, of: customer) == [1, 0, 9] && state.byteCount == 3 && state.customerCount == 1)
    #expect(state.popDue(by: Instant(milliseconds: .max)) == [])
  }

  @Test(arguments: [1, 3] as [UInt8])
  func aCheckpointOfAnotherFormatIsNotUsed(_ format: UInt8) throws {
    var body = Array(bytes(of: try sample()).dropLast(4))
    body[7] = format
    let error = #expect(throws: Checkpoint.Unusable.self) {
      try Checkpoint.read(summed(body), identity, into: StatePartition(Partition(3)))
    }
    #expect(error?.description.contains("version") == true)
  }

  @Test(
    arguments: [
      (0, [0]), (0, [5, 0, 0, 0, 1, 99, 1, 2, 1, 0]),
      (1, []), (1, [6, 0, 0, 0, 1, 99, 1, 2, 1, 0, 0]), (2, [6, 0, 0, 0, 1, 99, 1, 2, 1, 0]),
      (UInt64.max, [6, 0, 0, 0, 1, 99, 1, 2, 1, 0]),
      // Longer than what is left, and shorter than what it holds.
      (1, [7, 0, 0, 0, 1, 99, 1, 2, 1, 0]), (1, [255, 255, 255, 255, 1, 99, 1, 2, 1, 0]),
      (1, [5, 0, 0, 0, 1, 99, 1, 2, 1]),
      // A facet without a due time, and one whose due time does not end.
      (1, [5, 0, 0, 0, 1, 99, 1, 1, 1]), (1, [6, 0, 0, 0, 1, 99, 1, 2, 1, 128]),
    ] as [(UInt64, [UInt8])])
  func aCheckpointThatDoesNotHoldTheCustomersThatItCountsIsNotUsed(_ count: UInt64, _ customers: [UInt8]) throws {
    #expect(throws: Checkpoint.Unusable.self) {
      try Checkpoint.read(whole(one, customers: count, customers), one, into: StatePartition(Partition(0)))
    }
    let right = whole(one, customers: 1, [6, 0, 0, 0, 1, 99, 1, 2, 1, 0])
    #expect(try Checkpoint.read(right, one, into: StatePartition(Partition(0))) == position)
  }

  /// Of a topic with one partition, which has every customer.
  private let one = Checkpoint.Identity(topic: "retaind.state", partition: Partition(0), partitionCount: 1)

  /// A checkpoint that claims to have `count` customers.
  private func whole(_ identity: Checkpoint.Identity, customers count: UInt64, _ customers: [UInt8]) -> [UInt8] {
    var empty: [UInt8] = []
    Checkpoint.write(StatePartition(identity.partition), identity, position) { empty += $0 }
    return summed(empty.dropLast(12) + (0..<8).map { UInt8(truncatingIfNeeded: count >> UInt64(8 * $0)) } + customers)
  }

  private func summed(_ body: [UInt8]) -> [UInt8] {
    var checksum = CRC32()
    checksum.combine(body)
    return body + (0..<4).map { UInt8(truncatingIfNeeded: checksum.value >> UInt32(8 * $0)) }
  }

  private func bytes(of state: StatePartition) -> [UInt8] {
    var bytes: [UInt8] = []
    Checkpoint.write(state, identity, position) { bytes += $0 }
    return bytes
  }

  private func content(of state: StatePartition) -> [[UInt8]: [UInt8]] {
    var all: [[UInt8]: [UInt8]] = [:]
    state.customers.forEach { stored in
      stored.forEach { all[ChangelogKey(customer: stored.customer, facet: $0).bytes] = Array($1) }
    }
    return all
  }

  /// Facets that the business made, some of them due, and the longest identifier.
  private func sample() throws -> StatePartition {
    var model = SequentialModel(try Shop.program())
    let place = TopicPartition(topic: "orders", partition: Partition(0))
    let customers = (0..<12).map { Shop.customer(in: 3, of: 8, $0) } + [try longestCustomer()]
    for (index, customer) in customers.enumerated() {
      try model.take(Shop.paid("o-1", of: customer), at: place, Offset(Int64(index)), now: Shop.now)
      let parcel = Shop.shipped("s-1", order: "o-1", of: customer, "delivered")
      try model.take(parcel, at: place, Offset(Int64(index)), now: Shop.now)
    }
    let state = StatePartition(Partition(3))
    for (bytes, facet) in model.state {
      guard let key = ChangelogKey(bytes.span) else { throw Interrupted() }
      try state.apply(FacetChange(kind: key.facet, bytes: facet), to: key.customer)
    }
    try state.apply(
      FacetChange(kind: .seen, bytes: [1, 0, 0]), to: #require(CustomerID(Shop.customer(in: 3, of: 8, 12))))
    try state.apply(
      FacetChange(kind: .seen, bytes: [1, 0, 1]), to: #require(CustomerID(Shop.customer(in: 3, of: 8, 13))))
    return state
  }

  /// An identifier of 128 bytes whose customer belongs to the partition.
  private func longestCustomer() throws -> String {
    let names = (10..<100).map { String(repeating: "客", count: 42) + "\($0)" }
    return try #require(
      names.first { CustomerID($0).map(Partitioning(count: 8).partition(of:)) == Partition(3) })
  }
}

/// Checkpoints as files.
struct CheckpointDirectoryTests {
  @Test func whatWasWrittenIsReadAgainAndWhatWasNotIsAbsent() throws {
    try withDirectory { path, directory in
      #expect(try directory.read("a") == nil)
      try directory.write("a") { output in
        try output([1, 2])
        try output([])
        try output([3])
      }
      #expect(try directory.read("a") == [1, 2, 3])
      #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["a"])
    }
  }

  @Test func aWriteThatFailsHalfWayLeavesTheOldFileAndNothingElse() throws {
    try withDirectory { path, directory in
      try directory.write("a") { try $0([1]) }
      #expect(throws: Interrupted.self) {
        try directory.write("a") { output in
          try output([2, 2])
          throw Interrupted()
        }
      }
      #expect(try directory.read("a") == [1])
      #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["a"])
    }
  }

  @Test func aFileThatAKilledProcessLeftUnfinishedIsNotTakenForACheckpoint() throws {
    try withDirectory { path, directory in
      try directory.write("a") { output in
        try output([1])
        // What is there while it is being written is what a kill leaves.
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
          try FileManager.default.copyItem(atPath: "\(path)/\(name)", toPath: "\(path)/left-\(name)")
        }
      }
      #expect(try directory.read("a") == [1])
      #expect(try directory.read("left-a") == nil)
    }
  }

  @Test func twoThatShareTheDirectoryDoNotWriteIntoEachOthersUnfinishedFile() throws {
    try withDirectory { path, directory in
      let other = try CheckpointDirectory(path: path, writer: "other")
      try directory.write("a") { output in
        try output([1])
        try other.write("a") { try $0([9, 9]) }
        try output([2])
      }
      #expect(try directory.read("a") == [1, 2])
    }
  }

  @Test func aCheckpointThatCannotBeReadIsAnError() throws {
    try withDirectory { path, directory in
      try FileManager.default.createDirectory(atPath: "\(path)/a", withIntermediateDirectories: false)
      #expect(throws: (any Error).self) { try directory.read("a") }
    }
  }

  @Test func aDirectoryThatCannotBeMadeIsAnError() throws {
    try withDirectory { path, directory in
      try directory.write("file") { try $0([1]) }
      #expect(throws: (any Error).self) { try CheckpointDirectory(path: "\(path)/file/below", writer: "w") }
    }
  }

  private func withDirectory(_ body: (String, CheckpointDirectory) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "retaind-checkpoints-\(UUID().uuidString)/state"
    defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
    try body(path, try CheckpointDirectory(path: path, writer: "writer"))
  }
}

/// When the worker writes checkpoints, and what becomes of it when it cannot.
struct CheckpointingTests {
  @Test func aCheckpointIsTakenEveryInterval() throws {
    let world = try World()
    world.configuration.checkpointInterval = .seconds(60)
    let worker = world.start()
    try world.settle()
    #expect(world.storage.files.isEmpty)
    world.clock.pass(.seconds(61))
    _ = try worker.step()
    #expect(world.storage.files.count == 2)
  }

  @Test func aFullDiskStopsCheckpointsNotProcessing() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.configuration.checkpointInterval = .seconds(1)
    world.storage.isFull = true
    world.start()
    for order in 1...3 {
      world.send(Shop.paid("o-\(order)", of: customer), for: customer)
      try world.settle()
      world.clock.pass(.seconds(2))
    }
    #expect(world.ledger.count == 3)
    #expect(world.storage.files.isEmpty)
    #expect(world.logLines.contains { $0.contains("checkpoint-failed") })
    world.storage.isFull = false
    _ = try world.workers[0]?.step()
    #expect(world.storage.files.count == 2)
  }

  @Test func aCheckpointHoldsNothingThatIsNotCommitted() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    let worker = world.start()
    try world.settle()
    world.send(Shop.paid("o-1", of: customer), for: customer)
    _ = try worker.step()
    #expect(!worker.isIdle)
    worker.takeCheckpoints()
    world.cluster.expireTransaction(worker: 0)
    world.start()
    try world.settle()
    #expect(world.ledger.count == 1)
    #expect(world.restoredState == world.storedState)
  }
}
