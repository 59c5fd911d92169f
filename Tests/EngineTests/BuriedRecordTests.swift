import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

@Suite("Reading dead letters") struct BuriedRecordTests {
  private func read(_ world: World) throws -> [OwnedRecord] {
    var records: [OwnedRecord] = []
    try DeadLetterReader(world.host, topics: world.topics).forEach { records.append($0) }
    return records
  }

  @Test func whatWasBuriedIsFoundAsItCame() throws {
    let world = try World()
    // It has been a dead letter before, and was published again with everything.
    let headers = [Header("dlq.reason", "old"), Header(name: [0xc3], value: nil)]
    world.cluster.write("orders", 1, key: [0, 0xff], value: [1, 2], headers: headers, timestamp: 77)
    world.cluster.write("browsing", 2, key: nil, value: nil, timestamp: nil)
    world.start()
    try world.settle()
    let buried = try read(world).compactMap(BuriedRecord.init).sorted { $0.original.topic > $1.original.topic }
    #expect(buried.map(\.reason) == ["invalid-json", "empty-record"])
    let original = OwnedRecord(
      topic: "orders", partition: Partition(1), offset: Offset(0), timestamp: 77, key: [0, 0xff], value: [1, 2],
      headers: headers)
    #expect(buried.first?.original == original)
    #expect(
      buried.last?.original.key == nil && buried.last?.original.value == nil && buried.last?.original.timestamp == nil)
    #expect(buried.allSatisfy { $0.version == programVersion && !$0.message.isEmpty })
  }

  @Test func everyRecordIsReadOnceAndAnEmptyTopicEnds() throws {
    let world = try World()
    #expect(try read(world).isEmpty)
    for number in 0..<3_000 { world.cluster.write("orders", Int32(number % 2), value: [UInt8(number & 0xff)]) }
    world.configuration.deadLetterLimit.records = 1_000
    world.start()
    try world.settle()
    #expect(try read(world).count == 3_000)
  }

  @Test func whatAnotherProgramWroteIsNoneOfOurs() {
    let headers = [Header("dlq.reason", "x"), Header("dlq.topic", "orders"), Header("dlq.partition", "one")]
    let record = OwnedRecord(topic: "d", partition: Partition(0), offset: Offset(0), headers: headers)
    #expect(BuriedRecord(record) == nil)
    #expect(BuriedRecord(OwnedRecord(topic: "d", partition: Partition(0), offset: Offset(0))) == nil)
  }

  @Test func aTopicThatIsNotThereIsAnErrorWithARemedy() throws {
    let world = try World()
    var topics = Topics()
    topics.deadLetters = "elsewhere"
    let reader = DeadLetterReader(world.host, topics: topics)
    let stop = #expect(throws: Stop.self) { try reader.forEach { _ in } }
    #expect(stop?.kind == .configuration)
  }
}
