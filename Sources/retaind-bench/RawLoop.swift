import CRdKafka
import Foundation

/// What the raw client costs with the same work: consume, produce as many of the daemon's own records again, in transactions of
/// 100 ms with the input's offsets, through the C API with nothing else. One thread, the same properties as the daemon's.
///
/// The records are the daemon's because their bytes cost what they hold: made-up ones compress to nothing, and a batch of one
/// key goes to one partition.
struct RawLoop: Codable {
  let bootstrap: String
  /// The input topics and their partition counts.
  let inputs: [String: Int]
  /// How many events there are.
  let events: Int
  let outputTopic: String
  /// Records written per event.
  let outputsPerEvent: Double
  /// What is written, one after the other and again from the start.
  let outputs: [Output]

  /// A record to be written.
  struct Output: Codable {
    let key: Data?
    let value: Data?
    let headers: [Header]

    struct Header: Codable {
      let name: Data
      let value: Data?
    }
  }

  /// Runs to the end of the input. Returns what it took.
  func run() throws -> Result {
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
    let records = outputs.map(RawRecord.init)
    defer { for record in records { record.release() } }
    let before = Self.cpuSeconds()
    rd_kafka_assign(consumer, assignment)
    let queue = rd_kafka_queue_get_consumer(consumer)
    defer { rd_kafka_queue_destroy(queue) }
    let seconds = try loop(consumer, queue, producer, output, records)
    return Result(cpuSeconds: Self.cpuSeconds() - before, wallSeconds: seconds)
  }

  /// User and system time of this process so far.
  private static func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000_000
  }

  /// Returns the seconds from the first record to the last commit.
  private func loop(
    _ consumer: OpaquePointer, _ queue: OpaquePointer?, _ producer: OpaquePointer, _ output: OpaquePointer?,
    _ records: [RawRecord]
  ) throws -> Double {
    var messages = [UnsafeMutablePointer<rd_kafka_message_t>?](repeating: nil, count: 2_000)
    var ends: [OpaquePointer: [Int32: Int64]] = [:]
    let clock = ContinuousClock()
    var (taken, written, owed, startedAt) = (0, 0, 0.0, clock.now)
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
          try produce(producer, output, records[written % records.count])
          written += 1
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

  private func produce(_ producer: OpaquePointer, _ topic: OpaquePointer?, _ record: RawRecord) throws {
    let headers = record.headers.flatMap(rd_kafka_headers_copy)
    while true {
      let code = crdkafka_produce(
        producer, topic, RD_KAFKA_PARTITION_UA, record.key?.baseAddress, record.key?.count ?? 0,
        record.value?.baseAddress, record.value?.count ?? 0, headers, 0, nil)
      if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
      guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
        if let headers { rd_kafka_headers_destroy(headers) }
        throw BenchError("the raw loop cannot produce: \(String(cString: rd_kafka_err2str(code)))")
      }
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

/// A record in the form that the C API takes.
private struct RawRecord {
  let key: UnsafeRawBufferPointer?
  let value: UnsafeRawBufferPointer?
  let headers: OpaquePointer?

  init(_ record: RawLoop.Output) {
    key = record.key.map(Self.copy)
    value = record.value.map(Self.copy)
    headers = record.headers.isEmpty ? nil : rd_kafka_headers_new(record.headers.count)
    for header in record.headers {
      let name = Self.copy(header.name)
      let value = header.value.map(Self.copy)
      // Copies both.
      rd_kafka_header_add(headers, name.baseAddress, name.count, value?.baseAddress, value?.count ?? 0)
      name.deallocate()
      value?.deallocate()
    }
  }

  func release() {
    key?.deallocate()
    value?.deallocate()
    if let headers { rd_kafka_headers_destroy(headers) }
  }

  /// Never at NULL, which stands for no bytes at all.
  private static func copy(_ bytes: Data) -> UnsafeRawBufferPointer {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
    bytes.copyBytes(to: copy)
    return UnsafeRawBufferPointer(rebasing: copy[..<bytes.count])
  }
}
