import Kafka
import Operations
import Retention

/// Rebuilds the state of newly assigned partitions: from the checkpoint when it is usable, then from the changelog.
///
/// The target is the changelog's end with open transactions included; it is reached by a reader of committed records.
/// So a predecessor's open transaction is waited for, with a deadline. A reader's position may never equal the end offset,
/// because control records and compaction leave gaps: the end is known by the reader's end-of-partition event.
final class Restoration {
  private let partitioning: Partitioning
  private let identity: (Partition) -> Checkpoint.Identity
  private let reader: any ChangelogReader
  private let storage: any CheckpointStorage
  private let log: Log
  private var patience: Patience
  private var reportedAt: Duration
  private var open: [TopicPartition: Progress] = [:]

  private final class Progress {
    let state: StatePartition
    /// The last records of one customer, which are applied together: a commit writes what it changed of one in succession.
    var gathered: (customer: CustomerID, changes: [FacetChange])?
    let target: Offset
    /// Where the reader goes on.
    var position: Offset
    var records = 0

    init(state: StatePartition, target: Offset, position: Offset) {
      self.state = state
      self.target = target
      self.position = position
    }
  }

  /// How long a look-up of offsets may take.
  private static let lookupTimeout = Duration.seconds(30)
  /// A compacted topic forgets tombstones a day after they were compacted (`delete.retention.ms`); a checkpoint that is
  /// nearly as old could bring back what was deleted since.
  private static let oldestCheckpoint = TimeSpan.hours(20)

  /// Begins to restore `partitions`.
  init(
    _ partitions: [Partition], topic: String, partitioning: Partitioning, reader: any ChangelogReader,
    storage: any CheckpointStorage, deadline: Duration, moment: Moment, log: Log
  ) throws {
    self.partitioning = partitioning
    identity = { Checkpoint.Identity(topic: topic, partition: $0, partitionCount: partitioning.count) }
    self.reader = reader
    self.storage = storage
    self.log = log
    patience = Patience(limit: deadline, from: moment.elapsed)
    reportedAt = moment.elapsed
    var starts: [TopicPartition: Offset] = [:]
    for partition in partitions.sorted() {
      let source = TopicPartition(topic: topic, partition: partition)
      let bounds = try reader.bounds(of: source, timeout: Self.lookupTimeout)
      let (state, start) = try fromCheckpoint(partition, bounds, now: moment.now) ?? fromStart(source, bounds)
      open[source] = Progress(state: state, target: bounds.high, position: start)
      starts[source] = start
    }
    try reader.assign(starts)
    started = starts
  }

  private var started: [TopicPartition: Offset] = [:]

  /// Whether every partition is restored.
  var isFinished: Bool { open.isEmpty }

  /// How far each partition is that is not complete.
  var progress: [WorkerDetail.Restore] {
    open.sorted { $0.key < $1.key }.map { source, progress in
      WorkerDetail.Restore(
        partition: source.partition, start: started[source] ?? progress.position, position: progress.position,
        target: progress.target)
    }
  }

  /// Reads a bounded part of the changelog. Returns the partitions whose state is complete now.
  func step(limit: Int, moment: Moment) throws -> [StatePartition] {
    // Those that need no reading are returned before the poll, whose failure they would be lost in.
    let current = finish { source, progress in (started[source] ?? Offset(0)) >= progress.target }
    guard current.isEmpty, !open.isEmpty else { return current }
    let poll = try poll(limit)
    // Records come mostly from one partition after the other.
    var source: (id: TopicPartition, progress: Progress)?
    for index in 0..<poll.records.count {
      try poll.records.withRecord(at: index) { record in
        if source?.id.partition != record.partition {
          source = open[record.topicPartition].map { (record.topicPartition, $0) }
        }
        if let source { try take(record, source.id, source.progress) }
      }
    }
    for (source, progress) in open { try applyGathered(source, progress) }
    let complete = finish { source, progress in poll.ends[source].map { $0 >= progress.target } ?? false }
    try watch(moment)
    return complete
  }

  func close() { reader.close(timeout: .seconds(5)) }

  /// What a poll had fetched when it failed is gone: it is read again.
  private func poll(_ limit: Int) throws(KafkaError) -> Poll {
    do {
      return try reader.poll(limit: limit, timeout: .milliseconds(10))
    } catch {
      guard error.recovery == .retry || error.recovery == .abort else { throw error }
      do {
        try reader.assign(open.mapValues(\.position))
      } catch {
        // It would go on behind what was lost.
        throw error.requiringNewSession
      }
      throw error
    }
  }

