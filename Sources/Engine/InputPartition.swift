import Kafka

/// An assigned partition of an input topic or of the forward topic.
final class InputPartition {
  let id: TopicPartition
  /// Whether its records may be processed here, because this worker owns the state partition of the same number. The
  /// records of others are all forwarded.
  let servesInPlace: Bool
  let isForward: Bool
  /// Whether the group had an offset for it when it was assigned; otherwise it began at the start.
  let hasCommittedOffset: Bool
  /// The next offset to be processed, in the unit of work: no record before it may come.
  var position: Offset
  /// The next offset to be processed, as committed.
  private(set) var committed: Offset
  /// The state whose customers its records are about; nil when there is none, or none yet, in which they may be processed.
  var state: StatePartition?
  /// Whether it is fetched: its state is complete and its topic is not stopped.
  var isActive = false
  /// Where the log ended when the first record of this assignment came; nil before.
  var firstEnd: Offset?
  /// Whether its end was reached: behind the last record there can be offsets that no record has.
  private var hasReachedEnd = false

  init(_ id: TopicPartition, servesInPlace: Bool, isForward: Bool, committed: Offset, hasCommittedOffset: Bool) {
    self.id = id
    self.servesInPlace = servesInPlace
    self.isForward = isForward
    self.hasCommittedOffset = hasCommittedOffset
    self.committed = committed
    position = committed
  }

  /// Whether everything that it held when it was assigned is processed, in the unit of work at the latest.
  var isCaughtUp: Bool { hasReachedEnd || firstEnd.map { position >= $0 } ?? false }

  func holds(_ record: borrowing Record) -> Bool { record.partition == id.partition && record.topic == id.topic }

  func noteEnd() { hasReachedEnd = true }

  func rewind() {
    if position != committed { hasReachedEnd = false }
    position = committed
  }
  func settle() { committed = position }
}
