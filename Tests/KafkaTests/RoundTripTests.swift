import Testing

@testable import Kafka

@Suite("Records over the wire", .blocking)
struct RoundTripTests {
  private func roundTrip(
    key: [UInt8]?, value: [UInt8]?, headers: [Header] = [], timestamp: Int64? = nil
  ) throws -> OwnedRecord {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    try producer.begin()
    try producer.produce(
      topic: "t", partition: Partition(0), key: key?.span, value: value?.span, headers: headers, timestamp: timestamp)
    try producer.commit()
    let reader = try wire.reader()
    try reader.assign([TopicPartition("t", 0): Offset(0)])
    return try #require(try reader.poll(until: { !$0.records.isEmpty }).records.first)
  }

  @Test("key, value and headers come back byte for byte, zero bytes and invalid UTF-8 included")
  func everyByteComesBack() throws {
    let bytes = (0...255).map { UInt8($0) }
    let headers = [
      Header(name: [0xff, 0x41], value: bytes), Header("a", "1"), Header("a", "2"),
      Header(name: Array("null".utf8), value: nil), Header(name: Array("empty".utf8), value: []),
    ]
    let record = try roundTrip(key: bytes.reversed(), value: bytes, headers: headers, timestamp: 1_700_000_000_123)
    #expect(record.key == bytes.reversed())
    #expect(record.value == bytes)
    #expect(record.headers == headers)
    #expect(record.timestamp == 1_700_000_000_123)
    #expect(record.topic == "t")
    #expect(record.partition == Partition(0))
  }

  @Test("headers are a record's own, whichever record's they are compared with")
  func headersAreNeverThoseOfAnother() throws {
    let lists = [
      [], [Header("a", "1")], [Header("a", "2")], [Header("b", "1")], [Header("a", "1"), Header("b", "1")],
      [Header("b", "1"), Header("a", "1")], [Header(name: [0x61], value: nil)], [Header(name: [0x61], value: [])],
      [Header("aa", "1")], [Header("a", "11")],
    ]
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    try producer.begin()
    for headers in lists {
      try producer.produce(topic: "t", partition: Partition(0), key: nil, value: [1].span, headers: headers)
    }
    try producer.commit()
    let reader = try wire.reader()
    try reader.assign([TopicPartition("t", 0): Offset(0)])
    var seen = 0
    while seen < lists.count {
      let batch = try reader.poll(limit: 1, timeout: .seconds(10)).records
      for index in 0..<batch.count {
        batch.withRecord(at: index) { record in
          #expect(record.headers() == lists[seen])
          for other in lists { #expect(record.hasHeaders(other) == (other == lists[seen])) }
        }
        seen += 1
      }
    }
  }

  @Test("a null key and value come back as null")
  func nullStaysNull() throws {
    let record = try roundTrip(key: nil, value: nil)
    #expect(record.key == nil)
    #expect(record.value == nil)
    #expect(record.headers.isEmpty)
  }

  @Test("an empty key and value come back as empty and not as null")
  func emptyStaysEmpty() throws {
    let record = try roundTrip(key: [], value: [])
    #expect(record.key == [])
    #expect(record.value == [])
  }

  @Test("a record without a partition goes where murmur2 of its key says, as from a Java client")
  func partitionerIsMurmur2() throws {
    let wire = try Wire(topic: "t", partitions: 8)
    let producer = try wire.producer()
    try producer.begin()
    // Kafka's own test vectors (UtilsTest.testMurmur2): hash, sign bit cleared, modulo 8.
    let vectors: [(key: String, hash: Int32)] = [
      ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
      ("a-little-bit-longer-string", -1_486_304_829), ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
      ("abc", 479_470_107),
    ]
    for vector in vectors { try producer.produce("v", to: "t", partition: nil, key: vector.key) }
    try producer.commit()
    let reader = try wire.reader()
    try reader.assign(Dictionary(uniqueKeysWithValues: (0..<8).map { (TopicPartition("t", $0), Offset(0)) }))
    let records = try reader.poll(until: { $0.records.count == vectors.count }).records
    let found = Dictionary(
      uniqueKeysWithValues: records.map { (String(decoding: $0.key ?? [], as: UTF8.self), $0.partition.number) })
    for vector in vectors { #expect(found[vector.key] == (vector.hash & 0x7fff_ffff) % 8) }
  }

  @Test("a batch outlives the consumer that polled it")
  func batchOutlivesItsConsumer() throws {
    let wire = try Wire(topic: "t")
    try wire.producer().commit(values: ["kept"], to: "t")
    let reader = try wire.reader()
    try reader.assign([TopicPartition("t", 0): Offset(0)])
    var kept: RecordBatch?
    let deadline = ContinuousClock.now + Wire.patience
    while kept == nil, ContinuousClock.now < deadline {
      let batch = try reader.poll(limit: 10, timeout: .milliseconds(20)).records
      if batch.count > 0 { kept = batch }
    }
    #expect(reader.close(timeout: .seconds(5)))
    let batch = try #require(kept)
    #expect(batch.withRecord(at: 0) { $0.owned() }.value == Array("kept".utf8))
  }

  @Test("a batch that is held is not overwritten by the next poll, and a poll keeps to its limit")
  func batchesAreIndependent() throws {
    let wire = try Wire(topic: "t")
    let values = (0..<50).map { "value \($0)" }
    try wire.producer().commit(values: values, to: "t")
    let reader = try wire.reader()
    try reader.assign([TopicPartition("t", 0): Offset(0)])
    var batches: [RecordBatch] = []
    let deadline = ContinuousClock.now + Wire.patience
    while batches.reduce(0, { $0 + $1.count }) < values.count, ContinuousClock.now < deadline {
      batches.append(try reader.poll(limit: 7, timeout: .milliseconds(20)).records)
    }
    #expect(batches.allSatisfy { $0.count <= 7 })
    let read = batches.flatMap { batch in
      (0..<batch.count).map { batch.withRecord(at: $0) { $0.owned() } }
    }
    #expect(read.map { String(decoding: $0.value ?? [], as: UTF8.self) } == values)
    #expect(read.map(\.offset) == read.map(\.offset).sorted())
  }
}
