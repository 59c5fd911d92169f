import Kafka
import Operations
import Retention

/// Owns one consumer, one transactional producer and the state of its partitions, and shares nothing with other workers.
///
/// `step` is synchronous and does a bounded amount: it polls a batch, processes it, fires due timers, and commits when it
/// is time. A thread calls it in a loop; a simulation calls it instead.
public final class Worker {
  let number: Int
  let configuration: EngineConfiguration
  let partitioning: Partitioning
  let cluster: any Cluster
  /// What the unit of work is done by; replaced between two of them.
  private(set) var business: any Business
  private let businessSource: BusinessSource
  private var edition: Int
  let storage: any CheckpointStorage
  let clock: any EngineClock
  let log: Log
  let board: StatusBoard

  var session: Session?
  var assignment: Assignment
  /// Whether the group has given this worker its share and it knows where that stands.
  var isAssigned = false
  /// Partitions that were assigned and whose offsets are not known yet.
  var unprepared: [TopicPartition]?
  /// How long their offsets have been waited for.
  var patience: Patience
  var restoration: Restoration?
  var unit: UnitOfWork
  var recentHeaders = RecentHeaders()
  var windows: DeadLetterWindows
  /// `windows` as of the last commit, for a unit of work that is dropped.
  var committedWindows: DeadLetterWindows
  /// A producer was fenced: until then the consumer tells whether another process has this one's name.
  var suspectUntil: Duration?
  var backoff = Backoff()
  /// How often fetching was begun anew.
  var fetches = 0
  var checkpointedAt: Duration?
  /// When the last commit began.
  var committedAt: Duration?
  /// Whether the last step took as much as one step takes, so that more waits.
  private var hasBacklog = false
  /// When the present assignment came.
  var assignedAt = Duration.zero
  private var detailedAt: Duration?

  /// The most records one step takes from the consumer, and timers it fires.
  static let batchLimit = 2_000

  /// A worker that is not connected yet; the first `step` connects it.
  public init(
    number: Int, configuration: EngineConfiguration, partitioning: Partitioning, cluster: any Cluster,
    business: BusinessSource, storage: any CheckpointStorage, clock: any EngineClock, log: Log, board: StatusBoard
  ) {
    self.number = number
    self.configuration = configuration
    self.partitioning = partitioning
    self.cluster = cluster
    businessSource = business
    (self.business, edition) = business.current
    self.storage = storage
    self.clock = clock
    self.log = log.with(["worker": .integer(number)])
    self.board = board
    patience = Patience(limit: configuration.restoreDeadline, from: clock.read().elapsed)
    unit = UnitOfWork(openLimit: configuration.openCustomers, source: configuration.source)
    windows = DeadLetterWindows(configuration.deadLetterLimit)
    committedWindows = windows
    assignment = Assignment(forwardTopic: configuration.topics.forward)
  }

  /// One bounded piece of work. Returns how long the caller should wait before the next; zero when there may be more.
  /// Throws when an operator is needed; the worker is of no use then.
  public func step() throws(Stop) -> Duration {
    let moment = clock.read()
    guard moment.elapsed >= backoff.until else { return min(backoff.until - moment.elapsed, .milliseconds(100)) }
    do {
      if let suspectUntil, moment.elapsed >= suspectUntil { reopen() }
      if session == nil { try openSession() }
      try work()
    } catch let error as KafkaError {
      try recover(from: error)
    } catch let broken as BrokenInvariant {
      drop(for: broken)
    } catch let stop as Stop {
      throw stop
    } catch {
      throw Stop(.data, "\(error)", remedy: "report this: it is an error of the program")
    }
    publishStatus()
    return .zero
  }

  /// Finishes the unit of work, takes checkpoints and leaves the group.
  public func shutDown() {
    if session != nil, !unit.isEmpty {
      do {
        try commit()
      } catch let broken as BrokenInvariant {
        condemn(broken)
        abandonUnit()
      } catch {
        log.warning("commit-failed", "The last unit of work was dropped: \(error)")
        abandonUnit()
      }
    }
    takeCheckpoints()
    closeSession()
    publishStatus()
  }

  /// Lets go of everything without committing, after `step` has thrown.
  public func discard() {
    abandonUnit()
    closeSession()
    publishStatus()
  }

  /// Aborts what is open, so that its readers and the next owner need not wait for the transaction to time out.
  private func abandonUnit() {
    do {
      try dropUnit()
    } catch {
      log.debug("abort-failed", "The last transaction is left to its timeout: \(error)")
      unit = newUnit()
    }
  }

  func newUnit() -> UnitOfWork {
    UnitOfWork(after: &unit)
  }

  /// A new business takes over between two units of work, so that each is done by one alone.
  func adoptBusiness() {
    guard businessSource.edition != edition else { return }
    (business, edition) = businessSource.current
  }

