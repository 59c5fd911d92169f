import Kafka
import Retention

/// What one worker holds, as of about a second ago.
public struct WorkerDetail: Sendable, Equatable {
  /// What it is doing.
  public var phase = Phase.joining
  /// The partitions that it reads.
  public var inputs: [Input] = []
  /// The states that are complete.
  public var states: [State] = []
  /// The states that are being restored.
  public var restores: [Restore] = []

  /// What a worker is doing.
  public enum Phase: String, CaseIterable, Sendable {
    /// It waits for its share.
    case joining
    /// It waits to learn whether another process has its name.
    case suspect
    /// It reads the states of its share.
    case restoring
    /// It processes events.
    case processing
  }

  /// A partition that is read.
  public struct Input: Sendable, Equatable {
    /// Which one.
    public let id: TopicPartition
    /// The next offset to be processed, as committed.
    public let committed: Offset
    /// The offset behind the last record that is known; nil before the first answer to a fetch.
    public let end: Offset?
    /// Whether it is read now: its state is complete and it was not stopped.
    public let isActive: Bool

    /// How many offsets lie between what is committed and the end; nil while the end is not known. Some of them may be no
    /// records, but marks of transactions.
    public var lag: Int64? { end.map { max(0, $0.value - committed.value) } }
  }

  /// A state that is complete.
  public struct State: Sendable, Equatable {
    /// Which partition's.
    public let partition: Partition
    /// How many customers it holds.
    public let customers: Int
    /// The stored bytes of their facets.
    public let bytes: Int
    /// Timers that are set, including those that were replaced and not swept out yet.
    public let timers: Int
    /// Timers that are due and have not fired.
    public let overdueTimers: Int
  }

  /// A state that is being restored.
  public struct Restore: Sendable, Equatable {
    /// Which partition's.
    public let partition: Partition
    /// Where it began in the changelog, how far it is, and where it has to come.
    public let start, position, target: Offset
  }

  /// A worker that has just begun.
  public init() {}
}
