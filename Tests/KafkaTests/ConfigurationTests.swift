import Testing

@testable import Kafka

@Suite("Configuration", .blocking)
struct ConfigurationTests {
  private func refusal(_ properties: [String: String]) -> KafkaError? {
    #expect(throws: KafkaError.self) {
      _ = try Consumer(
        ClientConfiguration(properties: ["group.id": "g"].merging(properties) { $1 }), observer: .silent)
    }
  }

  @Test("an unknown property is refused by name")
  func unknownProperty() throws {
    let error = try #require(refusal(["bootstrap.server": "localhost:1"]))
    #expect(error.recovery == .stop)
    #expect(error.message.contains("\"bootstrap.server\""))
  }

  @Test("a value that is not accepted is refused with the property's name")
  func badValue() throws {
    let error = try #require(refusal(["session.timeout.ms": "soon"]))
    #expect(error.recovery == .stop)
    #expect(error.message.contains("session.timeout.ms"))
  }

  @Test("properties that contradict each other are refused when the client is made")
  func contradiction() throws {
    let error = try #require(refusal(["session.timeout.ms": "60000", "max.poll.interval.ms": "10000"]))
    #expect(error.recovery == .stop)
    #expect(error.message.contains("max.poll.interval.ms"))
  }

  @Test("what exactly-once hangs on cannot be configured away")
  func requiredProperties() throws {
    let error = try #require(refusal(["enable.auto.commit": "true"]))
    #expect(error.recovery == .stop)
    #expect(error.message.contains("enable.auto.commit"))
    #expect(refusal(["partition.assignment.strategy": "cooperative-sticky"])?.recovery == .stop)
    #expect(throws: KafkaError.self) {
      _ = try TransactionalProducer(
        ClientConfiguration(properties: ["transactional.id": "other"]), transactionalID: "mine", observer: .silent)
    }
  }

  @Test("a consumer without a group is refused")
  func missingGroup() throws {
    let error = try #require(throws: KafkaError.self) {
      _ = try Consumer(ClientConfiguration(), observer: .silent)
    }
    #expect(error.message.contains("group.id"))
  }

  @Test("no secret is shown, in errors or descriptions")
  func secretsAreMasked() throws {
    let secret = "tr0ub4dor"
    let error = try #require(refusal(["sasl.password": secret, "security.protocol": secret]))
    #expect(error.message.contains("security.protocol"))
    #expect(!error.message.contains(secret))
    let configuration = ClientConfiguration(properties: ["sasl.password": secret, "client.id": "x"])
    #expect("\(configuration)" == "client.id=x, sasl.password=***")
    #expect(!String(reflecting: configuration).contains(secret))
  }

  @Test("every default is a property that librdkafka knows, and a configured value wins over a suggestion")
  func defaultsAreKnown() throws {
    let consumer = try Consumer(
      ClientConfiguration(properties: ["group.id": "g", "isolation.level": "read_uncommitted"]), observer: .silent)
    #expect(consumer.close(timeout: .seconds(5)))
    let producer = try TransactionalProducer(
      ClientConfiguration(properties: ["compression.codec": "zstd"]), transactionalID: "t", observer: .silent)
    #expect(producer.close())
  }
}