  private func take(_ record: borrowing Record, _ source: TopicPartition, _ progress: Progress) throws {
    guard let bytes = record.key, let key = ChangelogKey(bytes) else {
      throw Stop(
        .data, "\(source) holds a record at offset \(record.offset.value) whose key this version does not know",
        remedy: "run the version that wrote it, or a newer one")
    }
    if progress.gathered?.customer != key.customer {
      try applyGathered(source, progress)
      guard partitioning.partition(of: key.customer) == source.partition else {
        throw Stop(
          .data, "\(source) holds a customer of partition \(partitioning.partition(of: key.customer)): N was changed",
          remedy: "give \(source.topic) the partition count that it was created with")
      }
      progress.gathered = (key.customer, [])
    }
    var facet: [UInt8]?
    if let value = record.value { facet = copy(value) }
    // A facet that comes again takes the place of what was gathered of it.
    progress.gathered?.changes.removeAll { $0.kind == key.facet }
    progress.gathered?.changes.append(FacetChange(kind: key.facet, bytes: facet))
    progress.records += 1
    progress.position = record.offset.next
  }

  private func applyGathered(_ source: TopicPartition, _ progress: Progress) throws(Stop) {
    guard let (customer, changes) = progress.gathered else { return }
    progress.gathered = nil
    do {
      try progress.state.apply(changes, to: customer)
    } catch {
      throw Stop(
        .data, "\(source) holds an unreadable facet before offset \(progress.position.value): \(error)",
        remedy: "run the version that wrote it, or a newer one")
    }
  }

  private func finish(_ isComplete: (TopicPartition, Progress) -> Bool) -> [StatePartition] {
    let complete = open.filter { isComplete($0.key, $0.value) }.sorted { $0.key < $1.key }
    for (source, progress) in complete {
      open[source] = nil
      let start = started[source] ?? progress.target
      progress.state.changelogEnd = max(start, progress.target)
      log.info(
        "partition-restored", "The state of a partition is complete",
        [
          "partition": .integer(source.partition.number), "records": .integer(progress.records),
          "from": .integer(start.value), "customers": .integer(progress.state.customers.count),
        ])
    }
    return complete.map(\.value.state)
  }

  private func watch(_ moment: Moment) throws(Stop) {
    guard let (source, progress) = open.min(by: { $0.key < $1.key }) else { return }
    guard !patience.isExhausted(at: moment.elapsed) else {
      throw Stop(
        .unavailable,
        "\(source) was not restored up to offset \(progress.target.value) within \(patience.limit)",
        remedy:
          "a transaction of another producer may be open on it: end that producer, or raise restoreDeadlineSeconds")
    }
    guard moment.elapsed - reportedAt >= .seconds(5) else { return }
    reportedAt = moment.elapsed
    for (source, progress) in open.sorted(by: { $0.key < $1.key }) {
      log.info(
        "partition-restoring", "The state of a partition is being read",
        [
          "partition": .integer(source.partition.number), "records": .integer(progress.records),
          "target": .integer(progress.target.value),
        ])
    }
  }

  /// An empty state, to be filled from the whole changelog. Compaction never moves a changelog's start: one that lies
  /// behind offset 0 has lost state.
  private func fromStart(_ source: TopicPartition, _ bounds: Watermarks) throws(Stop) -> (StatePartition, Offset) {
    guard bounds.low == Offset(0) else {
      throw Stop(
        .data, "the records of \(source) before offset \(bounds.low) were deleted, and there is no checkpoint of them",
        remedy: """
          set cleanup.policy=compact for \(source.topic); bring the checkpoint back, or the topic from a backup, or begin \
          anew with an empty \(source.topic) and an empty group
          """)
    }
    return (StatePartition(source.partition), bounds.low)
  }

  /// The state from the checkpoint and where the changelog is to be read on; nil when there is none that can be used.
  private func fromCheckpoint(
    _ partition: Partition, _ bounds: Watermarks, now: Instant
  ) -> (StatePartition, Offset)? {
    let name = Checkpoint.name(partition)
    do {
      let state = StatePartition(partition)
      guard
        let position = try storage.read(name, { try Checkpoint.read($0, identity(partition), into: state) })
      else { return nil }
      guard (bounds.low...bounds.high).contains(position.offset) else {
        throw Checkpoint.Unusable(description: "its offset \(position.offset.value) is not in the changelog any more")
      }
      guard now - position.takenAt <= Self.oldestCheckpoint else {
        throw Checkpoint.Unusable(description: "it is older than the changelog keeps tombstones for")
      }
      log.info(
        "checkpoint-read", "A checkpoint was read",
        ["partition": .integer(partition.number), "offset": .integer(position.offset.value)])
      return (state, position.offset)
    } catch {
      log.warning(
        "checkpoint-unusable", "A checkpoint was not used, the whole changelog is read: \(error)",
        ["partition": .integer(partition.number), "file": .string(name)])
      return nil
    }
  }
}

extension Checkpoint {
  /// The file of a partition.
  static func name(_ partition: Partition) -> String { "state-\(partition.number).checkpoint" }
}
