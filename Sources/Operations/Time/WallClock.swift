import Glibc

/// The time of day, read through a closure so that a test can set it.
public struct WallClock: Sendable {
  private let read: @Sendable () -> Int64

  /// A clock that answers with `read`: milliseconds since 1970-01-01T00:00:00Z.
  public init(_ read: @escaping @Sendable () -> Int64) { self.read = read }

  /// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted. It can jump either way.
  public func milliseconds() -> Int64 { read() }

  /// The machine's clock.
  public static let system = WallClock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
