/// Pauses after errors: 100 ms, doubled each time, 5 s at the most; a step that succeeds begins anew.
struct Backoff {
  private(set) var until = Duration.zero
  private var pause = Duration.milliseconds(100)

  mutating func extend(from elapsed: Duration) {
    until = elapsed + pause
    pause = min(pause * 2, .seconds(5))
  }

  mutating func reset() { pause = .milliseconds(100) }
}
