import CRdKafka

/// A Kafka cluster inside this process, on loopback: librdkafka's mock cluster, for tests of error paths and for the demo.
///
/// It is no Kafka: read-committed readers see aborted records, transactional offsets are not kept, nothing is fenced,
/// a partition keeps 5 MiB, the first rebalance of a group takes 3 s, and topics cannot be created over the wire.
///
/// Unchecked: librdkafka takes the cluster's own lock in every call, and the properties never change.
public final class EmbeddedBroker: @unchecked Sendable {
  /// The brokers' addresses, for `bootstrap.servers`.
  public let bootstrapServers: String
  private let client: Client
  private let cluster: OpaquePointer

  /// Starts a cluster of brokers numbered from 1.
  public init(brokers: Int = 1) throws(KafkaError) {
    client = try Client(RD_KAFKA_PRODUCER, ClientConfiguration(), over: .embeddedBroker, observer: .silent)
    guard let cluster = rd_kafka_mock_cluster_new(client.handle, Int32(clamping: brokers)) else {
      throw KafkaError(
        code: "_FAIL", message: "no sockets on loopback for \(brokers) brokers", operation: "start embedded broker",
        recovery: .stop)
    }
    self.cluster = cluster
    bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
    sendAnswersAtOnce()
  }

  deinit { rd_kafka_mock_cluster_destroy(cluster) }

  /// The properties a client needs to reach the cluster.
  public var configuration: ClientConfiguration {
    ClientConfiguration(properties: ["bootstrap.servers": bootstrapServers])
  }

  /// Creates a topic; clients that ask for an unknown one create it with 4 partitions.
  public func createTopic(_ name: String, partitions: Int) throws(KafkaError) {
    let code = rd_kafka_mock_topic_create(cluster, name, Int32(clamping: partitions), 1)
    try check(code, "create topic \"\(name)\"")
  }

  /// Makes the next requests of a kind fail, one for each fault, in order.
  public func inject(_ faults: [Fault], for request: Request) {
    let codes = faults.map { rd_kafka_resp_err_t($0.rawValue) }
    rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, codes.count, codes)
  }

  /// Forgets the faults that are left for a kind of request.
  public func clearFaults(for request: Request) {
    rd_kafka_mock_clear_request_errors(cluster, request.rawValue)
  }

  /// Makes everything about a topic fail in metadata and on entering a transaction; nil mends it.
  public func setFault(_ fault: Fault?, ofTopic topic: String) {
    rd_kafka_mock_topic_set_error(cluster, topic, rd_kafka_resp_err_t(fault?.rawValue ?? 0))
  }

  /// Delays every answer of a broker, or of all.
  public func setRoundTrip(_ delay: Duration, broker: Int32? = nil) throws(KafkaError) {
    try check(rd_kafka_mock_broker_set_rtt(cluster, broker ?? -1, delay.milliseconds), "set round trip")
  }

  /// Disconnects a broker, or all, and lets nobody connect; leaders and coordinators stay where they are.
  public func setDown(broker: Int32? = nil) throws(KafkaError) {
    try check(rd_kafka_mock_broker_set_down(cluster, broker ?? -1), "take broker down")
  }

  /// Takes connections again.
  public func setUp(broker: Int32? = nil) throws(KafkaError) {
    try check(rd_kafka_mock_broker_set_up(cluster, broker ?? -1), "bring broker up")
  }

  /// Moves the leadership of a partition; nil leaves it without a leader.
  public func setLeader(of partition: TopicPartition, broker: Int32?) throws(KafkaError) {
    let code = rd_kafka_mock_partition_set_leader(
      cluster, partition.topic, partition.partition.number, broker ?? -1)
    try check(code, "move the leader of \(partition)")
  }

  /// Moves the coordinator of a group or a transactional id.
  public func moveCoordinator(of subject: Coordinated, to broker: Int32) throws(KafkaError) {
    let code =
      switch subject {
      case .group(let id): rd_kafka_mock_coordinator_set(cluster, "group", id, broker)
      case .transaction(let id): rd_kafka_mock_coordinator_set(cluster, "transaction", id, broker)
      }
    try check(code, "move a coordinator")
  }

  private func check(_ code: rd_kafka_resp_err_t, _ operation: String) throws(KafkaError) {
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
    throw KafkaError(code: code, operation: operation, fallback: .stop)
  }
}
