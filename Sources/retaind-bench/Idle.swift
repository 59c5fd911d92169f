import Foundation

/// What a daemon with customers costs when there is nothing to do.
struct Idle {
  let seconds: Double
  let cpuSeconds: Double
  let commits: Int

  /// Watches a daemon that has no input for so many seconds. Nobody asks it anything meanwhile.
  static func measure(_ daemon: DaemonProcess, seconds: Int) throws -> Idle {
    let before = try daemon.metrics()
    let (cpu, startedAt) = (try daemon.cpuSeconds(), ContinuousClock.now)
    Thread.sleep(forTimeInterval: Double(seconds))
    let used = try daemon.cpuSeconds() - cpu
    let lasted = (ContinuousClock.now - startedAt) / .seconds(1)
    return Idle(seconds: lasted, cpuSeconds: used, commits: try daemon.metrics().commits - before.commits)
  }

  var measures: [Measure] {
    [
      Measure("idleCPU", "idle CPU", cpuSeconds / seconds * 100, "% of a core"),
      Measure("idleCommits", "idle transactions", commits, ""),
    ]
  }
}
