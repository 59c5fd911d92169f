import Kafka
import Operations
import Retention

extension Worker {
  /// Processes, forwards or dead-letters one record, within the unit of work.
  func take(_ record: borrowing Record, from input: InputPartition, at moment: Moment) throws {
    guard input.isActive else { return }
    try checkOffset(record.offset, of: input)
    recentHeaders.take(record, isForward: input.isForward)
    let origin =
      recentHeaders.forwardedFrom
      ?? Cause.Origin(topic: input.id.topic, partition: input.id.partition.number, offset: record.offset.value)
    let business = business
    let decoded: Decoded
    do throws(Reject) {
      decoded = try business.decode(value: record.value, headers: recentHeaders.converted, now: moment.now)
    } catch {
      guard windows.admit(isDead: true, of: input.id.topic) else { return try stopTopic(at: input, record.offset) }
      unit.begin(at: moment.elapsed)
      try bury(record, recentHeaders.own, error, origin)
      return try pass(record, of: input, isForwarded: false)
    }
    guard windows.admit(isDead: false, of: input.id.topic) else { return try stopTopic(at: input, record.offset) }
    unit.begin(at: moment.elapsed)
    var isForwarded = false
    switch consume decoded {
    case .event(let event):
      if let state = state(of: event.customer, readFrom: input) {
        try take(event, record, input, state, business, origin, moment)
      } else {
        isForwarded = true
        try forward(event, record, recentHeaders.own, origin)
      }
    case .ignored: unit.tally.ignored += 1
    }
    try pass(record, of: input, isForwarded: isForwarded)
  }

  /// Counts a record that was done with, and commits when it is the last that the unit of work takes.
  private func pass(_ record: borrowing Record, of input: InputPartition, isForwarded: Bool) throws {
    if input.firstEnd == nil { input.firstEnd = session?.consumer.knownEnd(of: input.id) }
    input.position = record.offset.next
    unit.tally.records += 1
    if !isForwarded, let appended = record.timestamp { unit.appended.append(appended) }
    if unit.tally.records >= configuration.commitRecords { try commit() }
  }

  /// The headers of the last record: while those that come are the same, none are made.
  struct RecentHeaders {
    /// Those that the record came with into its input.
    private(set) var own: [Header] = []
    /// The same for the business.
    private(set) var converted: [MessageHeader] = []
    /// Where the record stood first; nil of one that was not forwarded.
    private(set) var forwardedFrom: Cause.Origin?

    mutating func take(_ record: borrowing Record, isForward: Bool) {
      if forwardedFrom == nil, !isForward, record.hasHeaders(own) { return }
      let headers = record.headers()
      let (new, origin) = isForward ? Forwarding.split(headers) : (headers, nil)
      forwardedFrom = origin
      guard new != own else { return }
      own = new
      converted = new.map { MessageHeader(name: $0.name, value: $0.value) }
    }
  }

  /// The state that holds the customer; nil when records of this input cannot be processed where they lie.
  private func state(of customer: CustomerID, readFrom input: InputPartition) -> StatePartition? {
    guard input.servesInPlace, partitioning.partition(of: customer) == input.id.partition else { return nil }
    return input.state
  }

  private func forward(
    _ event: Event, _ record: borrowing Record, _ headers: [Header], _ origin: Cause.Origin
  ) throws(KafkaError) {
    unit.tally.countForwarded(from: origin.topic)
    var headers = HeaderList(Forwarding.headers(headers, from: origin))
    try produce(
      configuration.topics.forward, partitioning.partition(of: event.customer), key: event.customer.bytes.span,
      value: record.value, &headers, timestamp: record.timestamp)
  }

  private func take(
    _ event: Event, _ record: borrowing Record, _ input: InputPartition, _ state: StatePartition,
    _ business: any Business, _ origin: Cause.Origin, _ moment: Moment
  ) throws {
    let facets = business.facets(for: event.type)
    guard !facets.isEmpty else { return unit.tally.count(Outcome(), of: event.type) }
    let outcome = try unit.with(event.customer, in: state, loading: facets) { customer in
      business.process(event, origin: origin, customer: &customer, now: moment.now)
    }
    if let problem = outcome.violation {
      throw BrokenInvariant(.ledger, "After an event, \(problem)", at: input.id, record.offset)
    }
    unit.tally.count(outcome, of: event.type)
    try publish(outcome)
  }

  /// Fires a bounded number of due timers, earliest first within a partition. Returns how many.
  ///
  /// What happened while nobody read lies in the inputs: it comes first, as it would have, had somebody. A partition that
  /// cannot be read holds the timers of the worker, whose customers its records may be about.
  func fireTimers() throws -> Int {
    guard assignment.isCaughtUp else { return 0 }
    let moment = clock.read()
    var fired = 0
    for state in assignment.states.values.sorted(by: { $0.partition < $1.partition }) {
      while fired < Self.batchLimit, let entries = state.popDue(by: moment.now) {
        for entry in entries where try fire(entry, of: state, at: moment) { fired += 1 }
      }
    }
    return fired
  }

  /// Returns false when the working copy has moved on: then another entry stands for it.
  private func fire(_ entry: TimerEntry, of state: StatePartition, at moment: Moment) throws -> Bool {
    unit.take(entry, of: state)
    let outcome = try unit.with(entry.customer, in: state, loading: business.facets(firing: entry.facet)) {
      customer -> Outcome? in
      guard customer.nextDue(of: entry.facet) == entry.due else { return nil }
      return business.fire(entry.facet, customer: &customer, now: moment.now)
    }
    guard let outcome else { return false }
    if let problem = outcome.violation { throw broken(.ledger, "After a timer, \(problem)", state) }
    unit.begin(at: moment.elapsed)
    unit.tally.timers += 1
    unit.tally.count(outcome)
    try publish(outcome)
    return true
  }

  private func bury(_ record: borrowing Record, _ headers: [Header], _ reject: Reject, _ origin: Cause.Origin) throws {
    unit.tally.count(reject)
    log.debug(
      "dead-letter", "A record cannot be processed: \(reject.message)",
      [
        "topic": .string(origin.topic), "partition": .integer(origin.partition), "offset": .integer(origin.offset),
        "reason": .string(reject.code.rawValue),
      ])
    var headers = HeaderList(deadLetterHeaders(headers, reject, origin: origin, timestamp: record.timestamp))
    try produce(
      configuration.topics.deadLetters, nil, key: record.key, value: record.value, &headers,
      timestamp: record.timestamp)
  }

  private func stopTopic(at input: InputPartition, _ offset: Offset) throws {
    assignment.stop(input.id.topic)
    let limit = configuration.deadLetterLimit
    log.error(
      "topic-stopped",
      """
      More than \(limit.records) of the last \(limit.window) records cannot be processed. The topic is not read any more, \
      so that it is not drained into the dead letters: mend its producer, look at \(configuration.topics.deadLetters), \
      then restart; raise deadLetterLimit when these records are to be passed over
      """,
      [
        "topic": .string(input.id.topic), "partition": .integer(input.id.partition.number),
        "offset": .integer(offset.value),
      ])
    try fetchActive()
  }
}
