import Retention

/// One look at the clocks.
public struct Moment: Sendable {
  /// The time of day, by which business is done: it may jump, and a demonstration may let it run faster.
  public let now: Instant
  /// Time since some fixed point, which never jumps: intervals, deadlines and pauses are measured by it.
  public let elapsed: Duration

  /// A look at the clocks.
  public init(now: Instant, elapsed: Duration) {
    self.now = now
    self.elapsed = elapsed
  }
}

/// What tells the engine the time; tests and simulations drive it by hand.
public protocol EngineClock: Sendable {
  /// The present.
  func read() -> Moment
}
