import Engine
import Operations
import Retention
import Synchronization

/// The shop's time: it stands still until the workers are ready, and then a day passes in a good second.
final class ShopClock: EngineClock {
  /// How many times faster than the wall clock: a day in 1.2 s.
  private static let speed: Int64 = 72_000

  private let start: Instant
  private let begunAt = Mutex<Int64?>(nil)

  init(start: Instant) { self.start = start }

  func begin() { begunAt.withLock { $0 = MonotonicClock.system.nanoseconds() } }

  func read() -> Moment {
    let elapsed = MonotonicClock.system.nanoseconds()
    let passed = begunAt.withLock { $0.map { elapsed - $0 } ?? 0 }
    return Moment(
      now: start + TimeSpan(milliseconds: passed / 1_000_000 * Self.speed), elapsed: .nanoseconds(elapsed))
  }
}
