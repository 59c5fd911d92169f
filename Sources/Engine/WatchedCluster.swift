import Kafka

/// A cluster and a disk as one worker uses them, with its progress clock ticking at each call.
public final class WatchedCluster: Cluster {
  private let cluster: any Cluster
  private let progress: ProgressClock

  /// Watches the use that `worker` makes of `cluster`, and shows it on `board`.
  public init(_ cluster: any Cluster, worker: Int, board: StatusBoard, clock: any EngineClock) {
    self.cluster = cluster
    progress = ProgressClock(worker: worker, board: board, clock: clock)
    progress.pass()
  }

  /// The consumer, watched.
  public func makeConsumer(worker: Int) throws(KafkaError) -> any GroupConsumer {
    let consumer = try progress.passing { () throws(KafkaError) in try cluster.makeConsumer(worker: worker) }
    return WatchedConsumer(consumer: consumer, progress: progress)
  }

  /// The producer, watched.
  public func makeProducer(worker: Int) throws(KafkaError) -> any TransactionProducer {
    let producer = try progress.passing { () throws(KafkaError) in try cluster.makeProducer(worker: worker) }
    return WatchedProducer(producer: producer, progress: progress)
  }

  /// The reader, watched.
  public func makeChangelogReader() throws(KafkaError) -> any ChangelogReader {
    let reader = try progress.passing { () throws(KafkaError) in try cluster.makeChangelogReader() }
    return WatchedReader(reader: reader, progress: progress)
  }

  /// As the cluster says.
  public func partitionCounts(of topics: [String]) throws(KafkaError) -> [String: Int] {
    try progress.passing { () throws(KafkaError) in try cluster.partitionCounts(of: topics) }
  }

  /// Checkpoints on `storage`, watched: a large one takes its time, and each piece of it is progress.
  public func watching(_ storage: any CheckpointStorage) -> any CheckpointStorage {
    WatchedStorage(storage: storage, progress: progress)
  }
}

private final class WatchedConsumer: GroupConsumer {
  private let consumer: any GroupConsumer
  private let progress: ProgressClock

  init(consumer: any GroupConsumer, progress: ProgressClock) {
    self.consumer = consumer
    self.progress = progress
  }

  func subscribe(_ topics: [String]) throws(KafkaError) {
    try progress.passing { () throws(KafkaError) in try consumer.subscribe(topics) }
  }

  func poll(limit: Int, timeout: Duration) throws(KafkaError) -> Poll {
    try progress.passing { () throws(KafkaError) in try consumer.poll(limit: limit, timeout: timeout) }
  }

  func assign(_ positions: [TopicPartition: Offset]) throws(KafkaError) {
    try progress.passing { () throws(KafkaError) in try consumer.assign(positions) }
  }

  func unassign() throws(KafkaError) {
    try progress.passing { () throws(KafkaError) in try consumer.unassign() }
  }

  func committed(
    _ partitions: [TopicPartition], timeout: Duration
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    try progress.passing { () throws(KafkaError) in try consumer.committed(partitions, timeout: timeout) }
  }

  func watermarks(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> Watermarks {
    try progress.passing { () throws(KafkaError) in try consumer.watermarks(of: partition, timeout: timeout) }
  }

  func knownEnd(of partition: TopicPartition) -> Offset? { consumer.knownEnd(of: partition) }

  func groupMetadata() throws(KafkaError) -> GroupMetadata { try consumer.groupMetadata() }

  func close(timeout: Duration) -> Bool { progress.passing { consumer.close(timeout: timeout) } }
}

private final class WatchedProducer: TransactionProducer {
  private let producer: any TransactionProducer
  private let progress: ProgressClock

  init(producer: any TransactionProducer, progress: ProgressClock) {
    self.producer = producer
    self.progress = progress
  }

  func initTransactions(timeout: Duration) throws(KafkaError) {
    try progress.waiting { () throws(KafkaError) in try producer.initTransactions(timeout: timeout) }
  }

  func begin() throws(KafkaError) { try producer.begin() }

  /// Only queues, once for each record: nothing that could hang, and too often for a clock.
  func produce(
    topic: String, partition: Partition?, key: Span<UInt8>?, value: Span<UInt8>?, headers: inout HeaderList,
    timestamp: Int64?
  ) throws(KafkaError) {
    try producer.produce(
      topic: topic, partition: partition, key: key, value: value, headers: &headers, timestamp: timestamp)
  }

  func poll(timeout: Duration) { progress.passing { producer.poll(timeout: timeout) } }

  func sendOffsets(
    _ offsets: [TopicPartition: Offset], group: GroupMetadata, timeout: Duration
  ) throws(KafkaError) {
    try progress.waiting { () throws(KafkaError) in
      try producer.sendOffsets(offsets, group: group, timeout: timeout)
    }
  }

  var delivered: [TopicPartition: Offset] { producer.delivered }

  func commit() throws(KafkaError) {
    try progress.waiting { () throws(KafkaError) in try producer.commit() }
  }

  func abort() throws(KafkaError) {
    try progress.waiting { () throws(KafkaError) in try producer.abort() }
  }

  func close(timeout: Duration) -> Bool { progress.passing { producer.close(timeout: timeout) } }
}

private final class WatchedReader: ChangelogReader {
  private let reader: any ChangelogReader
  private let progress: ProgressClock

  init(reader: any ChangelogReader, progress: ProgressClock) {
    self.reader = reader
    self.progress = progress
  }

  func bounds(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> Watermarks {
    try progress.passing { () throws(KafkaError) in try reader.bounds(of: partition, timeout: timeout) }
  }

  func assign(_ positions: [TopicPartition: Offset]) throws(KafkaError) {
    try progress.passing { () throws(KafkaError) in try reader.assign(positions) }
  }

  func poll(limit: Int, timeout: Duration) throws(KafkaError) -> Poll {
    try progress.passing { () throws(KafkaError) in try reader.poll(limit: limit, timeout: timeout) }
  }

  func close(timeout: Duration) -> Bool { progress.passing { reader.close(timeout: timeout) } }
}

private struct WatchedStorage: CheckpointStorage {
  let storage: any CheckpointStorage
  let progress: ProgressClock

  func read<R>(_ name: String, _ body: (Span<UInt8>) throws -> R) throws -> R? {
    try progress.passing { () throws(any Error) in try storage.read(name, body) }
  }

  func write(_ name: String, _ fill: (([UInt8]) throws -> Void) throws -> Void) throws {
    try progress.passing { () throws(any Error) in
      try storage.write(name) { output in
        try withoutActuallyEscaping(output) { output in
          try fill { piece in
            progress.pass()
            try output(piece)
          }
        }
      }
    }
  }
}
