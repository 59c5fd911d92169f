import Foundation
import Kafka

/// Reads the notifications as another service would, and prints them.
final class NoticeReader {
  private let consumer: Consumer

  init(_ client: ClientConfiguration, topic: String, partitions: Int) throws {
    var properties = client.properties
    properties["group.id"] = "demo-notices"
    consumer = try Consumer(ClientConfiguration(properties: properties), observer: .silent)
    var positions: [TopicPartition: Offset] = [:]
    for number in 0..<partitions {
      positions[TopicPartition(topic: topic, partition: Partition(Int32(number)))] = Offset(0)
    }
    try consumer.assign(positions)
  }

  /// Prints what has come since the last call.
  func printNew() throws {
    let batch = try consumer.poll(limit: 1_000, timeout: .zero).records
    for index in 0..<batch.count {
      let value = batch.withRecord(at: index) { record in record.owned().value ?? [] }
      if let line = line(value) { print(line) }
    }
  }

  func close() { consumer.close(timeout: .seconds(5)) }

  private func line(_ value: [UInt8]) -> String? {
    struct Notice: Decodable {
      let createdAt: String
      let customerId: String
      let kind: String
      let title: String
      let body: String
    }
    guard let notice = try? JSONDecoder().decode(Notice.self, from: Data(value)) else { return nil }
    let kind = notice.kind.padding(toLength: 28, withPad: " ", startingAt: 0)
    return "\(notice.createdAt.prefix(16))Z  \(notice.customerId)  \(kind) \(notice.title): \(notice.body)"
  }
}
