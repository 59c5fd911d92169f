import Foundation

/// What the daemon wrote.
struct Outputs {
  private(set) var byTopic: [String: (records: Int, bytes: Int)] = [:]

  mutating func add(topic: String, bytes: Int) {
    let known = byTopic[topic] ?? (0, 0)
    byTopic[topic] = (known.records + 1, known.bytes + bytes)
  }

  var records: Int { byTopic.values.reduce(0) { $0 + $1.records } }
  var bytes: Int { byTopic.values.reduce(0) { $0 + $1.bytes } }
}

/// The table.
struct Report {
  let events: Int
  let customers: Int
  let inputBytes: Int
  let outputs: Outputs
  let daemon: DaemonRun.Result
  let rawCPUSeconds: Double
  let rawWallSeconds: Double

  /// CPU of the daemon's whole process over that of the raw loop's.
  var ratio: Double { daemon.cpuSeconds / rawCPUSeconds }

  private var rows: [(name: String, value: Double, unit: String)] {
    let count = Double(events)
    return [
      ("events", count, ""), ("customers", Double(customers), ""), ("input", Double(inputBytes) / count, "bytes/event"),
      ("outputs", Double(outputs.records) / count, "records/event"),
      ("outputs", Double(outputs.bytes) / count, "bytes/event"),
      ("daemon CPU", daemon.cpuSeconds / count * 1e6, "us/event"),
      ("raw loop CPU", rawCPUSeconds / count * 1e6, "us/event"),
      ("daemon CPU / raw loop CPU", ratio, ""), ("daemon rate", count / daemon.wallSeconds, "events/s"),
      ("raw loop rate", count / rawWallSeconds, "events/s"),
      ("commit", Double(daemon.events) / Double(max(1, daemon.commits)), "events/transaction"),
      ("dead letters", Double(daemon.deadLetters), ""), ("forwarded", Double(daemon.forwarded), ""),
      ("resident", Double(daemon.residentBytes) / 1_048_576, "MB"),
    ]
  }

  var text: String {
    let outputLines = outputs.byTopic.sorted { $0.key < $1.key }.map { topic, sum in
      row(
        "  to \(topic)", Double(sum.records) / Double(events),
        "records/event, \(sum.bytes / max(1, sum.records)) bytes each")
    }
    return (rows.map { row($0.name, $0.value, $0.unit) } + outputLines).joined(separator: "\n")
  }

  private func row(_ name: String, _ value: Double, _ unit: String) -> String {
    let number = value >= 1_000 ? String(format: "%.0f", value) : String(format: "%.3f", value)
    let padding = String(repeating: " ", count: max(1, 28 - name.count))
    return name + padding + String(repeating: " ", count: max(0, 12 - number.count)) + number + " " + unit
  }

  func json() throws -> String {
    let members: [String: Double] = [
      "events": Double(events), "customers": Double(customers), "inputBytes": Double(inputBytes),
      "outputRecords": Double(outputs.records), "outputBytes": Double(outputs.bytes),
      "daemonCPUSeconds": daemon.cpuSeconds, "rawCPUSeconds": rawCPUSeconds, "ratio": ratio,
      "daemonWallSeconds": daemon.wallSeconds, "rawWallSeconds": rawWallSeconds, "commits": Double(daemon.commits),
      "deadLetters": Double(daemon.deadLetters), "forwarded": Double(daemon.forwarded),
      "residentBytes": Double(daemon.residentBytes),
    ]
    return String(decoding: try JSONSerialization.data(withJSONObject: members, options: [.sortedKeys]), as: UTF8.self)
  }
}
