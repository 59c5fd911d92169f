import CRdKafka

/// The array into which librdkafka writes the messages of a poll; it owns the messages until `removeAll`.
///
/// The consumer uses one buffer over and over, unless an earlier batch still holds it.
final class MessageBuffer {
  typealias Message = UnsafeMutablePointer<rd_kafka_message_t>

  let capacity: Int
  private(set) var count = 0
  private let slots: UnsafeMutablePointer<Message?>
  /// Messages refer to memory of the client, which therefore outlives them.
  private let client: Client

  init(capacity: Int, client: Client) {
    self.capacity = capacity
    self.client = client
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: nil, count: capacity)
  }

  deinit {
    removeAll()
    slots.deallocate()
  }

  func message(at index: Int) -> Message { slots[index]! }

  /// Takes up to `limit` messages from the queue and serves the client's callbacks; true when one came.
  ///
  /// A queue is read with a wait for one message only: a larger read with a timeout waits until it is full.
  func fill(from queue: OpaquePointer, limit: Int, milliseconds: Int32) -> Bool {
    let received = rd_kafka_consume_batch_queue(queue, milliseconds, slots + count, min(limit, capacity - count))
    // Negative is an error of the arguments, which are right here.
    guard received > 0 else { return false }
    count += received
    return true
  }

  /// Takes out the messages that are events instead of records, in their order.
  func removeEvents(_ handle: (Message) -> Void) {
    var kept = 0
    for index in 0..<count {
      let message = slots[index]!
      if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
        slots[kept] = message
        kept += 1
      } else {
        handle(message)
        rd_kafka_message_destroy(message)
      }
    }
    count = kept
  }

  func removeAll() {
    for index in 0..<count { rd_kafka_message_destroy(slots[index]) }
    count = 0
  }
}
