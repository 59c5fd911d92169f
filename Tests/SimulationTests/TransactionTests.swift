import Engine
import Kafka
import Retention
import Simulation
import Testing

/// Transactions of the simulated cluster are as slow, and fenced as strictly, as Kafka's.
struct TransactionTests {
  private let timeline = Timeline(now: Instant(milliseconds: 0))
  private let cluster: SimulatedCluster
  private let host: SimulatedHost
  private let id = TopicPartition(topic: "t", partition: Partition(0))

  init() {
    cluster = SimulatedCluster(["t": 1], timeline: timeline)
    cluster.patience = .milliseconds(100)
    host = SimulatedHost(cluster, instance: "a")
  }

  private func producer() throws -> any TransactionProducer {
    let producer = try host.makeProducer(worker: 0)
    try producer.initTransactions(timeout: .seconds(10))
    return producer
  }

  private func write(_ text: String, with producer: any TransactionProducer) throws {
    let bytes = Array(text.utf8)
    var headers = HeaderList()
    try producer.produce(
      topic: "t", partition: Partition(0), key: nil, value: bytes.span, headers: &headers, timestamp: nil)
  }

  private var visible: [String] {
    cluster.committed("t").map { String(decoding: $0.value ?? [], as: UTF8.self) }
  }

  @Test func whatIsCommittedBecomesVisibleWhenTheMarkersArrive() throws {
    cluster.coordinator.markerDelay = { .seconds(1) }
    let producer = try producer()
    try producer.begin()
    try write("1", with: producer)
    try producer.commit()
    #expect(visible.isEmpty)
    timeline.pass(.seconds(1))
    #expect(visible == ["1"])
  }

  @Test func theNextTransactionWaitsForTheMarkersOfTheLast() throws {
    cluster.coordinator.markerDelay = { .seconds(3) }
    let producer = try producer()
    try producer.begin()
    try write("1", with: producer)
    try producer.commit()
    try producer.begin()
    try write("2", with: producer)
    #expect(cluster.logs[id]?.high == Offset(1))
    try producer.commit()
    #expect(timeline.elapsed >= .seconds(3))
    #expect(visible == ["1"])
  }

  @Test func aTransactionThatTakesTooLongIsAbortedAndItsProducerFenced() throws {
    cluster.coordinator.timeout = .seconds(5)
    let producer = try producer()
    try producer.begin()
    try write("1", with: producer)
    timeline.pass(.seconds(5))
    #expect(cluster.coordinator.isIdle)
    let error = #expect(throws: KafkaError.self) { try producer.commit() }
    #expect(error?.code == "_FENCED")
    #expect(visible.isEmpty)
  }

  @Test func aSecondProducerOfTheNameFencesTheFirst() throws {
    let first = try producer()
    try first.begin()
    try write("1", with: first)
    let second = try producer()
    try second.begin()
    try write("2", with: second)
    try second.commit()
    #expect(throws: KafkaError.self) { try first.commit() }
    #expect(visible == ["2"])
  }

  @Test func aPartitionWithoutALeaderHoldsTheCommitUpUntilTheRecordFails() throws {
    let producer = try producer()
    cluster.leaderless = [id]
    try producer.begin()
    try write("1", with: producer)
    let error = #expect(throws: KafkaError.self) { try producer.commit() }
    #expect(error?.recovery == .abort)
    #expect(timeline.elapsed >= .seconds(30))
    cluster.leaderless = []
    try producer.abort()
    #expect(visible.isEmpty)
  }

  @Test func nothingComesOfADeadProcess() throws {
    let producer = try producer()
    try producer.begin()
    host.die()
    let error = #expect(throws: KafkaError.self) { try write("1", with: producer) }
    #expect(error?.recovery == .stop)
    #expect(cluster.logs[id]?.high == Offset(0))
  }
}
