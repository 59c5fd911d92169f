import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

/// Bad input goes to the dead letters, in the transaction that passes over it, until it is too much.
struct DeadLetterTests {
  @Test func aDeadLetterIsTheRecordByteForByteAndSaysWhyAndWhence() throws {
    let world = try World()
    let key: [UInt8] = [0, 0xff, 7]
    let value = Array(#"{"specversion":"1.0""#.utf8)
    let headers = [Header("a", "1"), Header("a", "2"), Header(name: [0xc3], value: nil), Header(name: [], value: [])]
    world.cluster.write("orders", 1, key: key, value: value, headers: headers, timestamp: 77)
    world.start()
    try world.settle()
    #expect(world.deadLetters.count == 1)
    let letter = try #require(world.deadLetters.first)
    #expect(letter.record.key == key)
    #expect(letter.record.value == value)
    #expect(letter.record.timestamp == 77)
    #expect(Array(letter.record.headers.prefix(4)) == headers)
    #expect(
      letter.record.headers.dropFirst(4).map(\.nameText) == [
        "dlq.reason", "dlq.message", "dlq.topic", "dlq.partition", "dlq.offset", "dlq.timestamp", "dlq.version",
      ])
    #expect(letter.header("dlq.reason") == "invalid-json")
    #expect(letter.header("dlq.topic") == "orders")
    #expect(letter.header("dlq.partition") == "1")
    #expect(letter.header("dlq.offset") == "0")
    #expect(letter.header("dlq.timestamp") == "77")
  }

  @Test func aRecordWithoutKeyAndValueIsADeadLetterWithoutKeyAndValue() throws {
    let world = try World()
    world.cluster.write("browsing", 2, key: nil, value: nil, timestamp: nil)
    world.start()
    try world.settle()
    let letter = try #require(world.deadLetters.first)
    #expect(letter.record.key == nil)
    #expect(letter.record.value == nil)
    #expect(letter.header("dlq.timestamp") == nil)
    #expect(letter.header("dlq.reason") == "empty-record")
  }

  @Test func aDeadLetterAndTheOffsetBehindItAreOneTransaction() throws {
    let world = try World()
    world.cluster.write("orders", 0, value: [1])
    world.start()
    try world.settle()
    #expect(world.cluster.transactions.count == 1)
    let transaction = try #require(world.cluster.transactions.first)
    #expect(transaction.written.map(\.topic) == [world.topics.deadLetters])
    #expect(transaction.offsets[TopicPartition(topic: "orders", partition: Partition(0))] == Offset(1))
  }

  @Test func aDeadLetterIsWrittenOnceAlthoughItsTransactionIsAborted() throws {
    let world = try World()
    world.cluster.write("orders", 0, value: [1])
    world.cluster.faults.fail(.sendOffsets, .init(recovery: .abort), times: 2)
    world.start()
    try world.settle()
    #expect(world.deadLetters.count == 1)
    #expect(world.board.tally.deadLetters.values.reduce(0, +) == 1)
  }

  @Test func tooManyDeadLettersStopTheirTopicAndTheOthersGoOn() throws {
    let world = try limited(to: 2)
    let customer = Shop.customer(in: 0)
    for _ in 0..<4 { world.cluster.write("orders", 0, value: [1]) }
    world.send(Shop.paid("o-1", of: customer), for: customer)
    world.send(Shop.shipped("s-1", order: "o-1", of: customer, "delivered"), for: customer, to: "shipments")
    world.start()
    try world.settle()
    #expect(world.deadLetters.count == 2)
    #expect(world.cluster.committedOffsets[TopicPartition(topic: "orders", partition: Partition(0))] == Offset(2))
    #expect(world.kinds(for: customer) == ["shipment.delivered"])
    #expect(world.board.stoppedTopics == ["orders"])
    #expect(!world.board.isReady(1))
    #expect(world.logLines.contains { $0.contains("topic-stopped") && $0.contains("deadLetterLimit") })
  }

