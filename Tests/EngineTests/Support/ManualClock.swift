import Engine
import Retention
import Synchronization

/// Clocks that stand still until they are set.
final class ManualClock: EngineClock {
  private let moment: Mutex<Moment>

  init(_ now: Instant) { moment = Mutex(Moment(now: now, elapsed: .zero)) }

  func read() -> Moment { moment.withLock { $0 } }

  /// The time of day, which may be set to anything.
  var now: Instant {
    get { read().now }
    set { moment.withLock { $0 = Moment(now: newValue, elapsed: $0.elapsed) } }
  }

  /// Lets time pass, without moving the time of day.
  func pass(_ duration: Duration) {
    moment.withLock { $0 = Moment(now: $0.now, elapsed: $0.elapsed + duration) }
  }
}
