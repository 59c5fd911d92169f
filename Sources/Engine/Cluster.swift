import Kafka

/// What the engine needs of Kafka. `KafkaCluster` is the real one; a simulated one can stand in.
public protocol Cluster: AnyObject, Sendable {
  /// A member of the consumer group, not subscribed yet. `worker` names it among the process's workers.
  func makeConsumer(worker: Int) throws(KafkaError) -> any GroupConsumer
  /// A producer whose transactional identity is the worker's.
  func makeProducer(worker: Int) throws(KafkaError) -> any TransactionProducer
  /// A reader of the changelog.
  func makeChangelogReader() throws(KafkaError) -> any ChangelogReader
  /// How many partitions each topic has; a topic that does not exist is absent.
  func partitionCounts(of topics: [String]) throws(KafkaError) -> [String: Int]
}

/// A member of the consumer group. A rebalance is handed out by `poll` and answered by `assign` or `unassign`.
public protocol GroupConsumer: AnyObject {
  /// Joins the group for the topics.
  func subscribe(_ topics: [String]) throws(KafkaError)
  /// At most `limit` records, the partitions whose end was reached behind them, and at most one rebalance; waits up to
  /// `timeout` for the first.
  func poll(limit: Int, timeout: Duration) throws(KafkaError) -> Poll
  /// Replaces what is fetched by these partitions, from these offsets.
  func assign(_ positions: [TopicPartition: Offset]) throws(KafkaError)
  /// Answers a revocation: nothing is fetched any more.
  func unassign() throws(KafkaError)
  /// The group's committed offsets, stable ones: a predecessor's open transaction is waited for. Absent where none is.
  func committed(_ partitions: [TopicPartition], timeout: Duration) throws(KafkaError) -> [TopicPartition: Offset]
  /// The first offset that is kept and the one after the last.
  func watermarks(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> Watermarks
  /// The offset after the last record, as the last answer to a fetch told it; nil before the first. Asks nobody.
  func knownEnd(of partition: TopicPartition) -> Offset?
  /// Who this member is in which generation, for `sendOffsets`.
  func groupMetadata() throws(KafkaError) -> GroupMetadata
  /// Leaves; returns after `timeout` at the latest, false when it was cut off.
  @discardableResult
  func close(timeout: Duration) -> Bool
}

/// A transactional producer. One transaction is one unit of work.
public protocol TransactionProducer: AnyObject {
  /// Fences a predecessor of the same identity and ends its transaction.
  func initTransactions(timeout: Duration) throws(KafkaError)
  /// Begins a transaction.
  func begin() throws(KafkaError)
  /// Queues a record and takes its headers out of their list; a full queue is an error to retry after `poll`. Without a partition
  /// the key decides.
  func produce(
    topic: String, partition: Partition?, key: Span<UInt8>?, value: Span<UInt8>?, headers: inout HeaderList,
    timestamp: Int64?
  ) throws(KafkaError)
  /// Serves delivery reports for up to `timeout`.
  func poll(timeout: Duration)
  /// Adds input offsets to the transaction.
  func sendOffsets(
    _ offsets: [TopicPartition: Offset], group: GroupMetadata, timeout: Duration
  ) throws(KafkaError)
  /// The offset behind the last delivered record of each partition written in the present or last transaction.
  var delivered: [TopicPartition: Offset] { get }
  /// Ends the transaction; what it holds becomes visible.
  func commit() throws(KafkaError)
  /// Ends the transaction; what it holds never becomes visible.
  func abort() throws(KafkaError)
  /// Lets go of the producer; returns after `timeout` at the latest, false when it was cut off.
  @discardableResult
  func close(timeout: Duration) -> Bool
}

/// Reads the changelog, committed records only, without joining a group.
public protocol ChangelogReader: AnyObject {
  /// The first offset that is kept and the one after the last record, those of open transactions included.
  func bounds(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> Watermarks
  /// Reads these partitions from these offsets.
  func assign(_ positions: [TopicPartition: Offset]) throws(KafkaError)
  /// At most `limit` records, and the partitions whose end was reached.
  func poll(limit: Int, timeout: Duration) throws(KafkaError) -> Poll
  /// Lets go of the reader; returns after `timeout` at the latest, false when it was cut off.
  @discardableResult
  func close(timeout: Duration) -> Bool
}
