import Kafka
import Retention
import Synchronization

/// How one worker is doing.
public struct WorkerStatus: Sendable, Equatable {
  /// Whether the group has given it its share, which may be nothing.
  public var isAssigned = false
  /// Whether every state of its share is complete.
  public var isRestored = false
  /// Topics it does not read any more.
  public var stoppedTopics: [String] = []
  /// The partitions whose state it owns.
  public var partitions: [Int32] = []
  /// When its open unit of work was begun, by the engine's elapsed time; nil when none is open.
  public var unitSince: Duration?

  /// A worker that has just begun.
  public init() {}

  init(isAssigned: Bool, isRestored: Bool, stoppedTopics: [String], partitions: [Int32], unitSince: Duration? = nil) {
    self.isAssigned = isAssigned
    self.isRestored = isRestored
    self.stoppedTopics = stoppedTopics
    self.partitions = partitions
    self.unitSince = unitSince
  }

  /// Whether it does all its work.
  public var isReady: Bool { isAssigned && isRestored && stoppedTopics.isEmpty }
}

/// Where workers say how they are doing; the one thing that they share.
public final class StatusBoard: Sendable {
  private let content = Mutex(Content())

  private struct Content {
    var tally = Tally()
    var incidents = Incidents()
    var details: [Int: WorkerDetail] = [:]
    var committedAt: Instant?
    var workers: [Int: WorkerStatus] = [:]
    var stoppedPartitions: Set<TopicPartition> = []
    var progress: [Int: Progress] = [:]
  }

  /// A board with nothing on it.
  public init() {}

  /// Everything committed so far, by all workers.
  public var tally: Tally { content.withLock { $0.tally } }

  /// What happened beside that.
  public var incidents: Incidents { content.withLock { $0.incidents } }

  /// How each worker is doing, by number.
  public var workers: [Int: WorkerStatus] { content.withLock { $0.workers } }

  /// What each worker holds, by number.
  public var details: [Int: WorkerDetail] { content.withLock { $0.details } }

  /// When a worker committed last; nil before the first commit.
  public var committedAt: Instant? { content.withLock { $0.committedAt } }

  /// Whether `count` workers have reported, all are ready, and no self-check has stopped a partition.
  public func isReady(_ count: Int) -> Bool {
    content.withLock {
      $0.workers.count == count && $0.workers.values.allSatisfy(\.isReady) && $0.stoppedPartitions.isEmpty
    }
  }

  /// Whether every worker was seen lately, as of a time of the engine's clock. One that was not is not at its work, even
  /// if it was ready: while it waits for a coordinator it does not hear that it has lost its partitions.
  public func isAttended(at elapsed: Duration) -> Bool {
    content.withLock { $0.progress.values.allSatisfy { elapsed - $0.since <= ProgressClock.patience } }
  }

  /// The topics that some worker does not read any more.
  public var stoppedTopics: [String] {
    content.withLock { Set($0.workers.values.flatMap(\.stoppedTopics)).sorted() }
  }

  /// The partitions that a self-check has stopped. They stay so while the process lives, whichever worker is assigned them:
  /// only an operator who has looked can know that it is safe to go on, and says so by starting the process again.
  public var stoppedPartitions: Set<TopicPartition> { content.withLock { $0.stoppedPartitions } }

  func stop(_ partitions: Set<TopicPartition>) { content.withLock { $0.stoppedPartitions.formUnion(partitions) } }

  /// The workers that do not move, in order, as of a time of the engine's clock: a record, a timer or the disk holds them
  /// up. One that restores, waits for the brokers or has nothing to do moves.
  public func stalls(at elapsed: Duration) -> [Stall] {
    let progress = content.withLock { $0.progress }
    return progress.sorted { $0.key < $1.key }.compactMap { worker, last in
      let lasting = elapsed - last.since
      return last.isWaiting || lasting <= ProgressClock.bound ? nil : Stall(worker: worker, lasting: lasting)
    }
  }

  func note(_ progress: Progress, of worker: Int) { content.withLock { $0.progress[worker] = progress } }

  func add(_ tally: Tally, at now: Instant) {
    content.withLock {
      $0.tally.add(tally)
      $0.committedAt = max($0.committedAt ?? now, now)
    }
  }

  func count(_ change: (inout Incidents) -> Void) { content.withLock { change(&$0.incidents) } }

  func report(_ worker: Int, _ detail: WorkerDetail) { content.withLock { $0.details[worker] = detail } }

  func report(_ worker: Int, _ status: WorkerStatus) {
    content.withLock { if $0.workers[worker] != status { $0.workers[worker] = status } }
  }
}
