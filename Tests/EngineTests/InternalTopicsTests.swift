import Kafka
import Operations
import Testing

@testable import Engine

/// Internal topics that are missing are refused with the commands that make them. The broker is the one in the process.
struct InternalTopicsTests {
  @Test func whatMayNotBeCreatedIsRefusedWithTheCommandsThatCreateIt() throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("points-ledger", partitions: 2)
    let admin = try Admin(broker.configuration, observer: ClientObserver(log: { _ in }))
    defer { admin.close() }
    let topics = InternalTopics(Topics(), partitions: 6, replicationFactor: 3, bootstrapServers: "kafka:9092")
    let stop = #expect(throws: Stop.self) {
      try topics.ensure(admin, mayCreate: false, log: Log(to: .nowhere))
    }
    #expect(stop?.kind == .configuration)
    let commands = stop?.remedy.split(separator: "\n").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) } ?? []
    #expect(commands.count == 4)
    #expect(
      commands.first
        == "kafka-topics.sh --bootstrap-server kafka:9092 --create --topic retaind.state --partitions 6"
        + " --replication-factor 3 --config cleanup.policy=compact")
    #expect(!commands.contains { $0.contains("points-ledger") })
  }
}

extension InternalTopicsTests {
  @Test func topicsThatDoNotFitTogetherAreRefused() throws {
    let broker = try EmbeddedBroker()
    for (topic, count) in [("retaind.state", 4), ("retaind.forward", 3), ("retaind.dead-letters", 1)] {
      try broker.createTopic(topic, partitions: count)
    }
    for topic in ["notifications", "points-ledger"] { try broker.createTopic(topic, partitions: 1) }
    let admin = try Admin(broker.configuration, observer: ClientObserver(log: { _ in }))
    defer { admin.close() }
    let topics = InternalTopics(Topics(), partitions: 4, replicationFactor: 1, bootstrapServers: "kafka:9092")
    let stop = #expect(throws: Stop.self) { try topics.ensure(admin, mayCreate: true, log: Log(to: .nowhere)) }
    #expect(stop?.problem.contains("retaind.state has 4 partitions and retaind.forward has 3") == true)
  }

  @Test func theCountOfTheStateTopicIsTheTruth() throws {
    let broker = try EmbeddedBroker()
    for topic in Topics().outputs { try broker.createTopic(topic, partitions: 5) }
    let admin = try Admin(broker.configuration, observer: ClientObserver(log: { _ in }))
    defer { admin.close() }
    let topics = InternalTopics(Topics(), partitions: 8, replicationFactor: 1, bootstrapServers: "kafka:9092")
    #expect(try topics.ensure(admin, mayCreate: false, log: Log(to: .nowhere)) == Partitioning(count: 5))
  }
}
