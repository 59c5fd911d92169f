extension EmbeddedBroker {
  /// What a coordinator coordinates.
  public enum Coordinated: Hashable, Sendable {
    /// A consumer group by its id.
    case group(String)
    /// A transactional producer by its id.
    case transaction(String)
  }

  /// A kind of request, by its number in the Kafka protocol.
  public enum Request: Int16, Sendable, CaseIterable {
    /// Appends records.
    case produce = 0
    /// Reads records.
    case fetch = 1
    /// Asks for the ends of a log.
    case listOffsets = 2
    /// Asks for brokers, topics and leaders.
    case metadata = 3
    /// Commits a group's positions outside of a transaction.
    case offsetCommit = 8
    /// Asks for a group's positions.
    case offsetFetch = 9
    /// Asks who coordinates a group or a transactional id.
    case findCoordinator = 10
    /// Enters a group.
    case joinGroup = 11
    /// Keeps a membership alive.
    case heartbeat = 12
    /// Leaves a group.
    case leaveGroup = 13
    /// Asks for the member's partitions.
    case syncGroup = 14
    /// Registers a producer and fences its predecessor.
    case initProducerID = 22
    /// Enters a partition into a transaction.
    case addPartitionsToTransaction = 24
    /// Enters a group's positions into a transaction.
    case addOffsetsToTransaction = 25
    /// Commits or aborts a transaction.
    case endTransaction = 26
    /// Writes a group's positions within a transaction.
    case transactionalOffsetCommit = 28
  }

  /// A failure that a broker can answer, by its number in the Kafka protocol.
  public enum Fault: Int32, Sendable, CaseIterable {
    /// The broker closes the connection instead of answering.
    case disconnect = -195
    /// The position is not in the log.
    case offsetOutOfRange = 1
    /// The topic or partition does not exist.
    case unknownTopicOrPartition = 3
    /// The partition moved to another broker.
    case notLeader = 6
    /// The broker ran out of time.
    case requestTimedOut = 7
    /// The record is larger than the topic takes.
    case messageTooLarge = 10
    /// The coordinator is still starting.
    case coordinatorLoading = 14
    /// There is no coordinator at the moment.
    case coordinatorNotAvailable = 15
    /// The coordinator moved to another broker.
    case notCoordinator = 16
    /// The member belongs to an earlier generation.
    case illegalGeneration = 22
    /// The coordinator does not know the member.
    case unknownMember = 25
    /// The group is rebalancing.
    case rebalanceInProgress = 27
    /// The user may not use the topic.
    case topicAuthorizationFailed = 29
    /// The user may not use the group.
    case groupAuthorizationFailed = 30
    /// A newer producer has the same transactional id, or the transaction ran into its timeout.
    case invalidProducerEpoch = 47
    /// The call does not fit the state of the transaction.
    case invalidTransactionState = 48
    /// The producer id is not the transactional id's any more.
    case invalidProducerIDMapping = 49
    /// The transaction timeout is over the broker's limit.
    case invalidTransactionTimeout = 50
    /// The previous transaction is still ending.
    case concurrentTransactions = 51
    /// The user may not use the transactional id.
    case transactionalIDAuthorizationFailed = 53
    /// Another member has the same instance id.
    case fencedInstance = 82
    /// A newer producer has the same transactional id.
    case producerFenced = 90
  }
}
