import CRdKafka

/// What librdkafka's callbacks write down for their client, which reads it after each call.
///
/// All but the log are called inside calls of ours, on the client's one thread, so that nothing here is locked; the log
/// may come from any thread and only reads the observer. Callbacks find this object through the client's opaque pointer,
/// unretained: whoever destroys the client keeps the object until that has returned.
final class ClientEvents {
  let observer: ClientObserver
  /// Assignments and revocations that `poll` has not returned yet.
  var rebalances: [Rebalance] = []
  /// Whether the client was ever given partitions as a member of its group.
  var hasBeenMember = false
  /// Errors of a consumer's connections that mend themselves, until the next poll; other clients only log them.
  var errors: [KafkaError] = []
  /// The last refusal of the client's credentials, until a call succeeds: the cause behind calls that only time out.
  var refusal: KafkaError?
  /// What went wrong with a connection last, and when.
  private(set) var trouble: (error: KafkaError, at: ContinuousClock.Instant)?
  /// The first record of the transaction that was not delivered.
  var failedDelivery: KafkaError?
  /// Whether records were purged: librdkafka does so when it has doomed the transaction.
  var hasPurged = false
  /// The offsets behind the last delivered record of each partition that the producer has numbered from 1.
  var deliveredEnds: [Int64] = []
  /// Ends the wait of the poll that a rebalance was served in; unset for clients that do not poll a queue.
  var queue: OpaquePointer?

  init(observer: ClientObserver) {
    self.observer = observer
  }

  func register(in configuration: OpaquePointer) {
    rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(self).toOpaque())
    rd_kafka_conf_set_log_cb(configuration) { client, level, facility, text in
      guard let client, let text else { return }
      let line = ClientLog(
        level: Int(level), facility: facility.map { String(cString: $0) } ?? "", message: String(cString: text))
      ClientEvents.of(rd_kafka_opaque(client))?.observer.log(line)
    }
    rd_kafka_conf_set_error_cb(configuration) { client, code, text, opaque in
      ClientEvents.of(opaque)?.clientFailed(
        rd_kafka_resp_err_t(code), text: text.map { String(cString: $0) }, client: client)
    }
    guard observer.statistics != nil else { return }
    rd_kafka_conf_set_stats_cb(configuration) { _, json, count, opaque in
      if let json, let events = ClientEvents.of(opaque) {
        let bytes = UnsafeRawBufferPointer(start: json, count: count)
        events.observer.statistics?(String(decoding: bytes, as: UTF8.self))
      }
      return 0
    }
  }

  func registerRebalances(in configuration: OpaquePointer) {
    rd_kafka_conf_set_rebalance_cb(configuration) { client, code, partitions, opaque in
      ClientEvents.of(opaque)?.ownershipChanged(code, partitions: partitions, client: client)
    }
  }

  func registerDeliveries(in configuration: OpaquePointer) {
    rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
      guard let message, let opaque else { return }
      // Called for every record: whoever polls the client holds its events.
      Unmanaged<ClientEvents>.fromOpaque(opaque)._withUnsafeGuaranteedRef { events in
        if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
          events.delivered(message)
        } else {
          events.deliveryFailed(message.pointee)
        }
      }
    }
  }

  private func clientFailed(_ code: rd_kafka_resp_err_t, text: String?, client: OpaquePointer?) {
    // A fatal error is seen by the next call; here it is only an announcement.
    guard code != RD_KAFKA_RESP_ERR__FATAL else { return }
    let error =
      text.flatMap { KafkaError.handshake(code, $0) }
      ?? KafkaError(
        code: code,
        message: text.map { [$0, KafkaError.hint(forConnection: $0)].compactMap(\.self).joined(separator: "; ") },
        operation: "connect")
    guard error.recovery != .stop else { return refusal = error }
    // That all brokers are down is what followed.
    if code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN { trouble = (error, ContinuousClock.now) }
    if queue != nil { errors.append(error) }
  }

  private func ownershipChanged(
    _ code: rd_kafka_resp_err_t, partitions: PartitionList.List?, client: OpaquePointer?
  ) {
    let owned = partitions.map { PartitionList.partitions(of: $0) } ?? []
    hasBeenMember = true
    rebalances.append(
      code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS
        ? .assigned(owned) : .revoked(owned, lost: rd_kafka_assignment_lost(client) != 0))
    if let queue { rd_kafka_queue_yield(queue) }
  }

  private func delivered(_ message: UnsafePointer<rd_kafka_message_t>) {
    let number = Int(bitPattern: message.pointee._private) - 1
    guard deliveredEnds.indices.contains(number) else { return }
    deliveredEnds[number] = max(deliveredEnds[number], message.pointee.offset + 1)
  }

  private func deliveryFailed(_ message: rd_kafka_message_t) {
    if message.err == RD_KAFKA_RESP_ERR__PURGE_QUEUE || message.err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT {
      hasPurged = true
      return
    }
    guard failedDelivery == nil else { return }
    let topic = message.rkt.map { String(cString: rd_kafka_topic_name($0)) } ?? "unknown topic"
    failedDelivery = KafkaError(
      code: message.err, message: "a record for \(topic) [\(message.partition)] was not delivered",
      operation: "produce", fallback: .abort)
  }

  private static func of(_ opaque: UnsafeMutableRawPointer?) -> ClientEvents? {
    opaque.map { Unmanaged<ClientEvents>.fromOpaque($0).takeUnretainedValue() }
  }
}
