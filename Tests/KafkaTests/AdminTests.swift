import Testing

@testable import Kafka

@Suite("Admin", .blocking)
struct AdminTests {
  @Test("describes topics by name and all of them")
  func describes() throws {
    let wire = try Wire(topic: "b", partitions: 3)
    try wire.broker.createTopic("a", partitions: 1)
    let admin = try Admin(wire.configuration(), observer: .silent)
    #expect(
      try admin.topics(named: ["b"], timeout: Wire.patience) == [TopicDescription(name: "b", partitionCount: 3)])
    let all = try admin.topics(timeout: Wire.patience)
    #expect(all.map(\.name) == ["a", "b"])
    #expect(all.map(\.partitionCount) == [1, 3])
  }

  @Test("says of a topic what is wrong with it")
  func topicErrors() throws {
    let wire = try Wire(topic: "t")
    wire.broker.setFault(.topicAuthorizationFailed, ofTopic: "t")
    let admin = try Admin(wire.configuration(), observer: .silent)
    let topic = try #require(try admin.topics(named: ["t"], timeout: Wire.patience).first)
    #expect(topic.error?.code == "TOPIC_AUTHORIZATION_FAILED")
    #expect(topic.error?.recovery == .stop)
  }

  @Test("a cluster that cannot be reached is a matter of trying again")
  func unreachable() throws {
    let configuration = ClientConfiguration(properties: ["bootstrap.servers": "127.0.0.1:1"])
    let admin = try Admin(configuration, observer: .silent)
    let error = try #require(throws: KafkaError.self) {
      _ = try admin.topics(named: ["t"], timeout: .milliseconds(200))
    }
    #expect(error.recovery == .retry)
  }

  @Test("a cluster without a controller, as the embedded one, creates nothing and says so in time")
  func withoutController() throws {
    let wire = try Wire()
    let admin = try Admin(wire.configuration(), observer: .silent)
    let error = try #require(throws: KafkaError.self) {
      try admin.create([NewTopic(name: "t", partitions: 1)], timeout: .milliseconds(300))
    }
    #expect(error.operation == "create topics")
    #expect(error.recovery == .retry)
    #expect(error.message.contains("controller"))
  }

  @Test("a topic that cannot be is refused before it is sent")
  func invalidTopic() throws {
    let admin = try Admin(Wire().configuration(), observer: .silent)
    let error = try #require(throws: KafkaError.self) {
      try admin.create([NewTopic(name: "t", partitions: 0)], timeout: .seconds(5))
    }
    #expect(error.recovery == .stop)
    #expect(error.message.contains("\"t\""))
  }
}