  private func work() throws {
    guard let session else { return }
    let poll = try session.consumer.poll(limit: Self.batchLimit, timeout: pollTimeout())
    for error in poll.errors { try note(error) }
    guard suspectUntil == nil else { return try answerWhileSuspect(poll.rebalance) }
    if let rebalance = poll.rebalance { return try answer(rebalance) }
    // After the wait: what came during it may be meant for a business that replaced this one before.
    if unit.isEmpty { adoptBusiness() }
    let fetch = fetches
    try prepareAssignment()
    try continueRestoration()
    // What was fetched together happens at one moment, and mostly comes from one partition after the other.
    let moment = clock.read()
    var input: InputPartition?
    for index in 0..<poll.records.count {
      // What was polled before fetching began anew comes again.
      guard fetches == fetch else { break }
      try poll.records.withRecord(at: index) { record in
        if input?.holds(record) != true { input = assignment.inputs[record.topicPartition] }
        if let input { try take(record, from: input, at: moment) }
      }
    }
    if fetches == fetch { for id in poll.ends.keys { assignment.inputs[id]?.noteEnd() } }
    let fired = try fireTimers()
    hasBacklog = max(poll.records.count, fired) >= Self.batchLimit
    if let commitDue, clock.read().elapsed >= commitDue { try commit() }
    checkpointIfDue()
  }

  /// When the unit of work is to be committed; nil when it is empty. Records are counted where they are taken.
  private var commitDue: Duration? {
    guard let startedAt = unit.startedAt else { return nil }
    // From one commit to the next: what comes after a pause need not wait, and what came during a commit has waited already. Of a
    // backlog a transaction is to take as much as goes into an interval, however long the commit before took.
    let since = hasBacklog ? startedAt : committedAt ?? startedAt
    return since + configuration.commitInterval
  }

  /// Waits for input as long as nothing else wants to be done.
  func pollTimeout() -> Duration {
    if unprepared != nil || restoration != nil { return .zero }
    let moment = clock.read()
    // One that joins or begins anew has deadlines and a stop to look for; only one at its work is idle.
    var timeout = isAssigned ? configuration.idleWait : .milliseconds(100)
    if let commitDue { timeout = min(timeout, commitDue - moment.elapsed) }
    // Timers that wait for the input wake nobody.
    guard assignment.isCaughtUp else { return max(timeout, .zero) }
    for state in assignment.states.values {
      guard let due = state.timers.earliest else { continue }
      timeout = min(timeout, .milliseconds((due - moment.now).milliseconds))
    }
    return max(timeout, .zero)
  }

  private func openSession() throws(KafkaError) {
    let topics = configuration.topics
    session = try Session(cluster, worker: number, topics: topics.inputs + [topics.forward])
    log.info("worker-joining", "A worker connected and joins the group")
  }

  func publishStatus() {
    board.report(
      number,
      WorkerStatus(
        isAssigned: isAssigned,
        isRestored: assignment.isRestored && restoration == nil, stoppedTopics: assignment.stoppedTopics.sorted(),
        partitions: assignment.owned.map(\.number).sorted(), unitSince: unit.startedAt))
    let moment = clock.read()
    guard detailedAt.map({ moment.elapsed - $0 >= Self.detailInterval }) ?? true else { return }
    detailedAt = moment.elapsed
    // A producer tells of itself when it is polled, which nobody does while nothing is produced.
    session?.producer.poll(timeout: .zero)
    board.report(number, detail(at: moment.now))
  }

  private static var detailInterval: Duration { .seconds(1) }

  private func detail(at now: Instant) -> WorkerDetail {
    var detail = WorkerDetail()
    if suspectUntil != nil {
      detail.phase = .suspect
    } else if isAssigned {
      detail.phase = assignment.isRestored ? .processing : .restoring
    }
    detail.inputs = assignment.inputs.values.sorted { $0.id < $1.id }.map { input in
      WorkerDetail.Input(
        id: input.id, committed: input.committed, end: session?.consumer.knownEnd(of: input.id),
        isActive: input.isActive)
    }
    detail.states = assignment.states.values.sorted { $0.partition < $1.partition }.map { state in
      WorkerDetail.State(
        partition: state.partition, customers: state.customers.count, bytes: state.byteCount,
        timers: state.timers.count, overdueTimers: state.timers.countDue(by: now))
    }
    detail.restores = restoration?.progress ?? []
    return detail
  }
}

extension Worker {
  /// The facets of all states that it holds, by changelog key: what a simulation compares.
  package var storedFacets: [[UInt8]: [UInt8]] {
    var all: [[UInt8]: [UInt8]] = [:]
    for state in assignment.states.values {
      state.customers.forEach { stored in
        stored.forEach { all[ChangelogKey(customer: stored.customer, facet: $0).bytes] = Array($1) }
      }
    }
    return all
  }
}
