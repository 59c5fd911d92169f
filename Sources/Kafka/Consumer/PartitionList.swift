import CRdKafka

/// librdkafka's list of partitions, destroyed when it goes out of scope.
struct PartitionList: ~Copyable {
  typealias List = UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  let pointer: List

  init(_ partitions: some Collection<TopicPartition>) {
    pointer = rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count))
    for partition in partitions {
      rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition.number)
    }
  }

  init(_ offsets: [TopicPartition: Offset]) {
    pointer = rd_kafka_topic_partition_list_new(Int32(clamping: offsets.count))
    for (partition, offset) in offsets {
      let element = rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition.number)
      element?.pointee.offset = offset.value
    }
  }

  init(topics: [String]) {
    pointer = rd_kafka_topic_partition_list_new(Int32(clamping: topics.count))
    for topic in topics { rd_kafka_topic_partition_list_add(pointer, topic, Int32(RD_KAFKA_PARTITION_UA)) }
  }

  deinit { rd_kafka_topic_partition_list_destroy(pointer) }

  /// The partitions of a list that stays librdkafka's.
  static func partitions(of list: List) -> [TopicPartition] {
    elements(of: list).map { TopicPartition($0) }
  }

  /// The offsets that are set (not negative), by partition.
  func offsets(operation: String) throws(KafkaError) -> [TopicPartition: Offset] {
    var offsets: [TopicPartition: Offset] = [:]
    for element in PartitionList.elements(of: pointer) {
      let partition = TopicPartition(element)
      if element.err != RD_KAFKA_RESP_ERR_NO_ERROR {
        throw KafkaError(code: element.err, message: "\(partition)", operation: operation)
      }
      if element.offset >= 0 { offsets[partition] = Offset(element.offset) }
    }
    return offsets
  }

  private static func elements(of list: List) -> UnsafeBufferPointer<rd_kafka_topic_partition_t> {
    UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt))
  }
}

extension TopicPartition {
  fileprivate init(_ element: rd_kafka_topic_partition_t) {
    self.init(topic: String(cString: element.topic), partition: Partition(element.partition))
  }
}
