import CRdKafka

/// A producer whose records and offsets become visible together, or not at all.
///
/// All calls are made from one thread. Each error says by its recovery what may come next: after `.abort` call `abort`;
/// after `.rebuild` only `close`.
public final class TransactionalProducer {
  private var client: Client?
  private var topics: TopicHandles? = TopicHandles()
  /// Whether the offsets of the open transaction were refused, so that it is known not to be committed.
  private var hasRefusedOffsets = false

  /// A producer that connects in the background. The id names this writer over its restarts, and fences its predecessor.
  ///
  /// - Throws: a `KafkaError` with recovery `.stop` that names the property when the configuration is wrong.
  public init(
    _ configuration: ClientConfiguration, transactionalID: String, observer: ClientObserver
  ) throws(KafkaError) {
    client = try Client(
      RD_KAFKA_PRODUCER, configuration, over: .transactionalProducer(id: transactionalID), observer: observer
    ) {
      // Without one, a flush waits in steps of 10 ms.
      $0.registerDeliveries(in: $1)
    }
  }

  deinit { close() }

  /// Fences earlier producers of this id and ends their transaction. Once, before all others; `.retry` resumes it.
  public func initTransactions(timeout: Duration) throws(KafkaError) {
    let client = try open("init transactions")
    try check(rd_kafka_init_transactions(client.handle, timeout.milliseconds), "init transactions", client)
  }

  /// Begins a transaction. Nothing is sent before its first record or offsets.
  public func begin() throws(KafkaError) {
    let client = try open("begin transaction")
    // The last transaction's reports may still wait; they are none of this one's.
    rd_kafka_poll(client.handle, 0)
    client.events.failedDelivery = nil
    client.events.deliveredEnds = Array(repeating: 0, count: topics?.numbered.count ?? 0)
    client.events.hasPurged = false
    hasRefusedOffsets = false
    try check(rd_kafka_begin_transaction(client.handle), "begin transaction", client)
  }

  /// Queues a record of the open transaction; the bytes are copied, and the headers taken out of their list.
  ///
  /// Without a partition it goes where murmur2 of the key says, as from a Java client (anywhere for a null key). A nil
  /// timestamp is now. A full queue is `.retry`: call `poll`, then the same again.
  public func produce(
    topic: String, partition: Partition?, key: Span<UInt8>?, value: Span<UInt8>?, headers: inout HeaderList,
    timestamp: Int64? = nil
  ) throws(KafkaError) {
    guard let client, topics != nil else { throw .closed(operation: "produce") }
    let (topicHandle, number) = try topics!.handle(of: topic, partition, client: client.handle)
    if number > client.events.deliveredEnds.count { client.events.deliveredEnds.append(0) }
    var code = RD_KAFKA_RESP_ERR_NO_ERROR
    headers.hand { list in
      code = withBytes(key) { keyStart, keyCount in
        withBytes(value) { valueStart, valueCount in
          crdkafka_produce(
            client.handle, topicHandle, partition?.number ?? RD_KAFKA_PARTITION_UA, keyStart, keyCount, valueStart,
            valueCount, list, timestamp ?? 0, UnsafeMutableRawPointer(bitPattern: number))
        }
      }
      return code == RD_KAFKA_RESP_ERR_NO_ERROR
    }
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
    throw rejection(code, topic: topic, partition: partition, client: client)
  }

  /// The same with headers that are copied; a refused record's are made anew when it is produced again.
  public func produce(
    topic: String, partition: Partition?, key: Span<UInt8>?, value: Span<UInt8>?, headers: [Header] = [],
    timestamp: Int64? = nil
  ) throws(KafkaError) {
    var list = HeaderList(headers)
    try produce(topic: topic, partition: partition, key: key, value: value, headers: &list, timestamp: timestamp)
  }

  /// Serves delivery reports, waiting up to the timeout for one. Call it now and then while producing, or the queue
  /// fills with reports.
  public func poll(timeout: Duration = .zero) {
    guard let client else { return }
    rd_kafka_poll(client.handle, timeout.milliseconds)
  }

