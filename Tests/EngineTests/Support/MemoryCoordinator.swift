import Kafka

/// The transaction coordinator of the simulated cluster: epochs by transactional id, and open transactions.
struct MemoryCoordinator {
  /// A transaction that was begun and not ended.
  struct Open {
    let number: Int
    var written: Set<TopicPartition> = []
    var offsets: [TopicPartition: Offset] = [:]
  }

  private var epochs: [String: Int] = [:]
  private var open: [String: Open] = [:]
  private var nextNumber = 0

  /// Whether no transaction is open.
  var isIdle: Bool { open.isEmpty }

  /// Makes every producer of the name before this one powerless; returns the new epoch.
  @discardableResult
  mutating func fence(_ name: String) -> Int {
    epochs[name, default: 0] += 1
    return epochs[name] ?? 0
  }

  func isCurrent(_ name: String, _ epoch: Int) -> Bool { epochs[name] == epoch }

  /// Notes that the producer writes to the partition; returns the number of its transaction.
  mutating func write(_ name: String, to partition: TopicPartition) -> Int {
    begin(name)
    open[name]?.written.insert(partition)
    return open[name]?.number ?? 0
  }

  mutating func add(_ offsets: [TopicPartition: Offset], of name: String) {
    begin(name)
    open[name]?.offsets.merge(offsets) { $1 }
  }

  mutating func close(_ name: String) -> Open? { open.removeValue(forKey: name) }

  /// Whether offsets of the partition are in a transaction whose end is not known yet.
  func isUnstable(_ partition: TopicPartition) -> Bool { open.values.contains { $0.offsets[partition] != nil } }

  private mutating func begin(_ name: String) {
    guard open[name] == nil else { return }
    nextNumber += 1
    open[name] = Open(number: nextNumber)
  }
}
