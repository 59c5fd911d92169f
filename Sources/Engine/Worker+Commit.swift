import Kafka
import Operations
import Retention

extension Worker {
  func beginTransaction() throws(KafkaError) {
    guard !unit.isOpen else { return }
    try session?.producer.begin()
    unit.isOpen = true
  }

  /// Makes the unit of work one Kafka transaction: what it publishes, changed facets, what was produced before, and the offsets.
  /// Only what is committed reaches the store. A call that may be made again is made `attempts` times in all.
  func commit(attempts: Int = Retry.patience) throws {
    guard let session, !unit.isEmpty else { return }
    committedAt = clock.read().elapsed
    var customers = unit.finish()
    try writeOutputsAndChanges(of: customers)
    let offsets = try offsetsToCommit()
    if unit.isOpen || !offsets.isEmpty {
      try beginTransaction()
      let group = try session.consumer.groupMetadata()
      try Retry.run(attempts) { () throws(KafkaError) in
        try session.producer.sendOffsets(offsets, group: group, timeout: .seconds(10))
      }
      try Retry.run(attempts) { () throws(KafkaError) in try session.producer.commit() }
      unit.tally.commits += 1
    }
    try apply(&customers, end: session.producer.delivered)
    restoreTimers()
    for input in assignment.inputs.values { input.settle() }
    committedWindows = windows
    measure()
    board.add(unit.tally, at: clock.read().now)
    unit = newUnit()
    backoff.reset()
    adoptBusiness()
  }

  private func measure() {
    let moment = clock.read()
    for appended in unit.appended {
      unit.tally.latency.observe(max(0, Double(moment.now.milliseconds - appended) / 1_000))
    }
    guard unit.tally.commits > 0, let startedAt = unit.startedAt else { return }
    unit.tally.transactionSeconds.observe((moment.elapsed - startedAt) / .seconds(1))
    unit.tally.transactionRecords.observe(Double(unit.tally.records))
  }

  /// Writes what is held, and a changelog record for each facet that the unit of work changed.
  private func writeOutputsAndChanges(of customers: borrowing UniqueArray<WorkingCustomer>) throws {
    let order = WriteOrder(customers.count) {
      customers[$0].changed.isEmpty ? nil : customers[$0].state.partition
    }
    func write(_ place: Int) throws {
      guard !customers[place].changed.isEmpty else { return }
      try checkOwner(of: customers[place])
      try writeChanges(of: customers[place])
    }
    try writeOutputs(afterFirst: { try order.forEachFirst(write) })
    try order.forEachOther(write)
  }

  private func writeChanges(of customer: borrowing WorkingCustomer) throws(KafkaError) {
    var forgotten = customer.changed
    try customer.stored?.forEach { kind, bytes throws(KafkaError) in
      if forgotten.remove(FacetSet(kind)) != nil { try writeChange(of: kind, customer, bytes.span) }
    }
    for kind in forgotten.kinds { try writeChange(of: kind, customer, nil) }
  }

  private func writeChange(
    of facet: FacetKind, _ customer: borrowing WorkingCustomer, _ value: Span<UInt8>?
  ) throws(KafkaError) {
    unit.tally.changes += 1
    let partition = customer.state.partition
    try ChangelogKey(customer: customer.id, facet: facet).withBytes { (key) throws(KafkaError) in
      var headers = HeaderList()
      try produce(
        configuration.topics.state, partition, key: key.span, value: value, &headers, timestamp: nil)
    }
  }

  /// The offsets of all that was read, and of the forward partition of every state that was touched, also when only a
  /// timer fired: the group's generation check on them is what fences a zombie, and their stability is what a new owner
  /// of the state waits for.
  private func offsetsToCommit() throws(BrokenInvariant) -> [TopicPartition: Offset] {
    var offsets: [TopicPartition: Offset] = [:]
    for input in assignment.inputs.values where input.position != input.committed {
      try checkCommit(of: input)
      offsets[input.id] = input.position
    }
    for state in unit.states {
      guard let gate = assignment.gate(of: state) else { continue }
      offsets[gate.id] = gate.position
    }
    return offsets
  }

  private func apply(
    _ customers: inout UniqueArray<WorkingCustomer>, end delivered: [TopicPartition: Offset]
  ) throws(FacetError) {
    for place in customers.indices where !customers[place].changed.isEmpty { try apply(&customers[place]) }
    for state in unit.states {
      let target = TopicPartition(topic: configuration.topics.state, partition: state.partition)
      if let end = delivered[target] { state.changelogEnd = max(state.changelogEnd, end) }
    }
  }

  private func apply(_ customer: inout WorkingCustomer) throws(FacetError) {
    try customer.state.put(customer.takeStored(), of: customer.id, customer.hash, changed: customer.changed)
  }

  /// A timer that was taken because the working copy had moved on is due all the same when the copy came back to it:
  /// then the stored due time never changed, and nothing else would index it.
  private func restoreTimers() {
    for (state, entry) in unit.takenTimers where state.isDue(entry) { state.schedule(entry) }
  }

