import CRdKafka

/// A consumer: a member of a group when it subscribes, a plain reader when it is only assigned.
///
/// All calls are made from one thread, and none of them is made by librdkafka in between: a rebalance is returned by
/// `poll` and answered by `assign` or `unassign` when the caller is ready.
public final class Consumer {
  private var client: Client?
  private var queue: OpaquePointer?
  private let waker: Waker?
  private var buffer: MessageBuffer?
  /// The rebalance that `poll` returned and that was not answered yet.
  private var unanswered: Rebalance?

  /// A consumer that connects in the background, and whose polls `waker` can end.
  ///
  /// - Throws: a `KafkaError` with recovery `.stop` that names the property when the configuration is wrong.
  public init(
    _ configuration: ClientConfiguration, observer: ClientObserver, waker: Waker? = nil
  ) throws(KafkaError) {
    guard configuration.properties["group.id"] != nil else {
      throw ClientConfiguration.refusal("property \"group.id\" is missing: a consumer is assigned within a group")
    }
    let client = try Client(RD_KAFKA_CONSUMER, configuration, over: .consumer, observer: observer) {
      $0.registerRebalances(in: $1)
    }
    self.client = client
    self.waker = waker
    // Logs, statistics and errors of the client come with the records, on the thread that polls.
    rd_kafka_poll_set_consumer(client.handle)
    queue = rd_kafka_queue_get_consumer(client.handle)
    client.events.queue = queue
    if let queue { waker?.add(queue) }
  }

  deinit { close(timeout: Client.destructionBound) }

  /// Joins the group for these topics; what is owned comes with `poll`. Replaces an earlier subscription.
  public func subscribe(_ topics: [String]) throws(KafkaError) {
    let client = try open("subscribe")
    let list = PartitionList(topics: topics)
    try check(rd_kafka_subscribe(client.handle, list.pointer), "subscribe")
  }

  /// Waits for a first record up to the timeout, and returns it with all others at hand, at most `limit` in all.
  ///
  /// A rebalance ends the wait. It must be answered before records come again.
  /// - Throws: what does not mend itself: a position that is gone, a refusal, a fatal error.
  public func poll(limit: Int, timeout: Duration) throws(KafkaError) -> Poll {
    precondition(limit > 0, "a poll for \(limit) records")
    let client = try open("poll")
    let buffer = emptyBuffer(capacity: limit, client: client)
    if client.events.rebalances.isEmpty, let queue,
      buffer.fill(from: queue, limit: 1, milliseconds: timeout.milliseconds)
    {
      _ = buffer.fill(from: queue, limit: limit - 1, milliseconds: 0)
    }
    var ends: [TopicPartition: Offset] = [:]
    var errors = client.events.errors
    client.events.errors.removeAll()
    buffer.removeEvents { message in
      if message.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF {
        ends[message.topicPartition] = Offset(message.pointee.offset)
      } else {
        errors.append(consumerError(message, client: client))
      }
    }
    let records = RecordBatch(buffer)
    if let error = errors.first(where: { $0.recovery != .retry }) ?? client.events.refusal { throw error }
    let rebalance = client.events.rebalances.isEmpty ? nil : client.events.rebalances.removeFirst()
    if rebalance != nil { unanswered = rebalance }
    return Poll(records: records, rebalance: rebalance, ends: ends, errors: errors)
  }

  /// Fetches these partitions from these positions, and no others; answers an assignment.
  ///
  /// An empty set fetches nothing and is no revocation: a member may answer so while it restores, and assign again later.
  public func assign(_ positions: [TopicPartition: Offset]) throws(KafkaError) {
    let client = try open("assign")
    let list = PartitionList(positions)
    unanswered = nil
    try check(rd_kafka_assign(client.handle, list.pointer), "assign")
    awaitStops(client)
  }

  /// Gives up all partitions; answers a revocation.
  public func unassign() throws(KafkaError) {
    let client = try open("unassign")
    unanswered = nil
    try check(rd_kafka_assign(client.handle, nil), "unassign")
    awaitStops(client)
  }

  /// The group's committed positions; a partition without one is absent.
  ///
  /// A read-committed consumer waits for the offsets of transactions that are still open, up to the timeout.
  public func committed(
    _ partitions: [TopicPartition], timeout: Duration
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    let client = try open("read committed offsets")
    let list = PartitionList(partitions)
    let code = rd_kafka_committed(client.handle, list.pointer, timeout.milliseconds)
    try check(code, "read committed offsets")
    return try list.offsets(operation: "read committed offsets")
  }

