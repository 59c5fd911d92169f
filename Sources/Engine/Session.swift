import Kafka

/// The Kafka clients of a worker, made together and thrown away together: a fenced or broken one is never repaired.
final class Session {
  let consumer: any GroupConsumer
  let producer: any TransactionProducer

  /// Fences the predecessor before it joins, so that an older process of the same name is out before this one is in.
  init(_ cluster: any Cluster, worker: Int, topics: [String]) throws(KafkaError) {
    producer = try cluster.makeProducer(worker: worker)
    do {
      try producer.initTransactions(timeout: .seconds(10))
      consumer = try cluster.makeConsumer(worker: worker)
      try consumer.subscribe(topics)
    } catch {
      producer.close(timeout: .seconds(5))
      throw error
    }
  }

  func close() {
    consumer.close(timeout: .seconds(5))
    producer.close(timeout: .seconds(5))
  }
}

/// Calls again what Kafka says may be called again with the same arguments.
enum Retry {
  /// How many calls are made in all where nobody waits for the answer. Each has a timeout of its own.
  static let patience = 5

  static func run<R>(_ attempts: Int, _ body: () throws(KafkaError) -> R) throws(KafkaError) -> R {
    for _ in 1..<attempts {
      do {
        return try body()
      } catch {
        guard error.recovery == .retry else { throw error }
      }
    }
    return try body()
  }
}
