import Foundation
import Testing

@testable import Kafka

@Suite("A fenced producer", .blocking)
struct FencedProducerTests {
  /// How many requests with records a broker has not answered, by librdkafka's statistics.
  private struct Statistics: Decodable {
    let brokers: [String: Broker]

    struct Broker: Decodable {
      let nodeid: Int32
      let waitresp_msg_cnt: Int
    }

    static func unanswered(_ broker: Int32, in text: String) -> Int {
      let statistics = try? JSONDecoder().decode(Statistics.self, from: Data(text.utf8))
      return statistics?.brokers.values.first { $0.nodeid == broker }?.waitresp_msg_cnt ?? 0
    }
  }

  private func until(_ isDone: () throws -> Bool) throws {
    let deadline = ContinuousClock.now + Wire.patience
    while try !isDone() {
      try #require(ContinuousClock.now < deadline, "the condition did not come true")
    }
  }

  @Test("takes back what is on its way before it is destroyed: librdkafka frees an error text twice otherwise")
  func closesWithNothingOnItsWay() throws {
    let wire = try Wire(topic: "t", partitions: 2, brokers: 2)
    for number in Int32(0)..<2 { try wire.broker.setLeader(of: TopicPartition("t", number), broker: number + 1) }
    try wire.broker.moveCoordinator(of: .transaction("writer"), to: 1)
    let lines = Lines()
    let producer = try TransactionalProducer(
      wire.configuration(["linger.ms": "0", "statistics.interval.ms": "10", "debug": "queue,generic"]),
      transactionalID: "writer",
      observer: ClientObserver(log: { lines.append($0) }, statistics: { lines.append($0) }))
    try producer.initTransactions(timeout: Wire.patience)
    try producer.commit(values: ["a"], to: "t", partition: 1)

    try producer.begin()
    try wire.broker.setRoundTrip(Wire.patience * 2, broker: 2)
    try producer.produce("b", to: "t", partition: 1)
    try until {
      producer.poll(timeout: .milliseconds(10))
      return lines.statistics.last.map { Statistics.unanswered(2, in: $0) > 0 } ?? false
    }
    wire.broker.inject([.invalidProducerEpoch], for: .produce)
    try producer.produce("c", to: "t", partition: 0)
    var fencing: KafkaError?
    try until {
      producer.poll(timeout: .milliseconds(10))
      do throws(KafkaError) {
        try producer.produce("d", to: "t", partition: 0)
      } catch {
        fencing = error
      }
      return fencing != nil
    }
    #expect(fencing?.recovery == .rebuild)
    #expect(producer.close(timeout: Wire.patience))

    let messages = lines.all.map(\.message)
    let purge = try #require(messages.firstIndex { $0.contains("Purged 1 in-flight") })
    let termination = try #require(messages.firstIndex { $0.contains("Internal main thread terminating") })
    #expect(purge < termination)
  }
}
