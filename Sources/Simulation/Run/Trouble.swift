/// What can go wrong in a simulated run. Each run has its own selection of them, so that rare combinations come up.
package enum Trouble: String, CaseIterable, Sendable {
  /// A process is killed between two steps.
  case kill
  /// A process is killed within a call, before or after its effect.
  case killInCall
  /// A process stands still within a call, heartbeats too, and goes on.
  case freeze
  /// Others act while a worker is within a call.
  case interleaving
  /// The network of a process fails for a while.
  case cutOff
  /// All brokers are away for seconds.
  case outage
  /// All brokers are away for ten minutes.
  case longOutage
  /// Partitions have no leader for a while.
  case leaderless
  /// A call fails without effect.
  case failedCall
  /// A call has its effect and fails.
  case lostAnswer
  /// The group rebalances for no reason.
  case rebalance
  /// A process ends in order and comes back.
  case leave
  /// A process is started under a name that another has.
  case twin
  /// Checkpoints are torn, or one bit of them flips.
  case tornCheckpoint
  /// Checkpoints are those of some time ago.
  case staleCheckpoint
  /// Checkpoints are gone.
  case lostCheckpoint
  /// The disk is full for a while.
  case fullDisk
  /// The changelog is compacted.
  case compaction
  /// Input that was read is deleted.
  case retention
  /// The time of day jumps hours ahead.
  case clockForward
  /// The time of day jumps minutes back.
  case clockBack
  /// Another producer has a transaction open on the changelog.
  case foreignTransaction
  /// Markers take long to their partitions.
  case slowMarkers
  /// Producers keep records back until a commit.
  case heldBackRecords
  /// A transaction takes longer than its timeout: counted when it happens, nobody plans it.
  case expiredTransaction
}

/// How often what went wrong.
package struct Troubles: Sendable {
  package private(set) var counts: [Trouble: Int] = [:]

  package init() {}

  package var total: Int { counts.values.reduce(0, +) }

  package mutating func count(_ trouble: Trouble, _ times: Int = 1) { counts[trouble, default: 0] += times }

  package mutating func add(_ other: Troubles) { counts.merge(other.counts, uniquingKeysWith: +) }
}
