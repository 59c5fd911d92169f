import Engine
import Kafka

/// One process that runs workers on the simulated cluster: it has a name, a network that can fail, and it can die.
///
/// A process that died is of no effect any more: each call of its clients fails, whatever code still runs in it.
package final class SimulatedHost: Cluster, @unchecked Sendable {
  package let cluster: SimulatedCluster
  /// Which process of the group this is; its successor has the same name.
  package let instance: String
  package private(set) var isAlive = true
  /// Nothing of it runs, its heartbeats neither.
  package private(set) var isFrozen = false
  package private(set) var isCutOff = false
  /// Since when it has not reached the brokers; nil while it does.
  private var isolatedSince: Duration?
  private var tokens: Set<Int> = []

  package init(_ cluster: SimulatedCluster, instance: String) {
    self.cluster = cluster
    self.instance = instance
  }

  package func makeConsumer(worker: Int) throws(KafkaError) -> any GroupConsumer {
    try call(.makeConsumer) { SimulatedConsumer(self, name(worker)) }
  }

  package func makeProducer(worker: Int) throws(KafkaError) -> any TransactionProducer {
    try call(.makeProducer) { SimulatedProducer(self, name(worker)) }
  }

  package func makeChangelogReader() throws(KafkaError) -> any ChangelogReader { SimulatedReader(self) }

  package func partitionCounts(of topics: [String]) throws(KafkaError) -> [String: Int] {
    defer { cluster.countsOnce = nil }
    return try call(.partitionCounts) { () throws(KafkaError) in
      try awaitBrokers("describe topics", .seconds(30))
      return (cluster.countsOnce ?? cluster.counts).filter { topics.contains($0.key) }
    }
  }

  package func name(_ worker: Int) -> String { "\(instance)-\(worker)" }

  /// The process is killed: nothing more comes of it.
  package func die() {
    isAlive = false
    updateContact()
  }

  package func freeze() {
    isFrozen = true
    updateContact()
  }

  package func thaw() {
    isFrozen = false
    updateContact()
  }

  /// The network fails for a while.
  package func cutOff(for duration: Duration) {
    isCutOff = true
    updateContact()
    cluster.timeline.schedule(after: duration) { [weak self] in
      self?.isCutOff = false
      self?.updateContact()
    }
  }

  /// Whether a request to a broker is answered now.
  var reachesBrokers: Bool { isAlive && !isFrozen && !isCutOff && !cluster.isAway }

  /// Whether its clients have been without an answer for longer than a session.
  var hasLostSession: Bool {
    guard let session = cluster.group.timeouts?.session else { return false }
    if reachesBrokers {
      isolatedSince = nil
      return false
    }
    let since = isolatedSince ?? cluster.timeline.elapsed
    isolatedSince = since
    return cluster.timeline.elapsed - since >= session
  }

  func register(_ token: Int) { tokens.insert(token) }

  /// Whether another process has taken the place of one of its members.
  var isFenced: Bool { tokens.contains(where: cluster.group.isFenced) }

  func forget(_ token: Int) {
    tokens.remove(token)
    cluster.group.silence(token)
  }

  /// Makes a call in which other things may happen, before and after, and that may fail.
  func call<R>(_ call: Call, _ body: () throws(KafkaError) -> R) throws(KafkaError) -> R {
    try pause(call)
    let result: Result<R, KafkaError>
    do throws(KafkaError) {
      result = .success(try cluster.faults.run(call, body))
    } catch {
      result = .failure(error)
      cluster.trace?("\(instance): \(error)")
    }
    try pause(call)
    return try result.get()
  }

  /// Waits until the brokers answer.
  func awaitBrokers(_ operation: String, _ timeout: Duration) throws(KafkaError) {
    try wait(timeout, operation, recovery: .retry) { reachesBrokers }
  }

  /// Waits for something; an error with `recovery` when it takes longer than `timeout`.
  func wait(
    _ timeout: Duration, _ operation: String, code: String = "_TIMED_OUT", recovery: Recovery,
    until isDone: () -> Bool
  ) throws(KafkaError) {
    let deadline = cluster.timeline.elapsed + timeout
    while !isDone() {
      guard let patience = cluster.patience, cluster.timeline.elapsed < deadline else {
        throw KafkaError(code: code, message: "no answer", operation: operation, recovery: recovery)
      }
      cluster.timeline.pass(patience)
      try pause(.poll)
    }
  }

  private func pause(_ call: Call) throws(KafkaError) {
    try checkAlive()
    guard let interlude = cluster.interlude else { return }
    interlude(self, call)
    try checkAlive()
  }

  func checkAlive() throws(KafkaError) {
    guard isAlive else {
      throw KafkaError(code: "_KILLED", message: "the process is dead", operation: "any", recovery: .stop)
    }
  }

  private func updateContact() {
    let isSilent = !isAlive || isFrozen || isCutOff
    for token in tokens.sorted() {
      if isSilent { cluster.group.silence(token) } else { cluster.group.hear(token) }
    }
    isolatedSince = isSilent ? isolatedSince ?? cluster.timeline.elapsed : nil
  }
}
