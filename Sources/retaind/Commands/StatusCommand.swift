import Foundation
import Operations
import Retention

/// `retaind status`
enum StatusCommand {
  static let spec = CommandSpec(
    name: "status", summary: "ask the running daemon how it is doing",
    discussion: """
      Asks the daemon of this machine at telemetry.listen and prints a summary, or with --json the whole answer. Ends with 0 when \
      the daemon is ready, with 69 when it is not, or when nobody answers.
      """,
    options: [.flag("json", "print the daemon's whole answer"), ConfigurationFiles.option])

  static func run(_ arguments: Arguments, environment: [String: String]) throws {
    let files = ConfigurationFiles(arguments, environment: environment)
    guard let address = try files.deployment(environment: environment).telemetry else {
      throw Failure(
        .badConfiguration, "telemetry.listen is \"off\": the daemon cannot be asked; SIGUSR1 logs its status")
    }
    let answer: (status: Int, body: [UInt8])
    do {
      answer = try HTTPClient.get("/status", at: address)
    } catch {
      throw Failure(.unavailable, "no daemon answers at \(address): \(error)")
    }
    guard answer.status == 200, let status = try? JSONDecoder().decode(Status.self, from: Data(answer.body)) else {
      throw Failure(.unavailable, "what answers at \(address) is no retaind")
    }
    print(arguments.isSet("json") ? String(decoding: answer.body, as: UTF8.self) : status.text, terminator: "")
    guard status.ready else { throw Failure(.unavailable, "the daemon is not ready") }
  }

  /// The part of `/status` that the summary is made of.
  private struct Status: Decodable {
    let version, group, instance, startedAt, rulesVersion: String
    let ready, healthy: Bool
    let lag: Int64
    let lastCommitAt: String?
    let forwardedShare: Double
    let stoppedTopics, stoppedPartitions: [String]
    let workers: [Worker]

    struct Worker: Decodable {
      let worker: Int
      let phase: String
      let stalledSeconds: Int64?
      let states: [State]
      let restores: [Restore]
    }

    struct State: Decodable {
      let customers, bytes, overdueTimers: Int
    }

    struct Restore: Decodable {
      let from, position, target: Int64
    }

    var text: String {
      var lines = [
        "retaind \(version), group \(group), instance \(instance), since \(startedAt)",
        "\(ready ? "ready" : "not ready"), \(healthy ? "healthy" : "stalled"), rules \(rulesVersion)",
        "lag \(lag), last commit \(lastCommitAt ?? "never"), forwarded \(Int((forwardedShare * 100).rounded())) %",
      ]
      let stopped = stoppedTopics + stoppedPartitions
      if !stopped.isEmpty { lines.append("STOPPED: \(stopped.joined(separator: ", "))") }
      return (lines + workers.map(line)).joined(separator: "\n") + "\n"
    }

    private func line(_ worker: Worker) -> String {
      let customers = worker.states.reduce(0) { $0 + $1.customers }
      let bytes = worker.states.reduce(0) { $0 + $1.bytes }
      let overdue = worker.states.reduce(0) { $0 + $1.overdueTimers }
      var line =
        "worker \(worker.worker): \(worker.phase), \(worker.states.count) partitions, \(customers) customers, \(bytes) bytes"
      if overdue > 0 { line += ", \(overdue) timers overdue" }
      if !worker.restores.isEmpty {
        let all = worker.restores.reduce(0) { $0 + $1.target - $1.from }
        let read = worker.restores.reduce(0) { $0 + $1.position - $1.from }
        line += ", restoring \(worker.restores.count): \(all > 0 ? read * 100 / all : 100) %"
      }
      if let seconds = worker.stalledSeconds { line += ", STALLED for \(seconds) s" }
      return line
    }
  }
}
