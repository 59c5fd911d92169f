/// A point in time: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Instant: Hashable, Comparable, Sendable {
  /// Milliseconds since the epoch.
  public let milliseconds: Int64

  /// The instant `milliseconds` after the epoch.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Whether `a` is earlier.
  public static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }

  /// The instant later by `span`.
  public static func + (instant: Instant, span: TimeSpan) -> Instant {
    Instant(milliseconds: instant.milliseconds + span.milliseconds)
  }

  /// The instant earlier by `span`.
  public static func - (instant: Instant, span: TimeSpan) -> Instant {
    Instant(milliseconds: instant.milliseconds - span.milliseconds)
  }

  /// The elapsed time from `b` to `a`; negative when `a` is earlier.
  public static func - (a: Instant, b: Instant) -> TimeSpan {
    TimeSpan(milliseconds: a.milliseconds - b.milliseconds)
  }
}

/// An elapsed time in milliseconds; a day is 24 hours here, local days are `LocalDay`.
public struct TimeSpan: Hashable, Comparable, Sendable {
  /// The length in milliseconds.
  public let milliseconds: Int64

  /// A span of `milliseconds`.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Whether `a` is shorter.
  public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.milliseconds < b.milliseconds }

  /// A span of `n` seconds.
  public static func seconds(_ n: Int64) -> TimeSpan { TimeSpan(milliseconds: n * 1_000) }
  /// A span of `n` minutes.
  public static func minutes(_ n: Int64) -> TimeSpan { TimeSpan(milliseconds: n * 60_000) }
  /// A span of `n` hours.
  public static func hours(_ n: Int64) -> TimeSpan { TimeSpan(milliseconds: n * 3_600_000) }
  /// A span of `n` times 24 hours.
  public static func days(_ n: Int64) -> TimeSpan { TimeSpan(milliseconds: n * 86_400_000) }
}
