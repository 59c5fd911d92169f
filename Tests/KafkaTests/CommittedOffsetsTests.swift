import CRdKafka
import Testing

@testable import Kafka

@Suite("Committed positions", .blocking)
struct CommittedOffsetsTests {
  /// Commits outside of a transaction with librdkafka itself, because the mock cluster keeps no transactional positions
  /// and the module under test offers nothing else.
  private func commit(_ offset: Int64, of topic: String, group: String, bootstrap: String) -> rd_kafka_resp_err_t {
    let configuration = rd_kafka_conf_new()
    rd_kafka_conf_set(configuration, "bootstrap.servers", bootstrap, nil, 0)
    rd_kafka_conf_set(configuration, "group.id", group, nil, 0)
    let client = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, nil, 0)
    defer { rd_kafka_destroy(client) }
    let list = rd_kafka_topic_partition_list_new(1)
    defer { rd_kafka_topic_partition_list_destroy(list) }
    rd_kafka_topic_partition_list_add(list, topic, 0).pointee.offset = offset
    return rd_kafka_commit(client, list, 0)
  }

  @Test("are the group's, and absent where there is none")
  func committedOffsets() throws {
    let wire = try Wire(topic: "t", partitions: 2)
    try #require(
      commit(42, of: "t", group: "g", bootstrap: wire.broker.bootstrapServers) == RD_KAFKA_RESP_ERR_NO_ERROR)
    let partitions = [TopicPartition("t", 0), TopicPartition("t", 1)]
    let member = try wire.member(of: "g")
    #expect(
      try member.committed(partitions, timeout: Wire.patience) == [TopicPartition("t", 0): Offset(42)])
    let stranger = try wire.member(of: "other")
    #expect(try stranger.committed(partitions, timeout: Wire.patience).isEmpty)
  }

  @Test("a coordinator that does not answer in time is a matter of trying again")
  func timeout() throws {
    let wire = try Wire(topic: "t")
    let member = try wire.member(of: "g")
    try wire.broker.setRoundTrip(.milliseconds(500))
    let error = try #require(throws: KafkaError.self) {
      _ = try member.committed([TopicPartition("t", 0)], timeout: .milliseconds(50))
    }
    #expect(error.recovery == .retry)
    #expect(error.operation == "read committed offsets")
  }
}
