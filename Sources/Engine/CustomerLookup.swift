import Kafka
import Retention

/// Reads what is remembered of one customer from the changelog: what was committed when it is read.
public struct CustomerLookup {
  private let cluster: any Cluster
  private let topic: String
  private let deadline: Duration
  private let clock: any EngineClock

  /// What was found.
  public struct Found {
    /// What is remembered.
    public let report: CustomerReport
    /// The state partition that holds the customer.
    public let partition: Partition
    /// The changelog offset up to which was read.
    public let end: Offset
  }

  /// Looks customers up in the state topic; gives up when the brokers let it wait for `deadline`.
  public init(_ cluster: any Cluster, topics: Topics, deadline: Duration, clock: any EngineClock) {
    self.cluster = cluster
    topic = topics.state
    self.deadline = deadline
    self.clock = clock
  }

  /// Reads the customer's whole partition, which takes as long as restoring it without a checkpoint.
  /// Throws a `Stop` when there is no such topic, when it has lost its beginning, when a record is not of this version, or when
  /// the brokers do not answer; else a `KafkaError`.
  /// `progress` is called now and then with the part that is read, 0 to 1.
  public func find(_ id: CustomerID, progress: (Double) -> Void = { _ in }) throws -> Found {
    guard let count = try cluster.partitionCounts(of: [topic])[topic], count > 0 else {
      throw Stop(
        .configuration, "the topic \(topic) does not exist",
        remedy: "name the brokers and the topics of the retaind that runs")
    }
    let partition = Partitioning(count: Int32(count)).partition(of: id)
    let source = TopicPartition(topic: topic, partition: partition)
    let reader = try cluster.makeChangelogReader()
    defer { reader.close(timeout: .seconds(5)) }
    let bounds = try reader.bounds(of: source, timeout: .seconds(30))
    guard bounds.low == Offset(0) else {
      throw Stop(
        .data, "\(source) begins at offset \(bounds.low.value): records were deleted from it",
        remedy: "a compacted topic must not be cut off; what is left of it tells nothing for sure")
    }
    var patience = Patience(limit: deadline, from: clock.read().elapsed)
    var stored: [FacetKind: [UInt8]] = [:]
    var position = bounds.low
    try reader.assign([source: position])
    while true {
      guard !patience.isExhausted(at: clock.read().elapsed) else {
        throw Stop(
          .unavailable, "\(source) could not be read to its end within \(deadline)",
          remedy: "look at the brokers, then ask again")
      }
      let poll: Poll
      do {
        poll = try reader.poll(limit: 10_000, timeout: .milliseconds(100))
      } catch {
        guard error.recovery == .retry || error.recovery == .abort else { throw error }
        // What the poll had fetched when it failed is gone: it is read again.
        try reader.assign([source: position])
        continue
      }
      for index in 0..<poll.records.count {
        try poll.records.withRecord(at: index) { record in
          position = record.offset.next
          guard let bytes = record.key, let key = ChangelogKey(bytes) else {
            throw Stop(
              .data, "\(source) holds a record at offset \(record.offset.value) whose key this version does not know",
              remedy: "run the version that wrote it, or a newer one")
          }
          if key.customer == id { stored[key.facet] = record.owned().value }
        }
      }
      if let end = poll.ends[source] { position = max(position, end) }
      progress(Double(position.value) / Double(max(1, bounds.high.value)))
      guard poll.ends[source] == nil else { break }
    }
    var customer = Customer(id: id)
    let report: CustomerReport
    do {
      try customer.load(.all) { stored[$0] }
      report = try CustomerReport(customer)
    } catch {
      throw Stop(
        .data, "\(source) holds an unreadable \(error)", remedy: "run the version that wrote it, or a newer one")
    }
    return Found(report: report, partition: partition, end: position)
  }
}
