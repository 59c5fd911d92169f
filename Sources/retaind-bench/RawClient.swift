import CRdKafka
import Foundation

/// librdkafka's C API, for what stands beside the daemon's own clients.
enum RawClient {
  /// A client, which the caller destroys.
  static func make(
    _ type: rd_kafka_type_t, _ bootstrap: String, _ properties: [String: String]
  ) throws -> OpaquePointer {
    let configuration = rd_kafka_conf_new()
    var text = [CChar](repeating: 0, count: 512)
    for (name, value) in properties.merging(["bootstrap.servers": bootstrap], uniquingKeysWith: { $1 }) {
      rd_kafka_conf_set(configuration, name, value, &text, text.count)
    }
    guard let client = rd_kafka_new(type, configuration, &text, text.count) else {
      throw BenchError(
        "the raw client: \(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))")
    }
    return client
  }

  /// A list of partitions, which the caller destroys.
  static func list(
    _ fill: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> Void
  ) -> UnsafeMutablePointer<rd_kafka_topic_partition_list_t> {
    let list = rd_kafka_topic_partition_list_new(16)!
    fill(list)
    return list
  }
}
