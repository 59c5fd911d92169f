import CRdKafka

/// A producer as a shop's would be: without transactions, so that what it writes is there at once.
final class PlainProducer {
  private let client: OpaquePointer
  private var topics: [Mix.Topic: OpaquePointer] = [:]

  init(_ names: Topics, lingerMilliseconds: Int) throws {
    client = try RawClient.make(
      RD_KAFKA_PRODUCER, names.bootstrap,
      [
        "enable.idempotence": "true", "compression.type": "lz4", "linger.ms": "\(lingerMilliseconds)",
        "partitioner": "murmur2_random", "queue.buffering.max.messages": "1000000",
        "queue.buffering.max.kbytes": "262144",
      ])
    for topic in Mix.Topic.allCases {
      topics[topic] = rd_kafka_topic_new(client, names.prefix + topic.rawValue, nil)
    }
  }

  /// Queues a record with the present time; waits while the queue is full.
  func produce(_ message: Mix.Message) throws {
    while true {
      let code = crdkafka_produce(
        client, topics[message.topic], RD_KAFKA_PARTITION_UA, message.key, message.key.count, message.value,
        message.value.count, nil, 0, nil)
      if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
      guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
        throw BenchError("an event could not be written: \(String(cString: rd_kafka_err2str(code)))")
      }
      rd_kafka_poll(client, 10)
    }
  }

  /// Waits until all are acknowledged, or have failed.
  func flush() throws {
    guard rd_kafka_flush(client, 60_000) == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw BenchError("the broker did not take the events within a minute")
    }
  }

  func close() {
    topics.values.forEach(rd_kafka_topic_destroy)
    rd_kafka_destroy(client)
  }
}
