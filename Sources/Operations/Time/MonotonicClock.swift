import Glibc

/// A clock that never goes back, for intervals and deadlines, read through a closure so that a test can drive it.
public struct MonotonicClock: Sendable {
  private let read: @Sendable () -> Int64

  /// A clock that answers with `read`: nanoseconds since a fixed, unspecified start.
  public init(_ read: @escaping @Sendable () -> Int64) { self.read = read }

  /// Nanoseconds since a fixed start; only differences mean something.
  public func nanoseconds() -> Int64 { read() }

  /// The machine's `CLOCK_MONOTONIC`: the one that the service manager counts by.
  public static let system = MonotonicClock {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
