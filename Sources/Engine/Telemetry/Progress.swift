/// Where a worker was seen last: nobody can be asked whether he hangs, so each one leaves a mark wherever he comes by.
struct Progress: Sendable, Equatable {
  /// When the mark was left.
  var since: Duration
  /// Whether the worker then began to wait for something that has no bound.
  var isWaiting: Bool
}

/// A worker that was not seen for too long.
public struct Stall: Sendable, Equatable {
  /// The worker's number.
  public let worker: Int
  /// How long it was not seen.
  public let lasting: Duration

  /// A stall.
  public init(worker: Int, lasting: Duration) {
    self.worker = worker
    self.lasting = lasting
  }
}

/// A worker's own hand on its progress clock.
///
/// It comes by at the beginning and the end of each call to the brokers and the disk. Between two of them there is only
/// computing: at most one batch of records and timers, a fraction of a second. The calls themselves return within the
/// 30 seconds they are given at the most, with four exceptions: to begin with transactions, to send offsets, to commit and
/// to abort. Those wait for a coordinator as long as it is away (librdkafka takes no bound for an end of transaction that
/// would not leave its outcome unknown), and a new process would have to wait for the same. So a worker in one of these
/// four moves however long it takes, and one that is anywhere else for longer than `bound` does not.
struct ProgressClock: Sendable {
  /// Twice the longest timeout that a call is given.
  static let bound = Duration.seconds(60)
  /// A worker that was not seen for so long is not at its work, whatever it waits for.
  static let patience = Duration.seconds(10)

  let worker: Int
  let board: StatusBoard
  let clock: any EngineClock

  /// The worker is here.
  func pass() { board.note(Progress(since: clock.read().elapsed, isWaiting: false), of: worker) }

  /// A call that returns by itself within the bound.
  func passing<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    pass()
    defer { pass() }
    return try body()
  }

  /// A call that may last as long as a coordinator is away.
  func waiting<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    board.note(Progress(since: clock.read().elapsed, isWaiting: true), of: worker)
    defer { pass() }
    return try body()
  }
}
