import Testing

@testable import Kafka

@Suite("Readers", .blocking)
struct ReaderTests {
  @Test("report the end of each partition with its offset, also of an empty one")
  func endsAreReported() throws {
    let wire = try Wire(topic: "t", partitions: 2)
    try wire.producer().commit(values: ["a", "b", "c"], to: "t")
    let reader = try wire.reader()
    try reader.assign([TopicPartition("t", 0): Offset(0), TopicPartition("t", 1): Offset(0)])
    let seen = try reader.poll(until: { $0.ends.count == 2 })
    #expect(seen.values == ["a", "b", "c"])
    #expect(seen.ends[TopicPartition("t", 1)] == Offset(0))
    #expect(try #require(seen.ends[TopicPartition("t", 0)]) >= Offset(3))
  }

  @Test("start where they are told and change partitions with the next assignment")
  func assignmentReplaces() throws {
    let wire = try Wire(topic: "t", partitions: 2)
    let producer = try wire.producer()
    try producer.commit(values: ["a0", "a1", "a2"], to: "t", partition: 0)
    try producer.commit(values: ["b0"], to: "t", partition: 1)
    let reader = try wire.reader()
    try reader.assign([TopicPartition("t", 0): Offset(1)])
    let first = try reader.poll(until: { !$0.ends.isEmpty })
    #expect(first.values == ["a1", "a2"])
    try reader.assign([TopicPartition("t", 1): Offset(0)])
    let second = try reader.poll(until: { !$0.ends.isEmpty })
    #expect(second.values == ["b0"])
    #expect(Set(second.ends.keys) == [TopicPartition("t", 1)])
  }

  @Test("a rewind to the same position brings the same records again, none skipped")
  func rewindRepeats() throws {
    let wire = try Wire(topic: "t")
    let values = (0..<200).map { "\($0)" }
    try wire.producer().commit(values: values, to: "t")
    let reader = try wire.reader()
    for start in [0, 150, 3, 199, 0] {
      try reader.assign([TopicPartition("t", 0): Offset(Int64(start))])
      let seen = try reader.poll(until: { $0.records.count >= 200 - start })
      #expect(seen.values == Array(values[start...]))
    }
  }

  @Test("assignments in quick succession, each before the fetchers of the one before have stopped, crash nothing")
  func assignmentsInQuickSuccession() throws {
    let wire = try Wire(topic: "t", partitions: 2)
    let reader = try wire.reader()
    let starts = [TopicPartition("t", 0): Offset(0), TopicPartition("t", 1): Offset(0)]
    for _ in 0..<2000 { try reader.assign(starts) }
    #expect(try reader.poll(until: { $0.ends.count == 2 }).ends == starts)
    #expect(reader.close(timeout: .seconds(10)))
  }

  @Test("what was fetched before an assignment never comes after it, however much is still queued")
  func assignmentDropsWhatIsQueued() throws {
    let wire = try Wire(topic: "t", partitions: 2)
    let producer = try wire.producer()
    let values = (0..<500).map { "\($0)" }
    for partition in 0..<2 as Range<Int32> { try producer.commit(values: values, to: "t", partition: partition) }
    let reader = try wire.reader()
    let (a, b) = (TopicPartition("t", 0), TopicPartition("t", 1))
    for start in [0, 300, 2, 1, 250, 0, 499, 3] {
      try reader.assign([a: Offset(Int64(start)), b: Offset(Int64(499 - start))])
      // The first records only: the others stay in the queue.
      let seen = try reader.poll(until: { !$0.records.isEmpty })
      for (partition, first) in [(a, start), (b, 499 - start)] {
        let offsets = seen.records.filter { $0.partition == partition.partition }.map(\.offset.value)
        #expect(offsets == (0..<offsets.count).map { Int64(first + $0) })
      }
    }
  }

  @Test("an empty assignment fetches nothing and can be filled later")
  func emptyAssignment() throws {
    let wire = try Wire(topic: "t")
    try wire.producer().commit(values: ["a"], to: "t")
    let reader = try wire.reader()
    try reader.assign([:])
    #expect(try reader.poll(limit: 10, timeout: .milliseconds(50)).records.count == 0)
    try reader.assign([TopicPartition("t", 0): Offset(0)])
    #expect(try reader.poll(until: { !$0.records.isEmpty }).values == ["a"])
  }

  @Test("a position that is not in the log stops the reader with the partition's name, and is never reset")
  func lostPosition() throws {
    let wire = try Wire(topic: "t", partitions: 2)
    try wire.producer().commit(values: ["a"], to: "t", partition: 1)
    let reader = try wire.reader()
    wire.broker.inject([.offsetOutOfRange], for: .fetch)
    try reader.assign([TopicPartition("t", 1): Offset(500)])
    let error = try #require(throws: KafkaError.self) { _ = try reader.poll(until: { !$0.records.isEmpty }) }
    #expect(error.recovery == .stop)
    #expect(error.code == "_AUTO_OFFSET_RESET")
    #expect(error.message.contains("t [1]"))
  }

  @Test("watermarks are the ends of the log")
  func watermarks() throws {
    let wire = try Wire(topic: "t", partitions: 2)
    try wire.producer().commit(values: ["a", "b"], to: "t")
    let reader = try wire.reader()
    let filled = try reader.watermarks(of: TopicPartition("t", 0), timeout: Wire.patience)
    #expect(filled.low == Offset(0))
    #expect(filled.high >= Offset(2))
    let empty = try reader.watermarks(of: TopicPartition("t", 1), timeout: Wire.patience)
    #expect(empty == Watermarks(low: Offset(0), high: Offset(0)))
  }

  @Test("a partition without a committed position is absent")
  func nothingCommitted() throws {
    let wire = try Wire(topic: "t")
    let reader = try wire.reader()
    #expect(try reader.committed([TopicPartition("t", 0)], timeout: Wire.patience).isEmpty)
  }

  @Test("a broker that cannot be reached is a matter of trying again, and closing is quick")
  func unreachableBroker() throws {
    let configuration = ClientConfiguration(properties: ["bootstrap.servers": "127.0.0.1:1", "group.id": "g"])
    let consumer = try Consumer(configuration, observer: .silent)
    let seen = try consumer.poll(until: { !$0.errors.isEmpty })
    #expect(seen.errors.allSatisfy { $0.recovery == .retry })
    let error = try #require(throws: KafkaError.self) {
      _ = try consumer.watermarks(of: TopicPartition("t", 0), timeout: .milliseconds(200))
    }
    #expect(error.recovery == .retry)
    #expect(consumer.close(timeout: .seconds(5)))
  }

  @Test("a closed consumer says so instead of crashing")
  func closedConsumer() throws {
    let consumer = try Wire().member(of: "g")
    #expect(consumer.close(timeout: .seconds(5)))
    #expect(consumer.close(timeout: .seconds(5)))
    let error = try #require(throws: KafkaError.self) { _ = try consumer.poll(limit: 1, timeout: .zero) }
    #expect(error.recovery == .rebuild)
  }
}
