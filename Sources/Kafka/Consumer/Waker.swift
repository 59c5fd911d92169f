import CRdKafka
import Synchronization

/// Ends the waits of consumers, from any thread.
public final class Waker: Sendable {
  /// A queue whose owner takes it away before it is gone. Unchecked: librdkafka locks its queues itself.
  private struct Queue: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  private let queues = Mutex<[Queue]>([])

  /// A waker of nobody: consumers are made with it.
  public init() {}

  /// Makes the poll that each of its consumers is in, or else the next one, return without waiting any longer.
  public func wake() {
    queues.withLock { for queue in $0 { rd_kafka_queue_yield(queue.pointer) } }
  }

  func add(_ pointer: OpaquePointer) {
    let queue = Queue(pointer: pointer)
    queues.withLock { $0.append(queue) }
  }

  func remove(_ pointer: OpaquePointer) {
    let queue = Queue(pointer: pointer)
    queues.withLock { $0.removeAll { $0.pointer == queue.pointer } }
  }
}