  /// The ends of a partition's log, asked of its leader, under this client's `isolation.level`.
  ///
  /// They are asked for as the offsets at two "times", the beginning and the end. `rd_kafka_query_watermark_offsets` asks for
  /// the same at once, but ignores its timeout: while the leader is away it waits for the answers as long as it takes.
  public func watermarks(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> Watermarks {
    try watermarks(of: partition, endSeenBy: self, timeout: timeout)
  }

  /// The ends of a partition's log, asked of its leader: the end under the other client's `isolation.level`.
  public func watermarks(
    of partition: TopicPartition, endSeenBy other: Consumer, timeout: Duration
  ) throws(KafkaError) -> Watermarks {
    let clock = ContinuousClock()
    let deadline = clock.now + timeout
    // The end last: whatever is deleted or written in between, the low one is never above the high one.
    let low = try offset(at: RD_KAFKA_OFFSET_BEGINNING, of: partition, timeout: timeout)
    let rest = max(.zero, clock.now.duration(to: deadline))
    let high = try other.offset(at: RD_KAFKA_OFFSET_END, of: partition, timeout: rest)
    return Watermarks(low: low, high: high)
  }

  /// The offset after the last record of a partition, those of open transactions included, as the last answer to a fetch told
  /// it; nil before the first. Asks nobody.
  public func knownEnd(of partition: TopicPartition) -> Offset? {
    guard let client else { return nil }
    var (low, high): (Int64, Int64) = (0, 0)
    let code = rd_kafka_get_watermark_offsets(
      client.handle, partition.topic, partition.partition.number, &low, &high)
    return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? Offset(high) : nil
  }

  /// This member's proof of ownership as of now.
  public func groupMetadata() throws(KafkaError) -> GroupMetadata {
    let client = try open("read group metadata")
    guard let metadata = rd_kafka_consumer_group_metadata(client.handle) else {
      throw KafkaError(
        code: RD_KAFKA_RESP_ERR__UNKNOWN_GROUP, operation: "read group metadata", fallback: .rebuild)
    }
    defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
    return try GroupMetadata(encoding: metadata)
  }

  /// Leaves the group (a static member stays in it for its session) and releases the client, within the timeout.
  ///
  /// Returns false, after a line in the log, when librdkafka was not done by then; it goes on by itself. Later calls
  /// change nothing. Batches that are still held keep the client's memory until they are released.
  @discardableResult
  public func close(timeout: Duration) -> Bool {
    guard var closing = client else { return true }
    let clock = ContinuousClock()
    let deadline = clock.now + timeout
    let observer = closing.events.observer
    let hasLeft = leaveGroup(closing, until: deadline)
    closing.events.queue = nil
    if let queue {
      waker?.remove(queue)
      rd_kafka_queue_destroy(queue)
    }
    (client, queue, buffer) = (nil, nil, nil)
    let isGone =
      !isKnownUniquelyReferenced(&closing)
      || closing.destroy(within: max(.milliseconds(100), clock.now.duration(to: deadline)))
    guard hasLeft && isGone else {
      observer.log(ClientLog(level: 4, facility: "CLOSE", message: "closing a consumer took over \(timeout): cut off"))
      return false
    }
    return true
  }
}

extension Consumer {
  private func open(_ operation: String) throws(KafkaError) -> Client {
    guard let client else { throw .closed(operation: operation) }
    return client
  }

  /// Returns when the fetchers that an assignment took away have stopped.
  ///
  /// librdkafka asks its fetchers to stop, and hears that they have, in the queue of its own thread, after the assignment. A
  /// partition that is taken away once more before that is stopped twice, at which an assertion ends the process (issue
  /// 5573 of librdkafka; 2.15.0 still has it). A question to the same queue is answered behind what lies there: the first
  /// behind the stops, the second behind the answers to them.
  private func awaitStops(_ client: Client) {
    for _ in 0..<2 {
      var subscription: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
      guard rd_kafka_subscription(client.handle, &subscription) == RD_KAFKA_RESP_ERR_NO_ERROR else { return }
      rd_kafka_topic_partition_list_destroy(subscription)
    }
  }

  private func check(
    _ code: rd_kafka_resp_err_t, _ operation: String, of subject: String? = nil
  ) throws(KafkaError) {
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR, let client else { return }
    if code == RD_KAFKA_RESP_ERR__FATAL, let fatal = fatalError(of: client, operation) { throw fatal }
    throw client.explained(KafkaError(code: code, message: subject, operation: operation))
  }

