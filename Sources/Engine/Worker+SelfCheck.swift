import Kafka
import Operations
import Retention

extension Worker {
  /// Drops the unit of work, which was built on a broken invariant, and goes on without the partition.
  func drop(for broken: BrokenInvariant) {
    condemn(broken)
    readAgain()
    publishStatus()
  }

  /// Stops the partition of a broken invariant for as long as the process lives; the caller drops the unit of work.
  ///
  /// The partition stays assigned: another member that got it would meet the same. The worker itself goes on, since
  /// the other partitions share nothing with this one.
  func condemn(_ broken: BrokenInvariant) {
    let place = broken.place
    let topics = configuration.topics
    let input = place.topic == topics.state ? TopicPartition(topic: topics.forward, partition: place.partition) : place
    let stopped = assignment.stop(input)
    board.stop(stopped)
    log.critical(
      "self-check-failed",
      """
      \(broken.problem). Nothing of it was committed, and the partition is not processed any more: keep its input and \
      changelog and report this; it is tried again when retaind is started again
      """,
      [
        "check": .string(broken.check.rawValue), "topic": .string(place.topic),
        "partition": .integer(place.partition.number), "offset": .integer(broken.offset.value),
        "stopped": .string(stopped.sorted().map(\.description).joined(separator: ", ")),
      ])
  }

  /// Records come from the position on, each once: whatever was rewound or stopped, fetching began anew and what had been
  /// polled before was let go.
  func checkOffset(_ offset: Offset, of input: InputPartition) throws(BrokenInvariant) {
    guard offset < input.position else { return }
    throw BrokenInvariant(
      .offsets, "A record came that lies before offset \(input.position.value), which is to come next", at: input.id,
      offset)
  }

  /// What is sent lies behind what this assignment has committed.
  func checkCommit(of input: InputPartition) throws(BrokenInvariant) {
    guard input.position < input.committed else { return }
    throw BrokenInvariant(
      .offsets, "An offset was to be committed that lies before offset \(input.committed.value), which is committed",
      at: input.id, input.position)
  }

  /// Once a unit of work for each customer whose state it changes: what enters a state of a wrong partition, or under
  /// another customer's name, would be found by nobody afterwards.
  func checkOwner(of customer: borrowing WorkingCustomer) throws(BrokenInvariant) {
    let owner = partitioning.partition(of: customer.id)
    guard owner == customer.state.partition else {
      throw broken(.ownership, "A customer of partition \(owner) was changed in this one", customer.state)
    }
    guard customer.id == customer.key else {
      throw broken(.ownership, "A customer was changed into another one", customer.state)
    }
  }

  /// A broken invariant that no record of the input is to blame for.
  func broken(_ check: BrokenInvariant.Check, _ problem: String, _ state: StatePartition) -> BrokenInvariant {
    let place = TopicPartition(topic: configuration.topics.state, partition: state.partition)
    return BrokenInvariant(check, problem, at: place, state.changelogEnd)
  }
}