  /// Adds the input's positions to the transaction, on behalf of the group's member.
  ///
  /// The call may take longer than its timeout. `.retry` is the same call again with the same arguments.
  public func sendOffsets(
    _ offsets: [TopicPartition: Offset], group: GroupMetadata, timeout: Duration
  ) throws(KafkaError) {
    let client = try open("send offsets")
    let list = PartitionList(offsets)
    let metadata = try group.decoded()
    defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
    let error = rd_kafka_send_offsets_to_transaction(
      client.handle, list.pointer, metadata, timeout.milliseconds)
    do throws(KafkaError) {
      try check(error, "send offsets", client)
    } catch {
      hasRefusedOffsets = error.recovery != .retry
      throw error
    }
  }

  /// Waits until all records are delivered, then commits.
  ///
  /// `.abort` means that it is certain that nothing was committed; an end whose outcome is unknown is `.rebuild`.
  public func commit() throws(KafkaError) {
    let client = try open("commit transaction")
    // Ends by itself: a record fails at its message.timeout.ms at the latest, and a doomed transaction's are purged.
    rd_kafka_flush(client.handle, -1)
    if let failure = client.events.failedDelivery {
      throw KafkaError(
        code: failure.code, message: failure.message, operation: "commit transaction", recovery: failure.recovery)
    }
    let isDoomed = client.events.hasPurged || hasRefusedOffsets
    do throws(KafkaError) {
      try check(rd_kafka_commit_transaction(client.handle, -1), "commit transaction", client)
    } catch {
      // The coordinator refused the end itself, but an earlier attempt, whose answer was lost, may have been heard.
      throw error.recovery == .abort && !isDoomed ? error.with(.rebuild) : error
    }
  }

  /// Drops the open transaction, with the records that were not sent.
  public func abort() throws(KafkaError) {
    let client = try open("abort transaction")
    do throws(KafkaError) {
      try check(rd_kafka_abort_transaction(client.handle, -1), "abort transaction", client)
    } catch {
      // An abort that asks for an abort would go round for ever.
      throw error.recovery == .abort ? error.with(.rebuild) : error
    }
  }

  /// Releases the client within the timeout; an open transaction is left to its timeout or to the next producer of this id.
  ///
  /// Returns false, after a line in the log, when librdkafka was not done by then; it goes on by itself.
  @discardableResult
  public func close(timeout: Duration = .seconds(5)) -> Bool {
    guard let closing = client else { return true }
    // Topics are destroyed before their client.
    topics = nil
    client = nil
    guard closing.destroy(within: timeout) else {
      closing.events.observer.log(
        ClientLog(level: 4, facility: "CLOSE", message: "closing a producer took over \(timeout): cut off"))
      return false
    }
    return true
  }

  /// The offset behind the last delivered record of each partition that was named in `produce` since `begin`.
  /// All records are delivered when `commit` has returned.
  public var delivered: [TopicPartition: Offset] {
    guard let ends = client?.events.deliveredEnds else { return [:] }
    var delivered: [TopicPartition: Offset] = [:]
    for (partition, end) in zip(topics?.numbered ?? [], ends) where end > 0 { delivered[partition] = Offset(end) }
    return delivered
  }

  private func open(_ operation: String) throws(KafkaError) -> Client {
    guard let client else { throw .closed(operation: operation) }
    return client
  }

  private func check(_ error: OpaquePointer?, _ operation: String, _ client: Client) throws(KafkaError) {
    guard let error else {
      client.events.refusal = nil
      return
    }
    let failure = KafkaError(consumingTransactional: error, operation: operation)
    rd_kafka_poll(client.handle, 0)
    throw client.explained(failure)
  }

  private func rejection(
    _ code: rd_kafka_resp_err_t, topic: String, partition: Partition?, client: Client
  ) -> KafkaError {
    if let fatal = KafkaError.fatal(of: client.handle, operation: "produce") { return fatal }
    let place = partition.map { "\(topic) [\($0)]" } ?? topic
    return KafkaError(
      code: code, message: "a record for \(place)", operation: "produce",
      fallback: code == RD_KAFKA_RESP_ERR__QUEUE_FULL ? .retry : .abort)
  }
}
