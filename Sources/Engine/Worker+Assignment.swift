import Kafka
import Operations
import Retention

extension Worker {
  /// Answers a rebalance. What was polled with it is dropped: after a revocation another worker reads it, after an
  /// assignment it is fetched again from where the group stands.
  func answer(_ rebalance: Rebalance) throws {
    guard let session else { return }
    switch rebalance {
    case .assigned(let partitions):
      // Nothing is fetched until the states are complete, but the group is answered at once: restoring may take long.
      try session.consumer.assign([:])
      unprepared = partitions
      log.info(
        "assigned", "Partitions were assigned",
        ["partitions": .string(partitions.sorted().map(\.description).joined(separator: ", "))])
    case .revoked(let partitions, let lost):
      log.info(
        "revoked", lost ? "Partitions were lost" : "Partitions were revoked",
        ["partitions": .string(partitions.sorted().map(\.description).joined(separator: ", "))])
      try giveUpAssignment(lost: lost)
      try session.consumer.unassign()
    }
  }

  /// Commits what can be committed, keeps a checkpoint, and forgets the states. A lost assignment belongs to another
  /// worker already: its unit of work is dropped.
  private func giveUpAssignment(lost: Bool) throws {
    if lost {
      try dropUnit()
    } else if !unit.isEmpty {
      do {
        try commit()
      } catch let error as KafkaError where error.recovery != .stop {
        log.warning("commit-failed", "The unit of work was dropped at a revocation: \(error)")
        try dropUnit()
      }
    }
    if !lost { takeCheckpoints() }
    forgetAssignment()
  }

  func forgetAssignment() {
    restoration?.close()
    restoration = nil
    unprepared = nil
    isAssigned = false
    unit = UnitOfWork()
    assignment = Assignment(forwardTopic: configuration.topics.forward)
  }

  /// Finds out where the assigned partitions stand and begins to restore their states. The committed offsets are asked
  /// for first: they are stable only when a predecessor's transaction has ended, and only then is the changelog's end final.
  func prepareAssignment() throws {
    guard let partitions = unprepared, let session else { return }
    let topics = configuration.topics
    var offsets = try session.consumer.committed(partitions, timeout: .seconds(30))
    for partition in partitions where offsets[partition] == nil {
      offsets[partition] = try session.consumer.watermarks(of: partition, timeout: .seconds(30)).low
    }
    let counts = try cluster.partitionCounts(of: topics.inputs + [topics.forward])
    guard counts[topics.forward] == Int(partitioning.count) else {
      throw Stop(
        .configuration,
        "\(topics.forward) has \(counts[topics.forward] ?? 0) partitions and \(topics.state) \(partitioning.count)",
        remedy: "give both the same count; \(topics.state) keeps the one that it was created with")
    }
    assignment = Assignment(
      offsets, partitionCounts: counts, partitioning: partitioning, forwardTopic: topics.forward,
      stoppedTopics: assignment.stoppedTopics)
    let owned = assignment.owned.sorted()
    if !owned.isEmpty {
      restoration = try Restoration(
        owned, topic: topics.state, partitioning: partitioning, reader: cluster.makeChangelogReader(),
        storage: storage, deadline: configuration.restoreDeadline, moment: clock.read(), log: log)
    }
    unprepared = nil
    isAssigned = true
    backoff.reset()
    try fetchActive()
  }

  /// Reads a bounded part of the changelog and lets the partitions begin whose states are complete.
  func continueRestoration() throws {
    guard let restoration else { return }
    let complete = try restoration.step(limit: Self.batchLimit, moment: clock.read())
    for state in complete { assignment.complete(state) }
    if !complete.isEmpty { try fetchActive() }
    guard restoration.isFinished else { return }
    restoration.close()
    self.restoration = nil
    checkpointedAt = clock.read().elapsed
    log.info("ready", "Every assigned state is complete")
  }

  /// One mechanism for starting, rewinding and stopping partitions: fetch exactly the active ones, from where they stand.
  func fetchActive() throws(KafkaError) {
    try session?.consumer.assign(assignment.activePositions)
  }
}