  private func offset(
    at time: Int32, of partition: TopicPartition, timeout: Duration
  ) throws(KafkaError) -> Offset {
    let client = try open("read watermarks")
    let list = PartitionList([partition: Offset(Int64(time))])
    let code = rd_kafka_offsets_for_times(client.handle, list.pointer, timeout.milliseconds)
    try check(code, "read watermarks", of: partition.description)
    guard let offset = try list.offsets(operation: "read watermarks")[partition] else {
      throw KafkaError(
        code: RD_KAFKA_RESP_ERR__BAD_MSG, message: "no offset of \(partition) in the answer",
        operation: "read watermarks", fallback: .retry)
    }
    return offset
  }

  private func consumerError(_ message: MessageBuffer.Message, client: Client) -> KafkaError {
    if message.pointee.err == RD_KAFKA_RESP_ERR__FATAL, let fatal = fatalError(of: client, "poll") { return fatal }
    let text = String(cString: rd_kafka_message_errstr(message))
    let place = message.pointee.rkt == nil ? nil : "\(message.topicPartition): "
    return KafkaError(code: message.pointee.err, message: (place ?? "") + text, operation: "poll")
  }

  /// The client's fatal error, or nil when it has none.
  ///
  /// A member whose session has timed out forgets its id, but sends heartbeats until its loss is answered. A heartbeat
  /// without an id is refused in the words for an instance name that another process took. It is no refusal: nobody
  /// took it, and a new client joins. One that has not become a member yet has no id either, but then its name was taken
  /// while it waited for the group: to join again would take it back, and the two would fight.
  private func fatalError(of client: Client, _ operation: String) -> KafkaError? {
    let fatal = KafkaError.fatal(of: client.handle, operation: operation)
    guard client.events.hasBeenMember,
      rd_kafka_fatal_error(client.handle, nil, 0) == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID
    else { return fatal }
    guard let identifier = rd_kafka_memberid(client.handle) else { return fatal?.with(.rebuild) }
    defer { rd_kafka_mem_free(client.handle, identifier) }
    return identifier.pointee == 0 ? fatal?.with(.rebuild) : fatal
  }

  private func emptyBuffer(capacity: Int, client: Client) -> MessageBuffer {
    if isKnownUniquelyReferenced(&buffer), let buffer, buffer.capacity >= capacity { return buffer }
    let fresh = MessageBuffer(capacity: capacity, client: client)
    buffer = fresh
    return fresh
  }

  /// Closes the membership; false when the time was over before.
  ///
  /// A rebalance that was returned but not answered would keep librdkafka waiting for ever, so it is answered first. Those that
  /// come from now on arrive on the closing queue, as events and without the callback.
  private func leaveGroup(_ client: Client, until deadline: ContinuousClock.Instant) -> Bool {
    for rebalance in (unanswered.map { [$0] } ?? []) + client.events.rebalances { answer(rebalance, client: client) }
    guard let closing = rd_kafka_queue_new(client.handle) else { return false }
    defer { rd_kafka_queue_destroy(closing) }
    if let error = rd_kafka_consumer_close_queue(client.handle, closing) {
      // A client with a fatal error has left already; it is destroyed as it is.
      rd_kafka_error_destroy(error)
      return true
    }
    let clock = ContinuousClock()
    while rd_kafka_consumer_closed(client.handle) == 0 {
      guard clock.now < deadline else { return false }
      if let event = rd_kafka_queue_poll(closing, 50) { serve(event, client: client) }
    }
    return true
  }

  private func serve(_ event: OpaquePointer, client: Client) {
    if rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE { rd_kafka_assign(client.handle, nil) }
    rd_kafka_event_destroy(event)
  }

  private func answer(_ rebalance: Rebalance, client: Client) {
    switch rebalance {
    case .assigned:
      let nothing = PartitionList([TopicPartition]())
      rd_kafka_assign(client.handle, nothing.pointer)
    case .revoked:
      rd_kafka_assign(client.handle, nil)
    }
  }
}

extension MessageBuffer.Message {
  /// Where the message is from; only for messages that have a topic.
  fileprivate var topicPartition: TopicPartition {
    TopicPartition(
      topic: String(cString: rd_kafka_topic_name(pointee.rkt)), partition: Partition(pointee.partition))
  }
}
