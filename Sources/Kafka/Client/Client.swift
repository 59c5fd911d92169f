import CRdKafka
import Dispatch
import Foundation

/// A client of librdkafka and the object its callbacks write to.
///
/// The client is destroyed with this object, at the latest: whatever refers to its memory (messages, queues, topics) is
/// released before, or holds a reference to this object.
final class Client {
  let handle: OpaquePointer
  let events: ClientEvents
  private var isDestroyed = false

  /// How long a client may take to be destroyed when nobody waits for it with a bound of their own.
  static let destructionBound: Duration = .seconds(5)

  /// A client of a kind; `register` adds the callbacks that only this kind has.
  init(
    _ kind: rd_kafka_type_t, _ configuration: ClientConfiguration, over defaults: ClientDefaults,
    observer: ClientObserver, register: (ClientEvents, OpaquePointer) -> Void = { _, _ in }
  ) throws(KafkaError) {
    let events = ClientEvents(observer: observer)
    let properties = try configuration.applied(over: defaults)
    events.register(in: properties)
    register(events, properties)
    var text = [CChar](repeating: 0, count: 512)
    guard let handle = crdkafka_new(kind, properties, &text, text.count) else {
      // Only a client that was made owns its configuration.
      rd_kafka_conf_destroy(properties)
      throw ClientConfiguration.refusal(configuration.masking(string(text)))
    }
    self.handle = handle
    self.events = events
  }

  deinit { destroy(within: Client.destructionBound) }

  /// Destroys the client; false when it was still at it when the time was over, and goes on by itself.
  ///
  /// librdkafka's destruction waits for its threads without a bound, and has hung on a coordinator that is away. It runs
  /// on a thread of its own, so that a stop or a rebuild never waits longer than it wants to.
  @discardableResult
  func destroy(within bound: Duration) -> Bool {
    guard !isDestroyed else { return true }
    isDestroyed = true
    let remains = Remains(handle: handle, events: events)
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      remains.destroy()
      done.signal()
    }
    return done.wait(timeout: .now() + .milliseconds(Int(bound.milliseconds))) == .success
  }

  /// What the call behind this error really failed of, when it only ran out of time or brokers: that the credentials or the
  /// certificate were refused meanwhile, or what went wrong with a connection within the last minute.
  func explained(_ error: KafkaError) -> KafkaError {
    guard error.recovery == .retry else { return error }
    if let refusal = events.refusal {
      return KafkaError(
        code: refusal.code, message: refusal.message, operation: error.operation, recovery: refusal.recovery)
    }
    guard let trouble = events.trouble, ContinuousClock.now - trouble.at < .seconds(60) else { return error }
    return KafkaError(
      code: error.code, message: "\(error.message); \(trouble.error.message)", operation: error.operation,
      recovery: error.recovery)
  }
}

/// A client on its way out, handed over to the thread that destroys it.
///
/// Unchecked: the handle and the events are used by nobody else from then on, but by librdkafka's own log calls.
private struct Remains: @unchecked Sendable {
  let handle: OpaquePointer
  let events: ClientEvents

  func destroy() {
    withExtendedLifetime(events) {
      // librdkafka (2.0.2, and 2.15.0 still) frees the text of a failed transaction before its broker threads end. A late answer
      // that the producer is fenced frees it again: so nothing may be on its way. Does nothing for other kinds of clients.
      rd_kafka_purge(handle, Int32(RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT))
      rd_kafka_destroy_flags(handle, Int32(RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE))
    }
  }
}

extension Duration {
  /// Whole milliseconds, rounded up, as librdkafka takes them: 0 does not wait, and no duration means for ever.
  var milliseconds: Int32 {
    guard self > .zero else { return 0 }
    let (seconds, attoseconds) = components
    guard seconds < Int64(Int32.max) / 1_000 else { return Int32.max }
    return Int32(seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
