import Kafka

/// What the group gave this worker, and how far it is with it.
struct Assignment {
  /// Every assigned partition of the inputs and of the forward topic.
  private(set) var inputs: [TopicPartition: InputPartition] = [:]
  /// The states that are complete, by partition.
  private(set) var states: [Partition: StatePartition] = [:]
  /// The partitions whose states are processed here: those of the forward topic, which carry the ownership of states,
  /// without the stopped ones.
  private(set) var owned: Set<Partition> = []
  private let forwardTopic: String
  /// Topics that carry too much that cannot be processed.
  private(set) var stoppedTopics: Set<String> = []
  /// Partitions that a self-check has stopped; one of the forward topic stands for the state of its number.
  private(set) var stoppedPartitions: Set<TopicPartition> = []

  /// Nothing is assigned. Topics that were stopped stay so.
  init(forwardTopic: String, stoppedTopics: Set<String> = []) {
    self.forwardTopic = forwardTopic
    self.stoppedTopics = stoppedTopics
  }

  /// `offsets` says where each partition starts, `committed` which of these are the group's; `partitionCounts` how many
  /// partitions each topic has.
  init(
    _ offsets: [TopicPartition: Offset], committed: Set<TopicPartition>, partitionCounts: [String: Int],
    partitioning: Partitioning,
    forwardTopic: String, stoppedTopics: Set<String>, stoppedPartitions: Set<TopicPartition>
  ) {
    self.forwardTopic = forwardTopic
    self.stoppedTopics = stoppedTopics
    self.stoppedPartitions = stoppedPartitions
    let assigned = offsets.keys.filter { $0.topic == forwardTopic }
    let owned = Set(assigned.map(\.partition))
    self.owned = Set(assigned.filter { !stoppedPartitions.contains($0) }.map(\.partition))
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

  /// Whether everything that the inputs held when they were assigned is processed, as far as they are read at all.
  var isCaughtUp: Bool { isRestored && inputs.values.allSatisfy { !$0.isActive || $0.isCaughtUp } }

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

  /// Stops an input partition for good. When its records change a state here, that state and all its other inputs are
  /// stopped with it, so that none of them goes on with what is wrong. Returns every partition that is not read any more.
  mutating func stop(_ partition: TopicPartition) -> Set<TopicPartition> {
    var stopped: Set = [partition]
    if inputs[partition]?.servesInPlace == true {
      for input in inputs.values where input.servesInPlace && input.id.partition == partition.partition {
        stopped.insert(input.id)
      }
      states[partition.partition] = nil
      owned.remove(partition.partition)
    }
    stoppedPartitions.formUnion(stopped)
    refresh()
    return stopped
  }

  func rewind() { for input in inputs.values { input.rewind() } }

  /// A partition waits for its state only when its records may need it.
  private func refresh() {
    for input in inputs.values {
      input.state = input.servesInPlace ? states[input.id.partition] : nil
      let isReady = !input.servesInPlace || input.state != nil
      input.isActive =
        isReady && !stoppedTopics.contains(input.id.topic) && !stoppedPartitions.contains(input.id)
    }
  }
}
