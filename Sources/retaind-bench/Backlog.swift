import Foundation

/// The daemon on the backlog: as fast as it can.
struct Backlog {
  let events: Int
  let cpuSeconds: Double
  /// From the first commit that was seen to the last, in seconds; a quarter of a second too long or too short at the most.
  let wallSeconds: Double
  let residentBytes: Int
  let commits: Int
  let deadLetters: Int
  let forwarded: Int

  /// Waits until so many events are committed.
  static func run(_ events: Int, _ daemon: DaemonProcess) throws -> Backlog {
    var startedAt: ContinuousClock.Instant?
    let metrics = try daemon.wait(for: "\(events) events", within: .seconds(600)) { metrics in
      if metrics.events > 0, startedAt == nil { startedAt = .now }
      return metrics.events >= events
    }
    let lasted = startedAt.map { (ContinuousClock.now - $0) / .seconds(1) } ?? 0
    return Backlog(
      events: metrics.events, cpuSeconds: try daemon.cpuSeconds(), wallSeconds: max(0.1, lasted),
      residentBytes: try daemon.residentBytes(), commits: metrics.commits,
      deadLetters: metrics.total("retaind_dead_letters_total"), forwarded: metrics.total("retaind_forwarded_total"))
  }

  func measures(_ raw: RawLoop.Result) -> [Measure] {
    let count = Double(events)
    return [
      Measure("daemonCPU", "daemon CPU", cpuSeconds / count * 1e6, "us/event"),
      Measure("rawLoopCPU", "raw loop CPU", raw.cpuSeconds / count * 1e6, "us/event"),
      Measure("ratio", "daemon CPU / raw loop CPU", cpuSeconds / raw.cpuSeconds, ""),
      Measure("daemonRate", "daemon rate", count / wallSeconds, "events/s"),
      Measure("rawLoopRate", "raw loop rate", count / raw.wallSeconds, "events/s"),
      Measure("deadLetters", "dead letters", deadLetters, ""), Measure("forwarded", "forwarded", forwarded, ""),
      Measure("residentMB", "resident", Double(residentBytes) / 1_048_576, "MB"),
    ]
  }
}
