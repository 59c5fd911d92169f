import Kafka
import Retention

/// One partition of the simulated cluster: records and control records, each with the fate of its transaction.
package struct PartitionLog {
  private enum Fate: Equatable {
    case plain
    case open(transaction: Int)
    case committed
    case aborted
    /// The marker that ends a transaction: it has an offset and no reader ever sees it.
    case control
  }

  private struct Entry {
    let record: OwnedRecord
    var fate: Fate
    /// When a tombstone may be forgotten; nil before a compaction has seen it.
    var isForgottenAt: Instant?
    var offset: Offset { record.offset }
    var isVisible: Bool { fate == .plain || fate == .committed }
  }

  private let id: TopicPartition
  /// By offset; retention and compaction leave gaps.
  private var entries: [Entry] = []
  /// The first record of each transaction that is not decided.
  private var undecided: [Int: Offset] = [:]
  /// The first offset that is kept.
  package private(set) var low = Offset(0)
  /// The offset after the last record, those of open transactions included.
  package private(set) var high = Offset(0)
  /// Up to where a reader of committed records sees: the first record of an open transaction, or the end.
  package private(set) var lastStable = Offset(0)

  package init(_ id: TopicPartition) { self.id = id }

  /// The records a reader of committed records would ever see, as of now.
  package var committed: [OwnedRecord] {
    entries.prefix { $0.offset < lastStable }.filter(\.isVisible).map(\.record)
  }

  /// Appends a record, in an open transaction when one is given; returns its offset.
  @discardableResult
  package mutating func append(
    key: [UInt8]?, value: [UInt8]?, headers: [Header], timestamp: Int64?, transaction: Int?
  ) -> Offset {
    let record = OwnedRecord(
      topic: id.topic, partition: id.partition, offset: high, timestamp: timestamp, key: key, value: value,
      headers: headers)
    entries.append(Entry(record: record, fate: transaction.map { .open(transaction: $0) } ?? .plain))
    if let transaction, undecided[transaction] == nil { undecided[transaction] = high }
    defer { advance() }
    return high
  }

  /// Decides the fate of a transaction's records and writes its marker.
  package mutating func end(transaction: Int, commits: Bool) {
    if let first = undecided.removeValue(forKey: transaction) {
      for index in index(of: first)..<entries.count where entries[index].fate == .open(transaction: transaction) {
        entries[index].fate = commits ? .committed : .aborted
      }
    }
    let marker = OwnedRecord(topic: id.topic, partition: id.partition, offset: high)
    entries.append(Entry(record: marker, fate: .control))
    advance()
  }

  /// Committed records from an offset on, and where to read on; aborted records and markers are passed over.
  package func read(from start: Offset, limit: Int) -> (records: [OwnedRecord], next: Offset) {
    guard start < lastStable else { return ([], start) }
    var records: [OwnedRecord] = []
    for entry in entries[index(of: start)...] {
      guard entry.offset < lastStable else { break }
      guard entry.isVisible else { continue }
      if records.count == limit { return (records, entry.offset) }
      records.append(entry.record)
    }
    return (records, lastStable)
  }

  /// How long a tombstone stays after the first compaction that met it (`delete.retention.ms`): whoever has read a value
  /// before that compaction reads the tombstone behind it within that time.
  package static let tombstoneRetention = TimeSpan.hours(24)

  /// Keeps only the last record of each key below the last stable offset, and no tombstone for ever. Offsets stay, so that
  /// there are gaps.
  package mutating func compact(now: Instant) {
    var latest: [[UInt8]: Offset] = [:]
    for entry in entries where entry.isVisible && entry.offset < lastStable {
      if let key = entry.record.key { latest[key] = entry.offset }
    }
    let end = lastStable
    entries.removeAll { entry in
      guard entry.offset < end else { return false }
      if let time = entry.isForgottenAt, time <= now { return true }
      return !entry.isVisible || entry.record.key.map { latest[$0] != entry.offset } ?? false
    }
    for index in entries.indices where entries[index].offset < end && entries[index].record.value == nil {
      entries[index].isForgottenAt = entries[index].isForgottenAt ?? now + Self.tombstoneRetention
    }
  }

  /// Retention: what lies before the offset is gone.
  package mutating func truncate(before offset: Offset) {
    entries.removeFirst(index(of: offset))
    low = max(low, offset)
  }

  private mutating func advance() {
    high = high.next
    lastStable = undecided.values.min() ?? high
  }

  /// The index of the first entry at or behind the offset.
  private func index(of offset: Offset) -> Int {
    var (from, to) = (0, entries.count)
    while from < to {
      let middle = (from + to) / 2
      if entries[middle].offset < offset { from = middle + 1 } else { to = middle }
    }
    return from
  }
}
