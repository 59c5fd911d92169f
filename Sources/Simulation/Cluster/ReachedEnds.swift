import Kafka

/// Which ends a client was told that it reached: each is told once, until it is assigned anew.
struct ReachedEnds {
  private var told: [TopicPartition: Offset] = [:]

  /// The ends that are to be told now to a client that stands at these positions: where a reader of committed records sees no
  /// further.
  mutating func next(_ positions: [TopicPartition: Offset], in cluster: SimulatedCluster) -> [TopicPartition: Offset] {
    let ends = positions.filter { id, position in
      position == cluster.logs[id]?.lastStable && told[id] != position && !cluster.leaderless.contains(id)
    }
    told.merge(ends) { $1 }
    return ends
  }
}
