/// Whether the daemon was asked to stop, and how urgently.
///
/// The first SIGTERM or SIGINT stops in order. Another one, a second or more after it, means that whoever sent it does not want
/// to wait: the process leaves at once with `ExitCode.forced`. That loses nothing, as what is not committed is done again by
/// the next owner. One sent sooner is taken for the same request, as terminals and wrappers that pass signals on double them.
public struct StopRequest: Sendable, Equatable {
  /// What to do about a signal.
  public enum Action: Sendable, Equatable {
    /// Begin to stop in order.
    case stop
    /// Leave the process at once.
    case leave
    /// Nothing: the signal is no request to stop, or doubles one.
    case none
  }

  /// The least time between two signals that are two requests, in nanoseconds.
  static let patience: Int64 = 1_000_000_000

  private var first: Int64?

  /// Nobody asked yet.
  public init() {}

  /// Whether a stop was asked for.
  public var isMade: Bool { first != nil }

  /// Takes a signal that came at `now` of the monotonic clock, in nanoseconds.
  public mutating func receive(_ signal: Signal, now: Int64) -> Action {
    guard signal == .terminate || signal == .interrupt else { return .none }
    guard let first else {
      first = now
      return .stop
    }
    return now - first >= Self.patience ? .leave : .none
  }
}
