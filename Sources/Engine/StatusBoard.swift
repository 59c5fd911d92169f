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

  /// A worker that has just begun.
  public init() {}

  init(isAssigned: Bool, isRestored: Bool, stoppedTopics: [String], partitions: [Int32]) {
    self.isAssigned = isAssigned
    self.isRestored = isRestored
    self.stoppedTopics = stoppedTopics
    self.partitions = partitions
  }

  /// Whether it does all its work.
  public var isReady: Bool { isAssigned && isRestored && stoppedTopics.isEmpty }
}

/// Where workers say how they are doing; the one thing that they share.
public final class StatusBoard: Sendable {
  private let content = Mutex(Content())

  private struct Content {
    var tally = Tally()
    var workers: [Int: WorkerStatus] = [:]
  }

  /// A board with nothing on it.
  public init() {}

  /// Everything committed so far, by all workers.
  public var tally: Tally { content.withLock { $0.tally } }

  /// Whether `count` workers have reported, and all are ready.
  public func isReady(_ count: Int) -> Bool {
    content.withLock { $0.workers.count == count && $0.workers.values.allSatisfy(\.isReady) }
  }

  /// The topics that some worker does not read any more.
  public var stoppedTopics: [String] {
    content.withLock { Set($0.workers.values.flatMap(\.stoppedTopics)).sorted() }
  }

  func add(_ tally: Tally) { content.withLock { $0.tally.add(tally) } }

  func report(_ worker: Int, _ status: WorkerStatus) {
    content.withLock { if $0.workers[worker] != status { $0.workers[worker] = status } }
  }
}
