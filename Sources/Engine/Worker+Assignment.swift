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
      unprepared = partitions
      patience = Patience(limit: configuration.restoreDeadline, from: clock.read().elapsed)
      assignedAt = clock.read().elapsed
      board.count { $0.rebalances[.assigned, default: 0] += 1 }
      try session.consumer.assign([:])
      log.info(
        "assigned", "Partitions were assigned",
        ["partitions": .string(partitions.sorted().map(\.description).joined(separator: ", "))])
    case .revoked(let partitions, let lost):
      log.info(
        "revoked", lost ? "Partitions were lost" : "Partitions were revoked",
        ["partitions": .string(partitions.sorted().map(\.description).joined(separator: ", "))])
      board.count { $0.rebalances[lost ? .lost : .revoked, default: 0] += 1 }
      let failure = try endUnit(lost: lost)
      if !lost { takeCheckpoints() }
      forgetAssignment()
      // The whole group waits for this answer, so it is given whatever has failed before.
      do {
        try session.consumer.unassign()
      } catch {
        throw error.requiringNewSession
      }
      if let failure { throw failure }
    }
  }

  /// Commits what can be committed. A lost assignment belongs to another worker already: its unit of work is dropped, as
  /// is one that cannot be committed. Returns the error after which the clients are of no use.
  private func endUnit(lost: Bool) throws -> KafkaError? {
    do {
      // Once: the whole group waits, and what is dropped is done by the next owner.
      if lost { try dropUnit() } else { try commit(attempts: 1) }
      return nil
    } catch let error as KafkaError where error.recovery == .abort || error.recovery == .retry {
      log.warning("commit-failed", "The unit of work was dropped at a revocation: \(error)")
    } catch let error as KafkaError {
      return error
    } catch let broken as BrokenInvariant {
      condemn(broken)
    }
    do { try dropUnit() } catch { return error.requiringNewSession }
    return nil
  }

  func forgetAssignment() {
    restoration?.close()
    restoration = nil
    unprepared = nil
    isAssigned = false
    unit = newUnit()
    windows = committedWindows
    assignment = Assignment(forwardTopic: configuration.topics.forward, stoppedTopics: assignment.stoppedTopics)
  }

  /// Finds out where the assigned partitions stand and begins to restore their states. The committed offsets are asked
  /// for first: they are stable only when a predecessor's transaction has ended, and only then is the changelog's end final.
  func prepareAssignment() throws {
    guard let partitions = unprepared, let session else { return }
    let topics = configuration.topics
    let committed = try session.consumer.committed(partitions, timeout: .seconds(30))
    var offsets = committed
    for partition in partitions where offsets[partition] == nil {
      offsets[partition] = try session.consumer.watermarks(of: partition, timeout: .seconds(30)).low
    }
    let counts = try partitionCounts()
    let prepared = Assignment(
      offsets, committed: Set(committed.keys), partitionCounts: counts, partitioning: partitioning,
      forwardTopic: topics.forward, stoppedTopics: assignment.stoppedTopics,
      stoppedPartitions: board.stoppedPartitions)
    if !prepared.owned.isEmpty {
      log.info("restore-begun", "A worker begins to restore its states")
      restoration = try Restoration(
        prepared.owned.sorted(), topic: topics.state, partitioning: partitioning, reader: cluster.makeChangelogReader(),
        storage: storage, deadline: configuration.restoreDeadline, moment: clock.read(), log: log)
    }
    // Only now, when nothing more can fail: what reads on must not have to be prepared again.
    assignment = prepared
    unprepared = nil
    isAssigned = true
    backoff.reset()
    try fetchActive()
  }

  /// Waits for the offsets only so long: a transaction that nobody ends keeps them unstable.
  func checkPreparation(_ error: KafkaError) throws(Stop) {
    guard unprepared != nil, patience.isExhausted(at: clock.read().elapsed) else { return }
    throw Stop(
      .unavailable, "where the group stands could not be read within \(configuration.restoreDeadline): \(error)",
      remedy:
        "a transaction of another producer may hold the offsets: end that producer, or raise restoreDeadlineSeconds")
  }

  /// How many partitions each topic has now. A topic may be absent for a moment while a broker comes back.
  private func partitionCounts() throws -> [String: Int] {
    let topics = configuration.topics
    let counts = try cluster.partitionCounts(of: topics.inputs + [topics.forward])
    guard let count = counts[topics.forward] else {
      throw KafkaError(
        code: "UNKNOWN_TOPIC_OR_PART", message: "no broker knows \(topics.forward) now", operation: "describe topics",
        recovery: .retry)
    }
    guard count == Int(partitioning.count) else {
      throw Stop(
        .configuration, "\(topics.forward) has \(count) partitions and \(topics.state) \(partitioning.count)",
        remedy: "give both the same count; \(topics.state) keeps the one that it was created with")
    }
    return counts
  }

  /// Every transaction that touches a state commits an offset of its forward partition. A state without one means that
  /// the group's offsets were lost: to begin at the start would do again what the state has already seen.
  private func checkOffset(of state: StatePartition) throws {
    guard !state.customers.isEmpty, let gate = assignment.gate(of: state), !gate.hasCommittedOffset else { return }
    try checkOwnership(of: gate)
    throw Stop(
      .data,
      "partition \(state.partition) has a state, but the group \(configuration.group) has no offset for \(gate.id)",
      remedy: """
        the group's offsets were deleted or have expired: reset the offsets of all inputs and of \
        \(configuration.topics.forward) to where the state ends, or empty \(configuration.topics.state) to begin anew
        """)
  }

  /// A worker that stood still while it restored may have lost a partition to another, which has committed since. It
  /// will be told at some later poll, and what it has read is worth nothing.
  private func checkOwnership(of gate: InputPartition) throws(KafkaError) {
    do throws(KafkaError) {
      guard try session?.consumer.committed([gate.id], timeout: .seconds(30)).isEmpty != false else {
        throw KafkaError(
          code: "_STATE", message: "another member of the group has committed an offset of \(gate.id)",
          operation: "restore", recovery: .rebuild)
      }
    } catch {
      throw error.requiringNewSession
    }
  }

  /// Whether the group has committed offsets that are not this worker's: it was replaced while it stood still, has not
  /// heard of it, and where it would read on is nobody's position any more.
  func isOvertaken() throws(KafkaError) -> Bool {
    let known = assignment.inputs.mapValues(\.committed)
    let committed = try session?.consumer.committed(known.keys.sorted(), timeout: .seconds(30)) ?? [:]
    return committed.contains { known[$0.key] != $0.value }
  }

  /// Reads a bounded part of the changelog and lets the partitions begin whose states are complete.
  func continueRestoration() throws {
    guard let restoration else { return }
    let complete = try restoration.step(limit: Self.batchLimit, moment: clock.read())
    for state in complete {
      try checkOffset(of: state)
      assignment.complete(state)
    }
    if !complete.isEmpty { try fetchActive() }
    guard restoration.isFinished else { return }
    restoration.close()
    self.restoration = nil
    checkpointedAt = clock.read().elapsed
    let lasted = (clock.read().elapsed - assignedAt) / .seconds(1)
    board.count { $0.restoreSeconds.observe(lasted) }
    log.info("worker-ready", "Every state of a worker is complete")
  }

  /// One mechanism for starting, rewinding and stopping partitions: fetch exactly the active ones, from where they stand.
  /// No later poll brings a record that was fetched before.
  func fetchActive() throws(KafkaError) {
    fetches += 1
    try session?.consumer.assign(assignment.activePositions)
  }
}
