import Foundation
import Operations

/// A running daemon: what it uses, what it tells of itself, and its end.
final class DaemonProcess {
  private let telemetry: ListenAddress
  private let logFile: URL
  private let child: ChildProcess
  private let startedAt = ContinuousClock.now

  /// Starts `program`, with what is its own, such as its log, in `directory`, which is made.
  init(_ program: URL, configuration: URL, environment: [String: String], directory: URL) throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let socket = directory.appendingPathComponent("t.sock").path
    guard let address = ListenAddress("unix:\(socket)") else { throw BenchError("\(socket) is too long for a socket") }
    telemetry = address
    logFile = directory.appendingPathComponent("log")
    try Data().write(to: logFile)
    var environment = environment
    environment["RETAIND_TELEMETRY_LISTEN"] = address.description
    child = try ChildProcess(
      program, ["run", "--config-dir", configuration.path], environment: environment,
      output: try FileHandle(forWritingTo: logFile))
  }

  /// What it has used of the processor so far, user and system.
  func cpuSeconds() throws -> Double { try known(child.cpuSeconds) }

  func residentBytes() throws -> Int { try known(child.residentBytes) }

  func metrics() throws -> Metrics { try known(metricsIfAny()) }

  /// Asks it four times a second, for an answer costs it a millisecond, until `isDone` says so of an answer, which is returned.
  func wait(for what: String, within limit: Duration, _ isDone: (Metrics) -> Bool) throws -> Metrics {
    let deadline = ContinuousClock.now + limit
    while child.isRunning, ContinuousClock.now < deadline {
      if let metrics = metricsIfAny(), isDone(metrics) { return metrics }
      Thread.sleep(forTimeInterval: 0.25)
    }
    throw BenchError(
      "\(what): not within \(limit): the daemon \(child.isRunning ? "still runs" : "has ended"): \(lastWords)")
  }

  /// Waits until every worker has been given its share, by the log.
  func waitUntilAssigned(workers: Int) throws {
    let deadline = startedAt + .seconds(120)
    while child.isRunning, ContinuousClock.now < deadline {
      if Set(try log().filter { $0.event == "assigned" }.map(\.worker)).count == workers { return }
      Thread.sleep(forTimeInterval: 0.01)
    }
    throw BenchError("the daemon's workers were not assigned: \(lastWords)")
  }

  /// Waits until it is ready. Returns the seconds from its start to that.
  func waitUntilReady() throws -> Double {
    let deadline = startedAt + .seconds(120)
    while child.isRunning, ContinuousClock.now < deadline {
      if let answer = try? HTTPClient.get("/ready", at: telemetry), answer.status == 200 {
        return (ContinuousClock.now - startedAt) / .seconds(1)
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
    throw BenchError("the daemon did not become ready: \(lastWords)")
  }

  /// Its log so far.
  func log() throws -> [LogLine] {
    let decoder = JSONDecoder()
    return try Data(contentsOf: logFile).split(separator: UInt8(ascii: "\n")).compactMap {
      try? decoder.decode(LogLine.self, from: $0)
    }
  }

  /// Stops it in order, with checkpoints.
  func stop() throws {
    guard child.stop() == 0 else { throw BenchError("the daemon failed: \(lastWords)") }
  }

  /// Ends it if it still runs, whatever comes of it.
  func end() { child.stop() }

  private func metricsIfAny() -> Metrics? {
    guard let answer = try? HTTPClient.get("/metrics", at: telemetry), answer.status == 200 else { return nil }
    return Metrics(answer.body)
  }

  private func known<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw BenchError("the daemon has ended: \(lastWords)") }
    return value
  }

  private var lastWords: String {
    let lines = (try? String(contentsOf: logFile, encoding: .utf8))?.split(separator: "\n") ?? []
    return lines.suffix(3).joined(separator: "\n")
  }
}

/// A line of the daemon's log, of which only this is asked.
struct LogLine: Decodable {
  let time: String
  let event: String
  let worker: Int?
  let partition: Int?
  let records: Int?
  let customers: Int?

  /// Seconds since 1970.
  var seconds: Double {
    (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(time).timeIntervalSince1970) ?? 0
  }
}
