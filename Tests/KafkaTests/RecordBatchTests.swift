import Testing

@testable import Kafka

@Suite("Batches made by hand", .blocking)
struct RecordBatchTests {
  private let record = OwnedRecord(
    topic: "orders", partition: Partition(3), offset: Offset(7), timestamp: 5, key: [1], value: [],
    headers: [Header("name", "value")])

  @Test("lend out what they were made of")
  func lendsRecords() {
    let batch = RecordBatch([record, OwnedRecord(topic: "t", partition: Partition(0), offset: Offset(0))])
    #expect(batch.count == 2)
    #expect(batch.withRecord(at: 0) { $0.owned() } == record)
    let bare = batch.withRecord(at: 1) { $0.owned() }
    #expect(bare.key == nil)
    #expect(bare.value == nil)
    #expect(bare.timestamp == nil)
    #expect(bare.headers.isEmpty)
  }

  @Test("give spans over the bytes, empty and null kept apart")
  func lendsSpans() {
    let batch = RecordBatch([record])
    let (keyCount, firstByte, valueCount) = batch.withRecord(at: 0) { ($0.key?.count, $0.key?[0], $0.value?.count) }
    #expect(keyCount == 1)
    #expect(firstByte == 1)
    #expect(valueCount == 0)
    #expect(batch.withRecord(at: 0) { $0.topicPartition } == TopicPartition("orders", 3))
  }

  @Test("pass the error of the body on, with its type")
  func passesErrors() {
    struct Refused: Error, Equatable {}
    let batch = RecordBatch([record])
    #expect(throws: Refused()) {
      try batch.withRecord(at: 0) { _ throws(Refused) in throw Refused() }
    }
  }

  @Test("topic partitions read and sort as people expect")
  func topicPartitions() {
    let sorted = [TopicPartition("b", 0), TopicPartition("a", 10), TopicPartition("a", 9)].sorted()
    #expect(sorted.map(\.description) == ["a [9]", "a [10]", "b [0]"])
    #expect(Offset(41).next == Offset(42))
    #expect(Header(name: [0x61, 0xff], value: nil).nameText == "a\u{fffd}")
  }
}
