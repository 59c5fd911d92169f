import Testing

@testable import Kafka

/// The embedded broker knows no authentication, so that any attempt at it is refused.
@Suite("Refused credentials", .blocking)
struct RefusedCredentialsTests {
  private let secret = "tr0ub4dor"

  private func configuration(of wire: Wire) -> ClientConfiguration {
    wire.configuration([
      "group.id": "g", "security.protocol": "sasl_plaintext", "sasl.mechanism": "PLAIN", "sasl.username": "retaind",
      "sasl.password": secret,
    ])
  }

  private func expectRefusal(_ error: KafkaError) {
    #expect(error.recovery == .stop)
    #expect(!error.description.contains(secret))
  }

  @Test("stop a consumer")
  func consumer() throws {
    let wire = try Wire(topic: "t")
    let consumer = try Consumer(configuration(of: wire), observer: .silent)
    expectRefusal(try #require(throws: KafkaError.self) { _ = try consumer.poll(until: { _ in false }) })
  }

  @Test("stop a producer, whose call would only time out")
  func producer() throws {
    let wire = try Wire(topic: "t")
    let producer = try TransactionalProducer(configuration(of: wire), transactionalID: "w", observer: .silent)
    let error = try #require(throws: KafkaError.self) { try producer.initTransactions(timeout: .seconds(2)) }
    expectRefusal(error)
    #expect(error.operation == "init transactions")
  }

  @Test("stop an admin client, whose call would only time out")
  func admin() throws {
    let wire = try Wire(topic: "t")
    let admin = try Admin(configuration(of: wire), observer: .silent)
    expectRefusal(
      try #require(throws: KafkaError.self) { _ = try admin.topics(named: ["t"], timeout: .seconds(2)) })
  }
}
