import Synchronization
import Testing

@testable import Kafka

/// Log lines and statistics of a client, from whatever thread they come.
final class Lines: Sendable {
  private let lines = Mutex<[ClientLog]>([])
  private let texts = Mutex<[String]>([])

  var all: [ClientLog] { lines.withLock { $0 } }
  var statistics: [String] { texts.withLock { $0 } }

  func append(_ line: ClientLog) { lines.withLock { $0.append(line) } }
  func append(_ text: String) { texts.withLock { $0.append(text) } }
}

@Suite("Observers", .blocking)
struct ObserverTests {
  @Test("get librdkafka's log and its statistics")
  func logAndStatistics() throws {
    let lines = Lines()
    let configuration = ClientConfiguration(properties: [
      "bootstrap.servers": "127.0.0.1:1", "group.id": "g", "statistics.interval.ms": "20", "no.such": "",
    ])
    #expect(throws: KafkaError.self) { _ = try Consumer(configuration, observer: .silent) }
    var valid = configuration
    valid.properties["no.such"] = nil
    let consumer = try Consumer(
      valid, observer: ClientObserver(log: { lines.append($0) }, statistics: { lines.append($0) }))
    _ = try consumer.poll(until: { _ in !lines.statistics.isEmpty && !lines.all.isEmpty })
    #expect(lines.all.allSatisfy { (0...7).contains($0.level) && !$0.message.isEmpty })
    #expect(lines.statistics.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
  }
}
