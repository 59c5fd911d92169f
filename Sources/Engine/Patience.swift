/// How long something has been waited for. Time in which the process stood still does not count - it was stopped, or the
/// machine slept - because nothing could come meanwhile.
struct Patience {
  let limit: Duration
  private var waited = Duration.zero
  private var lookedAt: Duration

  /// What lies between two looks is at most what a few requests take that are not answered; the rest was a standstill.
  private static let longestPause = Duration.seconds(90)

  init(limit: Duration, from elapsed: Duration) {
    self.limit = limit
    lookedAt = elapsed
  }

  /// Counts the time since the last look; whether it was waited long enough.
  mutating func isExhausted(at elapsed: Duration) -> Bool {
    waited += min(elapsed - lookedAt, Self.longestPause)
    lookedAt = elapsed
    return waited >= limit
  }
}
