import CRdKafka

/// librdkafka's topic objects by name, so that a record is produced without a look-up in the client.
///
/// A service writes to a handful of topics, which a scan finds faster than a hash of the name would.
struct TopicHandles: ~Copyable {
  private var entries: [Entry] = []
  /// The partitions that were numbered, from 1.
  private(set) var numbered: [TopicPartition] = []

  private struct Entry {
    let name: String
    let handle: OpaquePointer
    /// The numbers of its partitions.
    var numbers: [Partition: Int] = [:]
    /// The partition that was asked for last, as many in a row often are.
    var last: (partition: Partition, number: Int)?
  }

  deinit {
    for entry in entries { rd_kafka_topic_destroy(entry.handle) }
  }

  /// The topic's object, and a number of the partition: a delivery report carries it, so that it needs no look-up by name. It is 0
  /// when there is no partition.
  mutating func handle(
    of name: String, _ partition: Partition?, client: OpaquePointer
  ) throws(KafkaError) -> (OpaquePointer, number: Int) {
    let index = try index(of: name, client: client)
    return (entries[index].handle, partition.map { number(of: $0, at: index) } ?? 0)
  }

  private mutating func index(of name: String, client: OpaquePointer) throws(KafkaError) -> Int {
    for index in entries.indices where entries[index].name == name { return index }
    guard let handle = rd_kafka_topic_new(client, name, nil) else {
      throw KafkaError(
        code: rd_kafka_last_error(), message: "topic \"\(name)\"", operation: "produce", fallback: .stop)
    }
    entries.append(Entry(name: name, handle: handle))
    return entries.endIndex - 1
  }

  private mutating func number(of partition: Partition, at index: Int) -> Int {
    if let last = entries[index].last, last.partition == partition { return last.number }
    let number = entries[index].numbers[partition] ?? numbered.count + 1
    entries[index].last = (partition, number)
    guard number > numbered.count else { return number }
    numbered.append(TopicPartition(topic: entries[index].name, partition: partition))
    entries[index].numbers[partition] = number
    return number
  }
}
