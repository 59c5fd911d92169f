import Kafka
import Retention

/// A record that could not be processed, as it lies in the dead-letter topic.
public struct BuriedRecord: Sendable {
  /// Where it lies in the dead-letter topic.
  public let place: TopicPartition
  /// Its offset there.
  public let offset: Offset
  /// The record as it came: topic, partition, offset, timestamp, key, value and headers.
  public let original: OwnedRecord
  /// Why it could not be processed, a code of `Reject`.
  public let reason: String
  /// The same in words.
  public let message: String
  /// The version of retaind that could not.
  public let version: String

  /// Takes a record of the dead-letter topic apart; nil when it is not one that retaind wrote.
  public init?(_ record: OwnedRecord) {
    // They stand behind the record's own, which may have such names too when it was buried before.
    var own = record.headers[...]
    var values: [String: String] = [:]
    while let header = own.last, header.nameText.hasPrefix("dlq."), values[header.nameText] == nil {
      values[header.nameText] = header.value.map { String(decoding: $0, as: UTF8.self) } ?? ""
      own.removeLast()
    }
    guard let reason = values["dlq.reason"], let topic = values["dlq.topic"],
      let partition = values["dlq.partition"].flatMap(Int32.init), let offset = values["dlq.offset"].flatMap(Int64.init)
    else { return nil }
    place = TopicPartition(topic: record.topic, partition: record.partition)
    self.offset = record.offset
    self.reason = reason
    message = values["dlq.message"] ?? ""
    version = values["dlq.version"] ?? ""
    original = OwnedRecord(
      topic: topic, partition: Partition(partition), offset: Offset(offset),
      timestamp: values["dlq.timestamp"].flatMap(Int64.init), key: record.key, value: record.value, headers: Array(own))
  }
}

/// Reads the dead-letter topic from its beginning to the end that it has when the reading begins.
public struct DeadLetterReader {
  private let cluster: any Cluster
  private let topic: String
  private let patience: Duration

  /// Gives up when the brokers say nothing for `patience`.
  public init(_ cluster: any Cluster, topics: Topics, patience: Duration = .seconds(30)) {
    self.cluster = cluster
    topic = topics.deadLetters
    self.patience = patience
  }

  /// Calls `body` with every record, in each partition in its order, and `progress` now and then with the part that is read,
  /// 0 to 1. Throws a `Stop` when there is no such topic or the brokers do not answer, else what `body` throws.
  public func forEach(progress: (Double) -> Void = { _ in }, _ body: (OwnedRecord) throws -> Void) throws {
    guard let count = try cluster.partitionCounts(of: [topic])[topic], count > 0 else {
      throw Stop(
        .configuration, "the topic \(topic) does not exist",
        remedy: "name the brokers and the topics of the retaind that runs")
    }
    let reader = try cluster.makeChangelogReader()
    defer { reader.close(timeout: .seconds(5)) }
    var positions: [TopicPartition: Offset] = [:]
    var ends: [TopicPartition: Offset] = [:]
    for number in 0..<Int32(count) {
      let partition = TopicPartition(topic: topic, partition: Partition(number))
      let bounds = try reader.bounds(of: partition, timeout: patience)
      guard bounds.low < bounds.high else { continue }
      (positions[partition], ends[partition]) = (bounds.low, bounds.high)
    }
    let total = Double(ends.reduce(0) { $0 + $1.value.value - (positions[$1.key]?.value ?? 0) })
    let starts = positions
    try reader.assign(positions)
    let clock = ContinuousClock()
    var heardAt = clock.now
    while !ends.isEmpty {
      let poll = try poll(reader, positions.filter { ends[$0.key] != nil })
      if poll.records.count > 0 || !poll.ends.isEmpty { heardAt = clock.now }
      guard clock.now - heardAt < patience else {
        throw Stop(
          .unavailable, "\(topic) could not be read to its end: nothing came for \(patience)",
          remedy: "look at the brokers, then ask again")
      }
      for index in 0..<poll.records.count {
        try poll.records.withRecord(at: index) { record in
          guard let end = ends[record.topicPartition], record.offset < end else { return }
          positions[record.topicPartition] = record.offset.next
          try body(record.owned())
        }
      }
      // Behind the last record there can be marks of transactions, which nobody hands out.
      for (partition, end) in poll.ends { positions[partition] = max(positions[partition] ?? end, end) }
      ends = ends.filter { (positions[$0.key] ?? Offset(0)) < $0.value }
      progress(positions.reduce(0.0) { $0 + Double($1.value.value - (starts[$1.key]?.value ?? 0)) } / max(1, total))
    }
  }

  /// What a poll had fetched when it failed is gone: it is read again.
  private func poll(_ reader: any ChangelogReader, _ positions: [TopicPartition: Offset]) throws -> Poll {
    while true {
      do {
        return try reader.poll(limit: 10_000, timeout: .milliseconds(100))
      } catch {
        guard error.recovery == .retry || error.recovery == .abort else { throw error }
        try reader.assign(positions)
      }
    }
  }
}
