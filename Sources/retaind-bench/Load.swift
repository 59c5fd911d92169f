import Foundation
import Retention

/// Writes the mix: first as a backlog, then, by `FixedRate`, on and on.
struct Load {
  private let topics: Topics
  private let customers: Int
  private(set) var mix: Mix
  private var events = 0
  private var bytes = 0

  init(_ topics: Topics, customers: Int) {
    self.topics = topics
    self.customers = customers
    let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) - .minutes(5)
    mix = Mix(customers: customers, seed: 20_261_126, now: now)
  }

  /// Writes so many events and makes sure that all are there.
  mutating func writeBacklog(_ count: Int) throws {
    // Lingers, so that batches are full: the embedded broker answers a fetch with one of a partition, where another fills it.
    let producer = try PlainProducer(topics, lingerMilliseconds: 500)
    defer { producer.close() }
    for _ in 0..<count { bytes += try writeNext(producer) }
    try producer.flush()
    events = count
    let ends = try topics.wholeEnds(of: Topics.inputs)
    let written = ends.values.reduce(0) { $0 + $1.value }
    guard written == Int64(count) else { throw BenchError("\(count) events were written and \(written) are there") }
  }

  /// Writes the next event. Returns its bytes, key included.
  @discardableResult
  mutating func writeNext(_ producer: PlainProducer) throws -> Int {
    let message = mix.next()
    try producer.produce(message)
    return message.key.count + message.value.count
  }

  var measures: [Measure] {
    [
      Measure("events", "events", events, ""), Measure("customers", "customers", customers, ""),
      Measure("inputBytesPerEvent", "input", Double(bytes) / Double(events), "bytes/event"),
    ]
  }
}
