import Kafka

/// One partition of the simulated cluster: records and control records, each with the fate of its transaction.
struct MemoryLog {
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
    var offset: Offset { record.offset }
    var isVisible: Bool { fate == .plain || fate == .committed }
    var isOpen: Bool { if case .open = fate { true } else { false } }
  }

  private let id: TopicPartition
  private var entries: [Entry] = []
  /// The first offset that is kept.
  private(set) var low = Offset(0)
  /// The offset after the last record, those of open transactions included.
  private(set) var high = Offset(0)

  init(_ id: TopicPartition) { self.id = id }

  /// Up to where a reader of committed records sees: the first record of an open transaction, or the end.
  var lastStable: Offset { entries.first(where: \.isOpen)?.offset ?? high }

  /// The records a reader of committed records would ever see, as of now.
  var committed: [OwnedRecord] { entries.filter { $0.isVisible && $0.offset < lastStable }.map(\.record) }

  /// Appends a record, in an open transaction when one is given; returns its offset.
  @discardableResult
  mutating func append(
    key: [UInt8]?, value: [UInt8]?, headers: [Header], timestamp: Int64?, transaction: Int?
  ) -> Offset {
    let record = OwnedRecord(
      topic: id.topic, partition: id.partition, offset: high, timestamp: timestamp, key: key, value: value,
      headers: headers)
    entries.append(Entry(record: record, fate: transaction.map { .open(transaction: $0) } ?? .plain))
    defer { high = high.next }
    return high
  }

  /// Decides the fate of a transaction's records and writes its marker.
  mutating func end(transaction: Int, commits: Bool) {
    for index in entries.indices where entries[index].fate == .open(transaction: transaction) {
      entries[index].fate = commits ? .committed : .aborted
    }
    let marker = OwnedRecord(topic: id.topic, partition: id.partition, offset: high)
    entries.append(Entry(record: marker, fate: .control))
    high = high.next
  }

  /// Committed records from an offset on, and where to read on; aborted records and markers are passed over.
  func read(from start: Offset, limit: Int) -> (records: [OwnedRecord], next: Offset) {
    var records: [OwnedRecord] = []
    for entry in entries where entry.offset >= start && entry.offset < lastStable {
      if records.count == limit { return (records, entry.offset) }
      if entry.isVisible { records.append(entry.record) }
    }
    return (records, max(start, lastStable))
  }

  /// Keeps only the last record of each key below the last stable offset; offsets stay, so that there are gaps.
  mutating func compact() {
    var latest: [[UInt8]: Offset] = [:]
    for entry in entries where entry.isVisible && entry.offset < lastStable {
      if let key = entry.record.key { latest[key] = entry.offset }
    }
    let end = lastStable
    entries.removeAll { entry in
      guard entry.offset < end else { return false }
      return !entry.isVisible || entry.record.key.map { latest[$0] != entry.offset } ?? false
    }
  }

  /// Retention: what lies before the offset is gone.
  mutating func truncate(before offset: Offset) {
    entries.removeAll { $0.offset < offset }
    low = max(low, offset)
  }
}
