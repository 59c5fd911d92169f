import Foundation

/// How a daemon got its states back, by its log.
struct Restore {
  let customers: Int
  /// Records of the changelog that were read.
  let records: Int
  /// From when the first worker begins to restore to the last one's readiness. What lies between this and the assignment is the
  /// broker's: it answers where the group stands, and one that is embedded answers late until all workers are assigned.
  let seconds: Double
  /// From the first worker's assignment to the last one's readiness.
  let assignedSeconds: Double
  /// From the process's start to its readiness: the time that the group takes to assign is in it, three seconds of it when
  /// the group is new.
  let readySeconds: Double

  /// Waits until the daemon is ready.
  static func measure(_ daemon: DaemonProcess) throws -> Restore {
    let readySeconds = try daemon.waitUntilReady()
    let log = try daemon.log()
    // A group that is still gathering assigns more than once: the last time counts.
    let ready = last(log, "worker-ready", by: \.worker)
    let assigned = last(log, "assigned", by: \.worker).filter { ready[$0.key] != nil }
    let begun = last(log, "restore-begun", by: \.worker).filter { ready[$0.key] != nil }
    let partitions = last(log, "partition-restored", by: \.partition).values
    guard let from = assigned.values.map(\.seconds).min(), let begin = begun.values.map(\.seconds).min(),
      let until = ready.values.map(\.seconds).max()
    else {
      throw BenchError("the daemon's log tells of no restore")
    }
    return Restore(
      customers: partitions.reduce(0) { $0 + ($1.customers ?? 0) },
      records: partitions.reduce(0) { $0 + ($1.records ?? 0) },
      // The log's times are in milliseconds.
      seconds: max(0.001, until - begin), assignedSeconds: until - from, readySeconds: readySeconds)
  }

  private static func last(
    _ log: [LogLine], _ event: String, by key: (LogLine) -> Int?
  ) -> [Int: LogLine] {
    log.filter { $0.event == event }.reduce(into: [:]) { lines, line in
      if let key = key(line) { lines[key] = line }
    }
  }

  /// The rows of a restore from a `source`, which is written large.
  func measures(_ source: String) -> [Measure] {
    let key = "restoreFrom\(source)"
    return [
      Measure(key + "Rate", "restore from \(source.lowercased())", Double(customers) / seconds, "customers/s"),
      Measure(key + "Customers", "  restored", customers, "customers"),
      Measure(key + "Records", "  read", records, "changelog records"),
      Measure(key + "RecordRate", "  read", Double(records) / seconds, "changelog records/s"),
      Measure(key + "Seconds", "  begin to ready", seconds, "s"),
      Measure(key + "AssignedSeconds", "  assignment to ready", assignedSeconds, "s"),
      Measure(key + "ReadySeconds", "  start to ready", readySeconds, "s"),
    ]
  }
}
