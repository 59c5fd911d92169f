import Kafka
import Retention

extension Worker {
  /// Holds what an outcome publishes until the unit of work is written.
  ///
  /// A transaction is open for as long as it takes to be written then, not for as long as events are gathered; the partitions that
  /// it writes to are made known to its coordinator together, not one by one as events come to them; and whoever drops a unit of
  /// work before that has nothing to abort. Many are written before, to bound the memory and to give the broker something to do.
  func publish(_ outcome: Outcome) throws {
    unit.outputs.add(outcome)
    if unit.outputs.count >= configuration.heldOutputs { try writeOutputs() }
  }

  /// Writes what is held, what is about one customer in the order in which it came. `afterFirst` is called when the first of each
  /// partition is written and the others are not.
  func writeOutputs(afterFirst: () throws -> Void = {}) throws {
    var outputs = unit.takeOutputs()
    try write(outputs, afterFirst)
    outputs.removeAll()
    // With its memory, for those that come.
    unit.outputs = outputs
  }

  private func write(_ outputs: borrowing PublishedEvents, _ afterFirst: () throws -> Void) throws {
    let order = WriteOrder(outputs.count) { index -> OutputPartition? in
      outputs.withEvent(at: index) { OutputPartition(stream: $0.stream, partition: partitioning.partition(of: $0.key)) }
    }
    try order.forEachFirst { (index) throws(KafkaError) in try outputs.withEvent(at: index, write) }
    try afterFirst()
    try order.forEachOther { (index) throws(KafkaError) in try outputs.withEvent(at: index, write) }
  }

  /// Where an output goes when its topic has as many partitions as the state, as topics that are co-partitioned have.
  private struct OutputPartition: Equatable {
    let stream: PublishedEvent.Stream
    let partition: Partition
  }

  private func write(_ event: borrowing PublishedEvent) throws(KafkaError) {
    var headers = HeaderList()
    event.forEachHeader { headers.append($0, $1) }
    try produce(
      configuration.topics.topic(of: event.stream), nil, key: event.key, value: event.value, &headers, timestamp: nil)
  }

  /// Queues a record, in a transaction begun when it is the first. A full queue is waited for, so that a slow broker
  /// slows the worker down and memory stays bounded.
  func produce(
    _ topic: String, _ partition: Partition?, key: Span<UInt8>?, value: Span<UInt8>?,
    _ headers: inout HeaderList, timestamp: Int64?
  ) throws(KafkaError) {
    guard let producer = session?.producer else { return }
    try beginTransaction()
    for _ in 0..<Self.queueAttempts {
      do {
        return try producer.produce(
          topic: topic, partition: partition, key: key, value: value, headers: &headers, timestamp: timestamp)
      } catch {
        guard error.recovery == .retry else { throw error }
        producer.poll(timeout: .milliseconds(100))
      }
    }
    throw KafkaError(
      code: "_QUEUE_FULL", message: "the broker took nothing for 30 s", operation: "produce to \(topic)",
      recovery: .abort)
  }

  private static var queueAttempts: Int { 300 }
}
