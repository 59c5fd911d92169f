import Kafka

/// The transaction coordinator of the simulated cluster: epochs by transactional id, and transactions until their last
/// marker is written.
package final class TransactionCoordinator {
  /// A transaction that was committed.
  package struct Transaction {
    package let written: Set<TopicPartition>
    package let offsets: [TopicPartition: Offset]
  }

  private struct Open {
    let number: Int
    var written: Set<TopicPartition> = []
    var offsets: [TopicPartition: Offset] = [:]
    /// Decided; its markers are on their way.
    var isEnding = false
    var markersLeft = 0
    var areOffsetsDecided = false
  }

  /// What the coordinator does to the rest of the cluster.
  package struct Effects {
    /// Writes a marker; false when it cannot be written now.
    package var mark: (TopicPartition, _ transaction: Int, _ commits: Bool) -> Bool
    package var commitOffsets: ([TopicPartition: Offset]) -> Void
  }

  /// A transaction that is open for so long is aborted, and its producer fenced; nil: never.
  package var timeout: Duration?
  /// How long a marker takes to its partition.
  package var markerDelay: () -> Duration = { .zero }
  /// Every transaction that was committed, in order.
  package private(set) var committed: [Transaction] = []
  package private(set) var expirations = 0

  private let timeline: Timeline
  private let effects: Effects
  private var epochs: [String: Int] = [:]
  private var open: [String: Open] = [:]
  private var nextNumber = 0

  package init(timeline: Timeline, effects: Effects) {
    self.timeline = timeline
    self.effects = effects
  }

  /// Whether no transaction is open.
  package var isIdle: Bool { open.isEmpty }

  /// Whether the producer's last transaction is decided and not written down everywhere yet: it cannot begin another.
  package func isEnding(_ name: String) -> Bool { open[name]?.isEnding == true }

  /// Makes every producer of the name before this one powerless, and aborts its transaction; returns the new epoch.
  @discardableResult
  package func fence(_ name: String) -> Int {
    epochs[name, default: 0] += 1
    end(name, commits: false)
    return epochs[name] ?? 0
  }

  package func isCurrent(_ name: String, _ epoch: Int) -> Bool { epochs[name] == epoch }

  /// Notes that the producer writes to the partition; returns the number of its transaction.
  package func write(_ name: String, to partition: TopicPartition) -> Int {
    begin(name)
    open[name]?.written.insert(partition)
    return open[name]?.number ?? 0
  }

  package func add(_ offsets: [TopicPartition: Offset], of name: String) {
    begin(name)
    open[name]?.offsets.merge(offsets) { $1 }
  }

  /// Decides a transaction. Its records and offsets become visible, or not, when the markers arrive.
  package func end(_ name: String, commits: Bool) {
    guard let ending = open[name], !ending.isEnding else { return }
    open[name]?.isEnding = true
    open[name]?.markersLeft = ending.written.count + 1
    if commits { committed.append(Transaction(written: ending.written, offsets: ending.offsets)) }
    for partition in ending.written.sorted() {
      send(after: markerDelay()) { [effects] in
        effects.mark(partition, ending.number, commits)
      } then: { [weak self] in
        self?.arrive(name)
      }
    }
    timeline.schedule(after: markerDelay()) { [weak self] in
      guard let self else { return }
      if commits { effects.commitOffsets(ending.offsets) }
      open[name]?.areOffsetsDecided = true
      arrive(name)
    }
  }

  /// Whether offsets of the partition are in a transaction whose end is not known yet.
  package func isUnstable(_ partition: TopicPartition) -> Bool {
    open.values.contains { !$0.areOffsetsDecided && $0.offsets[partition] != nil }
  }

  private func begin(_ name: String) {
    guard open[name] == nil else { return }
    nextNumber += 1
    let number = nextNumber
    open[name] = Open(number: number)
    guard let timeout else { return }
    timeline.schedule(after: timeout) { [weak self] in
      guard let self, let late = open[name], late.number == number, !late.isEnding else { return }
      expirations += 1
      fence(name)
    }
  }

  /// A marker for a partition without a leader is sent again.
  private func send(after delay: Duration, _ write: @escaping () -> Bool, then done: @escaping () -> Void) {
    timeline.schedule(after: delay) { [weak self] in
      if write() { done() } else { self?.send(after: .milliseconds(200), write, then: done) }
    }
  }

  private func arrive(_ name: String) {
    open[name]?.markersLeft -= 1
    if open[name]?.markersLeft == 0 { open[name] = nil }
  }
}
