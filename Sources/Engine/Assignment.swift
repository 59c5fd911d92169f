import Kafka

/// What the group gave this worker, and how far it is with it.
struct Assignment {
  /// Every assigned partition of the inputs and of the forward topic.
  private(set) var inputs: [TopicPartition: InputPartition] = [:]
  /// The states that are complete, by partition.
  private(set) var states: [Partition: StatePartition] = [:]
  /// The partitions of the forward topic, which carry the ownership of states.
  let owned: Set<Partition>
  private let forwardTopic: String
  /// Topics that carry too much that cannot be processed.
  private(set) var stoppedTopics: Set<String> = []

  /// Nothing is assigned. Topics that were stopped stay so.
  init(forwardTopic: String, stoppedTopics: Set<String> = []) {
    self.forwardTopic = forwardTopic
    self.stoppedTopics = stoppedTopics
    owned = []
  }

  /// `offsets` says where each partition starts, `committed` which of these are the group's; `partitionCounts` how many
  /// partitions each topic has.
  init(
    _ offsets: [TopicPartition: Offset], committed: Set<TopicPartition>, partitionCounts: [String: Int],
    partitioning: Partitioning,
    forwardTopic: String, stoppedTopics: Set<String>
  ) {
    self.forwardTopic = forwardTopic
    self.stoppedTopics = stoppedTopics
    let owned = Set(offsets.keys.filter { $0.topic == forwardTopic }.map(\.partition))
    self.owned = owned
    for (id, offset) in offsets {
      let isAligned = partitionCounts[id.topic] == Int(partitioning.count) && owned.contains(id.partition)
      inputs[id] = InputPartition(
        id, servesInPlace: isAligned, isForward: id.topic == forwardTopic, committed: offset,
        hasCommittedOffset: committed.contains(id))
    }
    refresh()
  }

  /// Whether every owned state is complete.
  var isRestored: Bool { states.count == owned.count }

  /// Where to fetch, of the partitions that may be processed now.
  var activePositions: [TopicPartition: Offset] {
    inputs.filter { $0.value.isActive }.mapValues(\.position)
  }

  /// The forward partition of the same number, whose offset goes into every transaction that touches the state.
  func gate(of state: StatePartition) -> InputPartition? {
    inputs[TopicPartition(topic: forwardTopic, partition: state.partition)]
  }

  mutating func complete(_ state: StatePartition) {
    states[state.partition] = state
    refresh()
  }

  mutating func stop(_ topic: String) {
    stoppedTopics.insert(topic)
    refresh()
  }

  func rewind() { for input in inputs.values { input.rewind() } }

  /// A partition waits for its state only when its records may need it.
  private func refresh() {
    for input in inputs.values {
      let isReady = !input.servesInPlace || states[input.id.partition] != nil
      input.isActive = isReady && !stoppedTopics.contains(input.id.topic)
    }
  }
}
