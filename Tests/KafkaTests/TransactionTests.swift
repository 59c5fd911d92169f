import Testing

@testable import Kafka

@Suite("Transactions", .blocking)
struct TransactionTests {
  @Test("one producer commits, aborts and commits again")
  func lifecycle() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    try producer.commit(values: ["a"], to: "t")
    try producer.begin()
    try producer.produce("dropped", to: "t")
    try producer.abort()
    try producer.commit(values: ["b"], to: "t")
    let reader = try wire.reader()
    try reader.assign([TopicPartition("t", 0): Offset(0)])
    // The mock cluster shows aborted records, so that only the committed ones and their order are looked at.
    let seen = try reader.poll(until: { $0.values.contains("b") })
    #expect(seen.values.filter { $0 != "dropped" } == ["a", "b"])
  }

  @Test("the end of what a transaction delivered to a named partition is known after its commit")
  func deliveredOffsets() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    let value: [UInt8] = [1]
    for expected in [Offset(3), Offset(6)] {
      try producer.begin()
      #expect(producer.delivered.isEmpty)
      for _ in 0..<3 { try producer.produce(topic: "t", partition: Partition(0), key: nil, value: value.span) }
      try producer.commit()
      #expect(producer.delivered == [TopicPartition("t", 0): expected])
    }
  }

  @Test("a broker that takes nothing fills 64 MB and no more")
  func boundedQueue() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    try producer.begin()
    try wire.broker.setDown()
    let record = [UInt8](repeating: 1, count: 1_000_000)
    var taken = 0
    let error = #expect(throws: KafkaError.self) {
      while taken < 1_000 {
        try producer.produce(topic: "t", partition: Partition(0), key: nil, value: record.span)
        taken += 1
      }
    }
    #expect(error?.code == "_QUEUE_FULL" && error?.recovery == .retry)
    #expect((60...67).contains(taken))
  }

  @Test("an empty transaction commits and aborts")
  func emptyTransaction() throws {
    let producer = try Wire().producer()
    try producer.begin()
    try producer.commit()
    try producer.begin()
    try producer.abort()
  }

  @Test("positions are sent with the metadata of a member, kept as plain bytes")
  func offsetsAreSent() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    let member = try wire.member(of: "g")
    let metadata = try member.groupMetadata()
    #expect(metadata == GroupMetadata(bytes: metadata.bytes))
    try producer.begin()
    try producer.sendOffsets([TopicPartition("t", 0): Offset(3)], group: metadata, timeout: Wire.patience)
    try producer.commit()
  }

  @Test("metadata that is none is refused without touching the transaction")
  func brokenMetadata() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer()
    try producer.begin()
    let error = try #require(throws: KafkaError.self) {
      try producer.sendOffsets(
        [TopicPartition("t", 0): Offset(3)], group: GroupMetadata(bytes: [1, 2, 3]), timeout: Wire.patience)
    }
    #expect(error.operation == "send offsets")
    try producer.abort()
  }

  @Test("a full queue is a matter of trying again, and room comes by polling")
  func fullQueue() throws {
    let wire = try Wire(topic: "t")
    let producer = try wire.producer("writer", ["queue.buffering.max.messages": "10", "linger.ms": "0"])
    try wire.broker.setRoundTrip(.milliseconds(100))
    try producer.begin()
    var sent = 0
    let error = try #require(throws: KafkaError.self) {
      while sent < 1_000 {
        try producer.produce("v", to: "t")
        sent += 1
      }
    }
    #expect(error.code == "_QUEUE_FULL")
    #expect(error.recovery == .retry)
    #expect(sent == 10)
    let deadline = ContinuousClock.now + Wire.patience
    var isSent = false
    while !isSent, ContinuousClock.now < deadline {
      producer.poll()
      isSent = (try? producer.produce("v", to: "t")) != nil
    }
    #expect(isSent)
    try producer.commit()
  }

  @Test("a record outside of a transaction is refused")
  func produceOutsideOfTransaction() throws {
    let producer = try Wire(topic: "t").producer()
    let error = try #require(throws: KafkaError.self) { try producer.produce("v", to: "t") }
    #expect(error.code == "_STATE")
    #expect(error.recovery == .abort)
  }

  @Test("calls out of turn ask for a new producer")
  func callsOutOfTurn() throws {
    let producer = try Wire().producer()
    #expect(try #require(throws: KafkaError.self) { try producer.commit() }.recovery == .rebuild)
    try producer.begin()
    #expect(try #require(throws: KafkaError.self) { try producer.begin() }.recovery == .rebuild)
  }

  @Test("a closed producer says so instead of crashing, and closes in time with a transaction open")
  func closedProducer() throws {
    let producer = try Wire(topic: "t").producer()
    try producer.begin()
    try producer.produce("v", to: "t")
    #expect(producer.close())
    let error = try #require(throws: KafkaError.self) { try producer.produce("v", to: "t") }
    #expect(error.code == "_DESTROY")
    #expect(error.recovery == .rebuild)
    producer.poll()
  }

  @Test("a slow coordinator's start is resumed by the same call")
  func initResumes() throws {
    let wire = try Wire()
    let producer = try wire.rawProducer()
    try wire.broker.setRoundTrip(.milliseconds(150))
    let error = try #require(throws: KafkaError.self) { try producer.initTransactions(timeout: .milliseconds(50)) }
    #expect(error.recovery == .retry)
    try wire.broker.setRoundTrip(.zero)
    try producer.initTransactions(timeout: Wire.patience)
    try producer.begin()
  }
}
