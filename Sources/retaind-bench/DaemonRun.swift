import Foundation
import Operations

/// The daemon on the backlog, as a process of its own with a configuration of its own.
final class DaemonRun {
  /// What it did and took.
  struct Result {
    let events: Int
    let cpuSeconds: Double
    /// From the first commit that was seen to the last, in seconds; a fifth of a second too long at the most.
    let wallSeconds: Double
    let residentBytes: Int
    let commits: Int
    let deadLetters: Int
    let forwarded: Int
  }

  private let directory: URL
  private let telemetry: ListenAddress
  private let child: ChildProcess

  /// Starts the daemon of `program` on the topics under `prefix`.
  init(_ program: URL, configuration: URL, bootstrap: String, prefix: String, workers: Int) throws {
    directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "retaind-bench-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let socket = directory.appendingPathComponent("t.sock").path
    guard let address = ListenAddress("unix:\(socket)") else { throw BenchError("\(socket) is too long for a socket") }
    telemetry = address
    var environment = [
      "RETAIND_KAFKA_BOOTSTRAP_SERVERS": bootstrap, "RETAIND_GROUP": "\(prefix)retaind",
      "RETAIND_WORKERS": "\(workers)",
      "RETAIND_STATE_DIRECTORY": directory.appendingPathComponent("state").path,
      "RETAIND_TELEMETRY_LISTEN": address.description,
    ]
    let names = [
      "ORDERS": "orders", "SHIPMENTS": "shipments", "BROWSING": "browsing", "CUSTOMERS": "customers",
      "NOTIFICATIONS": "notifications", "LEDGER": "ledger", "DEAD_LETTERS": "dead-letters", "STATE": "state",
      "FORWARD": "forward",
    ]
    for (variable, topic) in names { environment["RETAIND_TOPICS_\(variable)"] = prefix + topic }
    child = try ChildProcess(program, ["run", "--config-dir", configuration.path], environment: environment)
  }

  /// Waits until so many events are committed, and ends the daemon.
  func finish(events: Int, within limit: Duration) throws -> Result {
    defer {
      child.stop()
      try? FileManager.default.removeItem(at: directory)
    }
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    var startedAt: ContinuousClock.Instant?
    while clock.now < deadline, child.isRunning {
      Thread.sleep(forTimeInterval: 0.1)
      guard let metrics = metrics() else { continue }
      let done = total("retaind_events_total", metrics) + total("retaind_dead_letters_total", metrics)
      if done > 0, startedAt == nil { startedAt = clock.now }
      guard done >= events, let startedAt, let cpu = child.cpuSeconds, let resident = child.residentBytes else {
        continue
      }
      return Result(
        events: done, cpuSeconds: cpu, wallSeconds: max(0.1, (clock.now - startedAt) / .seconds(1)),
        residentBytes: resident, commits: total("retaind_commits_total", metrics),
        deadLetters: total("retaind_dead_letters_total", metrics), forwarded: total("retaind_forwarded_total", metrics))
    }
    throw BenchError(
      "the daemon did not take \(events) events within \(limit): \(child.isRunning ? "it still runs" : "it has ended")")
  }

  private func metrics() -> [Substring]? {
    guard let answer = try? HTTPClient.get("/metrics", at: telemetry), answer.status == 200 else { return nil }
    return String(decoding: answer.body, as: UTF8.self).split(separator: "\n")
  }

  private func total(_ name: String, _ metrics: [Substring]) -> Int {
    metrics.reduce(0) { sum, line in
      guard line.hasPrefix(name), let next = line.dropFirst(name.count).first, next == " " || next == "{",
        let value = line.split(separator: " ").last.flatMap({ Double($0) })
      else { return sum }
      return sum + Int(value)
    }
  }
}
