import Foundation
import Kafka

/// What the daemon wrote of the backlog.
struct Outputs {
  private var byTopic: [String: (records: Int, bytes: Int)] = [:]
  /// Records that stand for all: every so-and-so-many-th, so that each topic has its share.
  private(set) var sample: [OwnedRecord] = []

  /// About how many records stand for all.
  private static let sampleSize = 4_096

  var records: Int { byTopic.values.reduce(0) { $0 + $1.records } }
  /// Keys, values and headers.
  var bytes: Int { byTopic.values.reduce(0) { $0 + $1.bytes } }

  /// Reads everything that is there; throws when the broker has deleted some of it.
  init(readFrom topics: Topics) throws {
    let ends = try topics.wholeEnds(of: Topics.outputs)
    let consumer = try topics.reader()
    defer { consumer.close(timeout: .seconds(5)) }
    try consumer.assign(ends.mapValues { _ in Offset(0) })
    var open = Set(ends.keys)
    let stride = max(1, Int(ends.values.reduce(0) { $0 + $1.value }) / Self.sampleSize)
    while !open.isEmpty {
      let poll = try consumer.poll(limit: 10_000, timeout: .seconds(1))
      open.subtract(poll.ends.keys)
      for index in 0..<poll.records.count {
        poll.records.withRecord(at: index) { record in
          if records % stride == 0 { sample.append(record.owned()) }
          let headers = record.headers().reduce(0) { $0 + $1.name.count + ($1.value?.count ?? 0) }
          let bytes = (record.key?.count ?? 0) + (record.value?.count ?? 0) + headers
          byTopic[String(record.topic.dropFirst(topics.prefix.count)), default: (0, 0)].records += 1
          byTopic[String(record.topic.dropFirst(topics.prefix.count)), default: (0, 0)].bytes += bytes
        }
      }
    }
  }

  func measures(_ backlog: Backlog) -> [Measure] {
    let (events, commits) = (Double(backlog.events), Double(max(1, backlog.commits)))
    var measures = [
      Measure("outputRecordsPerEvent", "outputs", Double(records) / events, "records/event"),
      Measure("outputBytesPerEvent", "outputs", Double(bytes) / events, "bytes/event"),
    ]
    for (topic, sum) in byTopic.sorted(by: { $0.key < $1.key }) {
      measures.append(
        Measure(
          "\(topic)RecordsPerEvent", "  to \(topic)", Double(sum.records) / events,
          "records/event, \(sum.bytes / max(1, sum.records)) bytes each"))
    }
    return measures + [
      Measure("commits", "transactions", backlog.commits, ""),
      Measure("eventsPerTransaction", "  took", events / commits, "events/transaction"),
      Measure("recordsPerTransaction", "  wrote", Double(records) / commits, "records/transaction"),
      Measure("bytesPerTransaction", "  wrote", Double(bytes) / commits, "bytes/transaction"),
    ]
  }
}

extension RawLoop.Output {
  init(_ record: OwnedRecord) {
    self.init(
      key: record.key.map { Data($0) }, value: record.value.map { Data($0) },
      headers: record.headers.map { Header(name: Data($0.name), value: $0.value.map { Data($0) }) })
  }
}
