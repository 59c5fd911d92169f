import CRdKafka
import Foundation

/// What the raw client costs with the same work: consume, produce as many records of the same size, in transactions of 100 ms with
/// the input's offsets, through the C API with nothing else. One thread, the same properties as the daemon's.
struct RawLoop {
  let bootstrap: String
  /// The input topics and their partition counts.
  let inputs: [String: Int]
  /// How many events there are.
  let events: Int
  let outputTopic: String
  /// Records written per event, and their mean size in bytes, key included.
  let outputsPerEvent: Double
  let outputBytes: Int

  /// Runs to the end of the input. Returns the seconds from the first record to the last commit.
  func run() throws -> Double {
    let consumer = try RawClient.make(
      RD_KAFKA_CONSUMER, bootstrap,
      [
        "group.id": "retaind-bench-raw", "enable.auto.commit": "false", "enable.auto.offset.store": "false",
        "isolation.level": "read_committed", "queued.min.messages": "10000000", "queued.max.messages.kbytes": "131072",
      ])
    defer { rd_kafka_destroy(consumer) }
    let producer = try RawClient.make(
      RD_KAFKA_PRODUCER, bootstrap,
      [
        "transactional.id": "retaind-bench-raw", "compression.type": "lz4", "linger.ms": "20",
        "queue.buffering.max.kbytes": "65536",
      ])
    defer { rd_kafka_destroy(producer) }
    try check(rd_kafka_init_transactions(producer, 30_000))
    let output = rd_kafka_topic_new(producer, outputTopic, nil)
    defer { rd_kafka_topic_destroy(output) }
    rd_kafka_poll_set_consumer(consumer)
    let assignment = RawClient.list { list in
      for (topic, count) in inputs {
        for partition in 0..<Int32(count) {
          rd_kafka_topic_partition_list_add(list, topic, partition).pointee.offset = 0
        }
      }
    }
    defer { rd_kafka_topic_partition_list_destroy(assignment) }
    rd_kafka_assign(consumer, assignment)
    let queue = rd_kafka_queue_get_consumer(consumer)
    defer { rd_kafka_queue_destroy(queue) }
    return try loop(consumer, queue, producer, output)
  }

  private func loop(
    _ consumer: OpaquePointer, _ queue: OpaquePointer?, _ producer: OpaquePointer, _ output: OpaquePointer?
  ) throws -> Double {
    var messages = [UnsafeMutablePointer<rd_kafka_message_t>?](repeating: nil, count: 2_000)
    var ends: [OpaquePointer: [Int32: Int64]] = [:]
    let payload = [UInt8](repeating: UInt8(ascii: "x"), count: max(1, outputBytes - 12))
    let key = Array("customer-123".utf8)
    let clock = ContinuousClock()
    var (taken, owed, startedAt) = (0, 0.0, clock.now)
    var openSince: ContinuousClock.Instant?
    while taken < events {
      let count = rd_kafka_consume_batch_queue(queue, 100, &messages, messages.count)
      for index in 0..<max(0, Int(count)) {
        guard let message = messages[index] else { continue }
        defer { rd_kafka_message_destroy(message) }
        guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR, let topic = message.pointee.rkt else { continue }
        if taken == 0 { startedAt = clock.now }
        if openSince == nil {
          try check(rd_kafka_begin_transaction(producer))
          openSince = clock.now
        }
        ends[topic, default: [:]][message.pointee.partition] = message.pointee.offset + 1
        taken += 1
        owed += outputsPerEvent
        while owed >= 1 {
          owed -= 1
          produce(producer, output, key, payload)
        }
      }
      rd_kafka_poll(producer, 0)
      if let since = openSince, clock.now - since >= .milliseconds(100) || taken == events {
        try commit(consumer, producer, ends)
        openSince = nil
      }
    }
    return (clock.now - startedAt) / .seconds(1)
  }

  private func produce(_ producer: OpaquePointer, _ topic: OpaquePointer?, _ key: [UInt8], _ payload: [UInt8]) {
    while true {
      let code = crdkafka_produce(
        producer, topic, RD_KAFKA_PARTITION_UA, key, key.count, payload, payload.count, nil, 0, nil)
      guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL else { return }
      rd_kafka_poll(producer, 10)
    }
  }

  private func commit(
    _ consumer: OpaquePointer, _ producer: OpaquePointer, _ ends: [OpaquePointer: [Int32: Int64]]
  ) throws {
    let offsets = RawClient.list { list in
      for (topic, partitions) in ends {
        for (partition, end) in partitions {
          rd_kafka_topic_partition_list_add(list, rd_kafka_topic_name(topic), partition).pointee.offset = end
        }
      }
    }
    defer { rd_kafka_topic_partition_list_destroy(offsets) }
    let group = rd_kafka_consumer_group_metadata(consumer)
    defer { rd_kafka_consumer_group_metadata_destroy(group) }
    try check(rd_kafka_send_offsets_to_transaction(producer, offsets, group, 30_000))
    try check(rd_kafka_commit_transaction(producer, 30_000))
  }

  private func check(_ error: OpaquePointer?) throws {
    guard let error else { return }
    defer { rd_kafka_error_destroy(error) }
    throw BenchError("the raw loop: \(String(cString: rd_kafka_error_string(error)))")
  }
}
