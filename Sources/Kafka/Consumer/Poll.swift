/// A change of the partitions this member of the group owns.
///
/// librdkafka waits for the answer, during which the member fetches nothing: `assign` answers an assignment, `unassign` a
/// revocation.
public enum Rebalance: Hashable, Sendable {
  /// These partitions are owned from now on, and no others.
  case assigned([TopicPartition])
  /// None of these partitions is owned any more after the answer. When they are `lost`, another member may own them
  /// already, and nothing must be committed for them.
  case revoked([TopicPartition], lost: Bool)
}

/// What one poll of a consumer brought.
public struct Poll {
  /// The records. When there is a rebalance too, some of them may be from before it: drop them.
  public let records: RecordBatch
  /// A change of ownership that waits for its answer.
  public let rebalance: Rebalance?
  /// The partitions whose end was reached, with the offset of the end. Each end is told once.
  public let ends: [TopicPartition: Offset]
  /// What went wrong and mends itself: for logs and counters. What does not mend itself is thrown.
  public let errors: [KafkaError]

  /// A poll's outcome from its parts.
  public init(
    records: RecordBatch, rebalance: Rebalance? = nil, ends: [TopicPartition: Offset] = [:], errors: [KafkaError] = []
  ) {
    self.records = records
    self.rebalance = rebalance
    self.ends = ends
    self.errors = errors
  }
}
