/// What the cluster says about a topic.
public struct TopicDescription: Hashable, Sendable {
  /// The topic's name.
  public let name: String
  /// The number of partitions, 0 with an error.
  public let partitionCount: Int
  /// Why the topic is not to be used: `UNKNOWN_TOPIC_OR_PART` when it does not exist, a refusal, a missing leader.
  public let error: KafkaError?

  /// A description from its parts.
  public init(name: String, partitionCount: Int, error: KafkaError? = nil) {
    self.name = name
    self.partitionCount = partitionCount
    self.error = error
  }
}

/// A topic to be created.
public struct NewTopic: Hashable, Sendable {
  /// The topic's name.
  public let name: String
  /// The number of partitions, at least 1.
  public let partitions: Int
  /// The number of replicas, -1 for the broker's default.
  public let replicationFactor: Int
  /// The topic's configuration under Kafka's own names, such as `cleanup.policy`.
  public let configuration: [String: String]

  /// A topic from its parts.
  public init(name: String, partitions: Int, replicationFactor: Int = -1, configuration: [String: String] = [:]) {
    self.name = name
    self.partitions = partitions
    self.replicationFactor = replicationFactor
    self.configuration = configuration
  }
}
