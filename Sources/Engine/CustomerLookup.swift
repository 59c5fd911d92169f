import Kafka
import Retention

/// Reads what is remembered of one customer from the changelog: what was committed when it is read.
public struct CustomerLookup {
  private let cluster: any Cluster
  private let topic: String

  /// What was found.
  public struct Found {
    /// With every facet loaded.
    public let customer: Customer
    /// The state partition that holds the customer.
    public let partition: Partition
    /// The changelog offset up to which was read.
    public let end: Offset
  }

  /// Looks customers up in the state topic.
  public init(_ cluster: any Cluster, topics: Topics) {
    self.cluster = cluster
    topic = topics.state
  }

  /// Reads the customer's whole partition, which takes as long as restoring it without a checkpoint.
  /// Throws a `Stop` when there is no such topic or a record is not of this version, else a `KafkaError`.
  public func find(_ id: CustomerID) throws -> Found {
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
    var stored: [FacetKind: [UInt8]] = [:]
    var position = bounds.low
    try reader.assign([source: position])
    while true {
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
        poll.records.withRecord(at: index) { record in
          position = record.offset.next
          guard let bytes = record.key, let key = ChangelogKey(bytes), key.customer == id else { return }
          stored[key.facet] = record.owned().value
        }
      }
      if let end = poll.ends[source] { position = max(position, end) }
      guard poll.ends[source] == nil else { break }
    }
    var customer = Customer(id: id)
    do {
      try customer.load(.all) { stored[$0] }
    } catch {
      throw Stop(
        .data, "\(source) holds an unreadable \(error)", remedy: "run the version that wrote it, or a newer one")
    }
    return Found(customer: customer, partition: partition, end: position)
  }
}
