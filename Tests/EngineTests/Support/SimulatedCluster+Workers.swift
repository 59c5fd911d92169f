import Kafka
import Simulation

/// The workers of these tests are of one process and named by their numbers.
extension SimulatedCluster {
  static func name(_ worker: Int) -> String { "worker-\(worker)" }

  /// Every transaction that was committed, in order.
  var transactions: [TransactionCoordinator.Transaction] { coordinator.committed }

  /// The coordinator gives up a transaction that took too long; its producer is fenced.
  func expireTransaction(worker: Int) { coordinator.fence(Self.name(worker)) }

  /// The session of a worker ends without it knowing.
  func expireSession(worker: Int) { group.remove(Self.name(worker)) }
}
