import Foundation
import Testing

@testable import Kafka

/// The embedded broker knows no transactions, so that these need another: the one that `RETAIND_TEST_BOOTSTRAP` names.
@Suite("Watermarks on a cluster that keeps transactions", .blocking, .enabled(if: bootstrapServers != nil))
struct WatermarkTests {
  private let home = TopicPartition("watermarks-\(UUID().uuidString.prefix(8))", 0)
  private let configuration = ClientConfiguration(properties: ["bootstrap.servers": bootstrapServers ?? ""])

  init() throws {
    let admin = try Admin(configuration, observer: .silent)
    try admin.create([NewTopic(name: home.topic, partitions: 1, replicationFactor: 1)], timeout: Wire.patience)
  }

  private func watermarks(_ isolation: String) throws -> [Int64] {
    var reading = configuration.forReading()
    reading.properties["group.id"] = "watermarks"
    reading.properties["isolation.level"] = isolation
    let reader = try Consumer(reading, observer: .silent)
    let ends = try reader.watermarks(of: home, timeout: Wire.patience)
    return [ends.low.value, ends.high.value]
  }

  private func expect(
    committed: [Int64], uncommitted: [Int64], _ sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(try watermarks("read_committed") == committed, sourceLocation: sourceLocation)
    #expect(try watermarks("read_uncommitted") == uncommitted, sourceLocation: sourceLocation)
  }

  @Test("an open transaction ends what a read-committed client may see, and nothing else")
  func openTransaction() throws {
    try expect(committed: [0, 0], uncommitted: [0, 0])
    let writer = try producer("a")
    try deliver("a", by: writer)
    try expect(committed: [0, 0], uncommitted: [0, 1])
    try writer.commit()
    // The commit's mark occupies an offset.
    try expect(committed: [0, 2], uncommitted: [0, 2])
    let other = try producer("b")
    try deliver("b", by: other)
    try writer.commit(values: ["c"], to: home.topic)
    try expect(committed: [0, 2], uncommitted: [0, 5])
    try other.abort()
    try expect(committed: [0, 6], uncommitted: [0, 6])
  }

  private func producer(_ name: String) throws -> TransactionalProducer {
    let producer = try TransactionalProducer(
      configuration, transactionalID: "\(home.topic)-\(name)", observer: .silent)
    try producer.initTransactions(timeout: Wire.patience)
    return producer
  }

  /// Leaves a transaction open with a record in the log.
  private func deliver(_ value: String, by producer: TransactionalProducer) throws {
    try producer.begin()
    try producer.produce(value, to: home.topic)
    let deadline = ContinuousClock.now + Wire.patience
    while producer.delivered[home] == nil {
      try #require(ContinuousClock.now < deadline)
      producer.poll(timeout: .milliseconds(20))
    }
  }
}

private let bootstrapServers = ProcessInfo.processInfo.environment["RETAIND_TEST_BOOTSTRAP"]
