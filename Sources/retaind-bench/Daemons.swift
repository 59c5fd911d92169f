import Foundation

/// Starts the daemon that lies beside this program: once, and again on the same state.
final class Daemons {
  private let topics: Topics
  private let configuration: URL
  private let workers: Int
  private let directory: URL
  private var starts = 0
  private var group: String

  init(_ topics: Topics, configuration: URL, workers: Int) throws {
    self.topics = topics
    self.configuration = configuration
    self.workers = workers
    group = topics.prefix + "retaind"
    directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "retaind-bench-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  private var state: URL { directory.appendingPathComponent("state") }

  /// Starts it, `again` with its state and the group where it stood. On the embedded broker that is another group, because only
  /// one without members can be put anywhere. `reading` is whether there is something to read.
  func start(again: Bool = false, reading: Bool = true) throws -> DaemonProcess {
    if again, topics.isEmbedded { try changeGroup() }
    return try start(group: group, state: state, reading: reading)
  }

  /// Starts one that has nothing to do with the others.
  func startApart() throws -> DaemonProcess {
    try start(group: topics.prefix + "apart", state: directory.appendingPathComponent("apart"), reading: false)
  }

  /// Deletes the checkpoints.
  func deleteState() throws { try FileManager.default.removeItem(at: state) }

  /// Deletes everything of all of them.
  func clear() { try? FileManager.default.removeItem(at: directory) }

  private func changeGroup() throws {
    let former = state.appendingPathComponent(group)
    group = topics.prefix + "retaind-\(starts)"
    try topics.commitEnds(group: group)
    guard FileManager.default.fileExists(atPath: former.path) else { return }
    try FileManager.default.moveItem(at: former, to: state.appendingPathComponent(group))
  }

  private func start(group: String, state: URL, reading: Bool) throws -> DaemonProcess {
    starts += 1
    var environment = [
      "RETAIND_KAFKA_BOOTSTRAP_SERVERS": topics.bootstrap, "RETAIND_GROUP": group, "RETAIND_WORKERS": "\(workers)",
      "RETAIND_STATE_DIRECTORY": state.path,
    ]
    let names = [
      "ORDERS": "orders", "SHIPMENTS": "shipments", "BROWSING": "browsing", "CUSTOMERS": "customers",
      "NOTIFICATIONS": "notifications", "LEDGER": "ledger", "DEAD_LETTERS": "dead-letters", "STATE": "state",
      "FORWARD": "forward",
    ]
    // A broker answers at once when there is something; the embedded one looks again only when this time is over.
    if topics.isEmbedded, reading { environment["RETAIND_KAFKA_FETCH_WAIT_MAX_MS"] = "2" }
    for (variable, topic) in names { environment["RETAIND_TOPICS_\(variable)"] = topics.prefix + topic }
    return try gathering {
      try DaemonProcess(
        ChildProcess.myself.deletingLastPathComponent().appendingPathComponent("retaind"),
        configuration: configuration, environment: environment,
        directory: directory.appendingPathComponent("\(starts)"))
    }
  }

  /// A group of the embedded broker falls apart when its leader speaks before the others do. The leader asks for one thing
  /// more than they before it speaks, so answers are late until all have their share.
  private func gathering(_ start: () throws -> DaemonProcess) throws -> DaemonProcess {
    try topics.delayAnswers(.milliseconds(30))
    let daemon = try start()
    do {
      if topics.isEmbedded { try daemon.waitUntilAssigned(workers: workers) }
      try topics.delayAnswers(.zero)
    } catch {
      daemon.end()
      throw error
    }
    return daemon
  }
}
