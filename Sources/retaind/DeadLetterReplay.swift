import Engine
import Foundation
import Kafka
import Operations
import Retention

/// Publishes dead letters again to where they came from.
struct DeadLetterReplay {
  let reader: DeadLetterReader
  let filter: DeadLettersCommand.Filter
  let client: ClientConfiguration
  let group: String
  let log: Log

  private static let transactionLength = 10_000

  /// Says what it does, or would do.
  func run(isDry: Bool) throws {
    var counts = DeadLetterCounts()
    guard !isDry else {
      try reader.forEachShown { if filter.admits($0) { counts.count($0) } }
      print(counts.text)
      if counts.total > 0 { print("nothing was published; --yes publishes them") }
      return
    }
    // One name: of two replays at a time the later one ends the earlier one.
    let producer = try TransactionalProducer(
      client, transactionalID: "\(group)-dead-letters", observer: .logging(to: log))
    defer { producer.close() }
    try producer.initTransactions(timeout: .seconds(30))
    var open = 0
    try reader.forEachShown { buried in
      guard filter.admits(buried) else { return }
      if open == 0 { try producer.begin() }
      try publish(buried.original, producer)
      counts.count(buried)
      open += 1
      if open == Self.transactionLength {
        try producer.commit()
        open = 0
      }
    }
    if open > 0 { try producer.commit() }
    print(counts.text)
    if counts.total > 0 { print("all of them were published again") }
  }

  /// A full queue is waited for.
  private func publish(_ record: OwnedRecord, _ producer: TransactionalProducer) throws {
    while true {
      do {
        return try producer.produce(
          topic: record.topic, partition: record.partition, key: record.key?.span, value: record.value?.span,
          headers: record.headers, timestamp: record.timestamp)
      } catch  where error.code == "_QUEUE_FULL" {
        producer.poll(timeout: .milliseconds(100))
      }
    }
  }
}
