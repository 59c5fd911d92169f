import CRdKafka
import Foundation
import Kafka

/// The topics of one run, and the cluster that they are on: one that is named, or a broker in this process, so that the
/// broker is not measured.
struct Topics {
  let bootstrap: String
  /// What every topic, group and producer of this run begins with.
  let prefix = "bench-\(UUID().uuidString.prefix(8).lowercased())."
  let partitions: Int
  private let broker: EmbeddedBroker?

  static let inputs = Mix.Topic.allCases.map(\.rawValue)
  static let outputs = ["notifications", "ledger", "dead-letters", "state", "forward"]

  /// The topics on the cluster at `bootstrap`, else on an embedded broker.
  init(bootstrap: String?, partitions: Int?) throws {
    broker = try bootstrap == nil ? EmbeddedBroker() : nil
    self.bootstrap = bootstrap ?? broker?.bootstrapServers ?? ""
    // The embedded broker keeps 5 MB of a partition, and the whole changelog must be kept.
    self.partitions = partitions ?? (broker == nil ? 8 : 16)
  }

  var isEmbedded: Bool { broker != nil }
  var client: ClientConfiguration { ClientConfiguration(properties: ["bootstrap.servers": bootstrap]) }

  func create() throws {
    let names = (Self.inputs + Self.outputs + ["customers", "raw"]).map { prefix + $0 }
    if let broker {
      for name in names { try broker.createTopic(name, partitions: partitions) }
    } else {
      let admin = try Admin(client, observer: .silent)
      defer { admin.close() }
      try admin.create(names.map { NewTopic(name: $0, partitions: partitions) }, timeout: .seconds(30))
    }
  }

  /// Delays every answer of an embedded broker.
  func delayAnswers(_ delay: Duration) throws { try broker?.setRoundTrip(delay) }

  /// A consumer that belongs to no group.
  func reader(_ properties: [String: String] = [:]) throws -> Consumer {
    var reading = client
    reading.properties["group.id"] = prefix + "reader"
    reading.properties.merge(properties) { $1 }
    return try Consumer(reading, observer: .silent)
  }

  /// Where the partitions of these topics begin and end.
  func watermarks(of names: [String]) throws -> [TopicPartition: Watermarks] {
    let consumer = try reader()
    defer { consumer.close(timeout: .seconds(5)) }
    var watermarks: [TopicPartition: Watermarks] = [:]
    for name in names {
      for number in 0..<Int32(partitions) {
        let partition = TopicPartition(topic: prefix + name, partition: Partition(number))
        watermarks[partition] = try consumer.watermarks(of: partition, timeout: .seconds(30))
      }
    }
    return watermarks
  }

  /// Where the partitions of these topics end; throws when the embedded broker has let go of their beginnings.
  func wholeEnds(of names: [String]) throws -> [TopicPartition: Offset] {
    try watermarks(of: names).mapValues { watermarks in
      guard watermarks.low == Offset(0) else {
        throw BenchError("the broker has deleted records: fewer --events, or a cluster with --bootstrap")
      }
      return watermarks.high
    }
  }

  /// Has a group stand where the daemon's inputs end: the embedded broker keeps no offsets of transactions, and the daemon
  /// does not begin with a state and no offsets. The group must have no members.
  func commitEnds(group: String) throws {
    let consumer = try RawClient.make(RD_KAFKA_CONSUMER, bootstrap, ["group.id": group])
    defer { rd_kafka_destroy(consumer) }
    let ends = try watermarks(of: Self.inputs + ["customers", "forward"])
    let list = RawClient.list { list in
      for (partition, watermarks) in ends {
        rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition.number).pointee.offset =
          watermarks.high.value
      }
    }
    defer { rd_kafka_topic_partition_list_destroy(list) }
    let code = rd_kafka_commit(consumer, list, 0)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw BenchError("the offsets of \(group) were not committed: \(String(cString: rd_kafka_err2str(code)))")
    }
  }
}
