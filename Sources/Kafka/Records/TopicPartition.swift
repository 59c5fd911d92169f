/// The number of a partition within its topic, from 0.
public struct Partition: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number as Kafka writes it.
  public let number: Int32

  /// A partition by its number.
  public init(_ number: Int32) {
    self.number = number
  }

  /// The number in decimal.
  public var description: String { String(number) }

  /// Orders by number.
  public static func < (left: Partition, right: Partition) -> Bool { left.number < right.number }
}

/// The position of a record in its partition.
///
/// Offsets grow but are not dense: control records, aborted records and compaction leave gaps.
public struct Offset: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The offset as Kafka counts it, from 0.
  public let value: Int64

  /// An offset by its value.
  public init(_ value: Int64) {
    self.value = value
  }

  /// The position after this one: what is committed once the record at this offset has been processed.
  public var next: Offset { Offset(value + 1) }

  /// The value in decimal.
  public var description: String { String(value) }

  /// Orders by position.
  public static func < (left: Offset, right: Offset) -> Bool { left.value < right.value }
}

/// One partition of one topic.
public struct TopicPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The topic's name.
  public let topic: String
  /// The partition within the topic.
  public let partition: Partition

  /// A partition of a topic.
  public init(topic: String, partition: Partition) {
    self.topic = topic
    self.partition = partition
  }

  /// As Kafka's own tools write it: `orders [3]`.
  public var description: String { "\(topic) [\(partition)]" }

  /// Orders by topic, then partition.
  public static func < (left: TopicPartition, right: TopicPartition) -> Bool {
    left.topic == right.topic ? left.partition < right.partition : left.topic < right.topic
  }
}

/// The ends of a partition's log: `low` is the offset of the first record still kept, `high` the one after the last record.
///
/// For a read-committed client `high` is the last stable offset, for a read-uncommitted one the log's end.
public struct Watermarks: Hashable, Sendable {
  /// The first offset that can be read.
  public let low: Offset
  /// The offset after the last record the client may see.
  public let high: Offset

  /// Watermarks from their two ends.
  public init(low: Offset, high: Offset) {
    self.low = low
    self.high = high
  }
}