  /// Drops the unit of work: its transaction is aborted, its timers go back, and the input is read again from what is
  /// committed. The store was never touched.
  func dropUnit() throws(KafkaError) {
    if unit.isOpen, let session {
      try Retry.run(Retry.patience) { () throws(KafkaError) in try session.producer.abort() }
    }
    for (state, entry) in unit.takenTimers { state.schedule(entry) }
    assignment.rewind()
    windows = committedWindows
    unit = newUnit()
  }

  /// Drops the unit of work and fetches it again, with new clients when these cannot.
  func readAgain() {
    do {
      try dropUnit()
      try fetchActive()
    } catch {
      log.warning("session-dropped", "The connection is made anew: \(error)")
      reopen()
    }
  }

  /// Does what the class of the error asks for; throws when that is to stop.
  func recover(from error: KafkaError) throws(Stop) {
    board.count { $0.aborts[error.code, default: 0] += 1 }
    switch error.recovery {
    case .stop where error.isPositionLost && mayBeOvertaken():
      log.warning("session-dropped", "Another member of the group may have read on from there: \(error)")
      reopen()
    case .stop where error.code == "FENCED_INSTANCE_ID":
      throw Stop(.fenced, "\(error)", remedy: "give every process of the group an instance name of its own")
    case .stop:
      throw Stop(.configuration, "\(error)", remedy: "mend the configuration or the permissions it names")
    case .retry, .abort:
      if unit.isEmpty {
        log.warning("retrying", "A step failed and is tried again: \(error)")
      } else {
        log.warning("unit-dropped", "A unit of work is dropped and read again: \(error)")
      }
      try checkPreparation(error)
      readAgain()
    case .rebuild where session != nil && suspectUntil == nil && error.isFenced: suspect(error)
    case .rebuild:
      log.warning("session-dropped", "The connection is made anew: \(error)")
      reopen()
    }
    backoff.extend(from: clock.read().elapsed)
    publishStatus()
  }

  /// Where this worker stands may be nobody's position any more. As long as that is not known, it is asked again by the
  /// next session.
  private func mayBeOvertaken() -> Bool {
    do { return try isOvertaken() } catch { return error.recovery != .stop }
  }

  /// The producer was fenced: either its transaction took too long, or another process uses this one's name. The consumer
  /// will say which, as its membership is fenced too in the second case; to make a new producer before would fence the
  /// other process in turn, and the two would fight.
  private func suspect(_ error: KafkaError) {
    log.warning("producer-fenced", "The producer was fenced; waiting whether another process has this name: \(error)")
    session?.producer.close(timeout: .seconds(5))
    forgetAssignment()
    do {
      // What it would fetch is none of its business any more, nor is it when that is gone.
      try session?.consumer.assign([:])
    } catch {
      return reopen()
    }
    suspectUntil = clock.read().elapsed + .seconds(10)
  }

  func answerWhileSuspect(_ rebalance: Rebalance?) throws {
    switch rebalance {
    case .assigned: try session?.consumer.assign([:])
    case .revoked: try session?.consumer.unassign()
    case nil: break
    }
  }

  /// Throws the clients away; the next step makes new ones, which begin with nothing.
  func reopen() {
    closeSession()
    suspectUntil = nil
  }

  func closeSession() {
    forgetAssignment()
    session?.close()
    session = nil
  }

  /// An error that the consumer told of by itself.
  func note(_ error: KafkaError) throws {
    guard error.recovery != .stop, error.recovery != .rebuild else { throw error }
    log.warning("consumer-error", "The consumer reports: \(error)")
  }

  func checkpointIfDue() {
    guard let checkpointedAt, restoration == nil else { return }
    let elapsed = clock.read().elapsed
    if elapsed - checkpointedAt >= configuration.checkpointInterval { takeCheckpoints() }
  }

  /// Writes the states to files, each with the changelog offset up to which it knows of: never the changelog's present
  /// end, behind which a worker that lost its partitions without knowing would claim what another has written since.
  /// The states hold committed changes only, so that it does not matter what the present unit of work has come to.
  func takeCheckpoints() {
    let moment = clock.read()
    checkpointedAt = moment.elapsed
    guard !assignment.states.isEmpty else { return }
    do {
      for state in assignment.states.values { try takeCheckpoint(of: state, now: moment.now) }
      log.debug("checkpoint-taken", "The states were written to files")
    } catch {
      log.error(
        "checkpoint-failed",
        "No checkpoint was taken, processing goes on: \(error); look at the state directory's disk")
    }
  }

  private func takeCheckpoint(of state: StatePartition, now: Instant) throws {
    let identity = Checkpoint.Identity(
      topic: configuration.topics.state, partition: state.partition, partitionCount: partitioning.count)
    let position = Checkpoint.Position(offset: state.changelogEnd, takenAt: now)
    try storage.write(Checkpoint.name(state.partition)) { output in
      try Checkpoint.write(state, identity, position, to: output)
    }
  }
}
