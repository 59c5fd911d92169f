import CRdKafka

/// librdkafka's topic objects by name, so that a record is produced without a look-up in the client.
///
/// A service writes to a handful of topics, which a scan finds faster than a hash of the name would.
struct TopicHandles: ~Copyable {
  private var entries: [(name: String, handle: OpaquePointer)] = []

  deinit {
    for entry in entries { rd_kafka_topic_destroy(entry.handle) }
  }

  mutating func handle(of name: String, client: OpaquePointer) throws(KafkaError) -> OpaquePointer {
    for entry in entries where entry.name == name { return entry.handle }
    guard let handle = rd_kafka_topic_new(client, name, nil) else {
      throw KafkaError(
        code: rd_kafka_last_error(), message: "topic \"\(name)\"", operation: "produce", fallback: .stop)
    }
    entries.append((name, handle))
    return handle
  }
}