  @Test func aStoppedTopicStaysStoppedOverARebalance() throws {
    let world = try limited(to: 1)
    let customer = Shop.customer(in: 0)
    for _ in 0..<2 { world.cluster.write("orders", 0, value: [1]) }
    world.start()
    try world.settle()
    world.cluster.group.rebalance()
    world.send(Shop.paid("o-1", of: customer), for: customer, to: "orders", 1)
    try world.settle()
    #expect(world.ledger.isEmpty)
    #expect(world.board.stoppedTopics == ["orders"])
  }

  @Test func aForwardedRecordThatIsRefusedAtItsSecondHopIsNotPassedOver() throws {
    let world = try limited(to: 0)
    let customer = Shop.customer(in: 0)
    let origin = Cause.Origin(topic: "orders", partition: 1, offset: 5)
    world.cluster.write(world.topics.forward, 0, value: [1], headers: Forwarding.headers([], from: origin))
    world.send(Shop.paid("o-1", of: customer), for: customer, to: world.topics.forward)
    world.start()
    try world.settle()
    let forward = TopicPartition(topic: world.topics.forward, partition: Partition(0))
    #expect((world.cluster.committedOffsets[forward] ?? Offset(0)) == Offset(0))
    #expect(world.board.stoppedTopics == [world.topics.forward])
    #expect(world.ledger.isEmpty)
  }

  @Test(arguments: [Recovery.abort, .rebuild])
  func aUnitThatIsDroppedDoesNotCountItsDeadLettersTwice(_ recovery: Recovery) throws {
    let world = try limited(to: 2)
    for _ in 0..<2 { world.cluster.write("orders", 0, value: [1]) }
    world.cluster.faults.fail(.commit, .init(recovery: recovery))
    world.start()
    try world.settle()
    #expect(world.deadLetters.count == 2)
    #expect(world.board.stoppedTopics.isEmpty)
  }

  private func limited(to records: Int) throws -> World {
    let world = try World()
    world.configuration.deadLetterLimit.records = records
    world.configuration.deadLetterLimit.window = 10
    return world
  }
}

/// The window over the last records of a topic.
struct DeadLetterWindowTests {
  @Test func asManyDeadLettersAsTheLimitSaysAreLetThroughAndNotOneMore() {
    var window = DeadLetterWindow(limit(records: 2, window: 4))
    #expect(admits(&window, isDead: true))
    #expect(admits(&window, isDead: true))
    #expect(!admits(&window, isDead: true))
  }

  @Test func aDeadLetterCountsUntilTheWindowHasPassedOverIt() {
    var window = DeadLetterWindow(limit(records: 1, window: 3))
    #expect(admits(&window, isDead: true))
    #expect(admits(&window, isDead: false))
    #expect(admits(&window, isDead: false))
    // It would push the first one out: there is one among the last three again.
    #expect(admits(&window, isDead: true))
    #expect(!admits(&window, isDead: true))
  }

  @Test func whatIsRefusedIsNotCounted() {
    var window = DeadLetterWindow(limit(records: 0, window: 2))
    for _ in 0..<5 { #expect(!admits(&window, isDead: true)) }
    #expect(admits(&window, isDead: false))
  }

  @Test func itAgreesWithCountingTheLastRecordsAnewEachTime() {
    var random = Seeded(11)
    for _ in 0..<50 {
      let limit = limit(records: Int.random(in: 0...4, using: &random), window: Int.random(in: 1...6, using: &random))
      var window = DeadLetterWindow(limit)
      var admitted: [Bool] = []
      for _ in 0..<60 {
        let isDead = Bool.random(using: &random)
        let dead = (admitted + [isDead]).suffix(limit.window).count { $0 }
        let expected = !isDead || dead <= limit.records
        #expect(admits(&window, isDead: isDead) == expected)
        if expected { admitted.append(isDead) }
      }
    }
  }

  private func admits(_ window: inout DeadLetterWindow, isDead: Bool) -> Bool { window.admit(isDead: isDead) }

  private func limit(records: Int, window: Int) -> DeadLetterLimit {
    var limit = DeadLetterLimit()
    limit.records = records
    limit.window = window
    return limit
  }
}
