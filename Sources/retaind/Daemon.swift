import Engine
import Kafka
import Operations
import Retention

/// The running service: makes sure of the topics, runs the workers, and answers signals until it is told to stop.
struct Daemon {
  let deployment: Deployment
  let client: ClientConfiguration
  /// What the workers begin with.
  let edition: Edition
  /// Reads the rules and the wording again; throws when they are bad.
  let readAgain: @Sendable () throws -> Edition
  let storage: CheckpointDirectory
  let log: Log
  let signals: Signals
  let service: ServiceManager

  /// How long the workers may take to finish; then the process ends, and what was not committed is done again.
  private static let stopTimeout = Duration.seconds(9)

  /// Runs until a signal asks to stop. Throws a `Stop` when the work cannot go on.
  func run() throws {
    defer { log.flush() }
    log.info(
      "starting", "retaind starts",
      [
        "version": .string(programVersion), "group": .string(deployment.engine.group),
        "instance": .string(deployment.engine.instance), "workers": .integer(deployment.workerCount),
      ])
    let board = StatusBoard()
    let observer = Observer(deployment, rulesVersion: edition.version, board: board)
    let server = try serve(observer)
    defer { server?.stop() }
    let reload = Reload(edition, readAgain: readAgain, observer: observer, log: log, service: service)
    guard let partitioning = try ensureTopics(reload) else { return }
    let pool = makePool(partitioning, board, observer, reload.source)
    let stop = supervise(pool, board, observer, reload)
    try finish(pool, observer, stop)
  }

  private func serve(_ observer: Observer) throws -> HTTPServer? {
    guard let address = deployment.telemetry else { return nil }
    do {
      return try HTTPServer(address) { Telemetry.answer($0, observer) }
    } catch {
      throw Failure(
        .badConfiguration,
        "telemetry.listen \(address) cannot be used: \(error); give this instance an address of its own, or \"off\"")
    }
  }

  /// Waits for the brokers as long as it takes; nil when a signal came meanwhile.
  private func ensureTopics(_ reload: Reload) throws -> Partitioning? {
    let topics = InternalTopics(
      deployment.engine.topics, partitions: Int(deployment.partitions),
      replicationFactor: Int(deployment.replicationFactor),
      bootstrapServers: deployment.kafka["bootstrap.servers"] ?? "")
    while true {
      do {
        let admin = try Admin(client, observer: .silent)
        defer { admin.close() }
        return try topics.ensure(admin, mayCreate: deployment.createTopics, log: log)
      } catch let error as KafkaError where error.recovery != .stop {
        log.warning("brokers-unavailable", "The brokers do not answer yet: \(error)")
        service.status("waiting for the brokers")
      }
      switch signals.next(timeout: .seconds(1)) {
      case .terminate, .interrupt: return nil
      case .hangUp: reload.run(isReady: false)
      case .reportStatus, nil: continue
      }
    }
  }

  private func makePool(
    _ partitioning: Partitioning, _ board: StatusBoard, _ observer: Observer, _ source: BusinessSource
  ) -> WorkerPool {
    var statistics: (@Sendable (String) -> Void)?
    if deployment.telemetry != nil { statistics = { observer.note(statistics: $0) } }
    let cluster = KafkaCluster(client, deployment.engine, log: log, statistics: statistics)
    return WorkerPool(
      deployment.workerCount, log: log, onEnd: { signals.wake() }, wake: { cluster.wake() }
    ) { number in
      let watched = WatchedCluster(cluster, worker: number, board: board, clock: SystemClock())
      return Worker(
        number: number, configuration: deployment.engine, partitioning: partitioning, cluster: watched,
        business: source, storage: watched.watching(storage), clock: SystemClock(), log: log, board: board)
    }
  }

  /// Returns when a signal asks to stop, or with what stopped a worker.
  private func supervise(_ pool: WorkerPool, _ board: StatusBoard, _ observer: Observer, _ reload: Reload) -> Stop? {
    var wasReady = false
    var watchdog = Watchdog(interval: service.watchdogInterval)
    while true {
      if let stop = pool.stop { return stop }
      watch(board, &watchdog)
      let isReady = board.isReady(deployment.workerCount) && board.isAttended(at: SystemClock().read().elapsed)
      if isReady != wasReady {
        wasReady = isReady
        tell(isReady, board)
      }
      switch signals.next(timeout: .milliseconds(200)) {
      case .terminate, .interrupt: return nil
      case .reportStatus: report(observer.look())
      case .hangUp: reload.run(isReady: isReady)
      case nil: log.expireFolds()
      }
    }
  }

  private func tell(_ isReady: Bool, _ board: StatusBoard) {
    if isReady {
      log.info("ready", "Every assigned state is complete; events are processed")
      service.ready("processing events")
    } else {
      let stoppedPartitions = board.stoppedPartitions.sorted().map(\.description)
      log.info(
        "not-ready", "Not all partitions are processed",
        [
          "stoppedTopics": .string(board.stoppedTopics.joined(separator: ", ")),
          "stoppedPartitions": .string(stoppedPartitions.joined(separator: ", ")),
        ])
      let stopped = board.stoppedTopics + stoppedPartitions
      service.status(
        stopped.isEmpty
          ? "restoring, or waiting for the brokers" : "stopped reading \(stopped.joined(separator: ", "))")
    }
  }

  /// Feeds the service manager's watchdog while all workers move, and says when one does not.
  private func watch(_ board: StatusBoard, _ watchdog: inout Watchdog) {
    let now = SystemClock().read().elapsed
    let finding = watchdog.look(at: now, board.stalls(at: now))
    for stall in finding.stalled {
      log.critical(
        "worker-stalled",
        "A worker does not move: a record, a timer or the disk holds it up; the watchdog is not fed any more",
        ["worker": .integer(stall.worker), "seconds": .integer(Int(stall.lasting.components.seconds))])
    }
    for worker in finding.recovered {
      log.notice("worker-moving", "A worker moves again", ["worker": .integer(worker)])
    }
    if finding.feeds { service.keepAlive() }
  }

  private func report(_ observed: Observed) {
    let tally = observed.tally
    let states = observed.details.values.flatMap(\.states)
    func total(_ counts: [String: Int]) -> LogValue { .integer(counts.values.reduce(0, +)) }
    log.info(
      "status", "How the workers are, and what was committed since the start",
      [
        "ready": .bool(observed.isReady), "rules": .string(observed.rulesVersion), "lag": .integer(observed.lag),
        "partitions": .integer(states.count), "customers": .integer(states.reduce(0) { $0 + $1.customers }),
        "stateBytes": .integer(states.reduce(0) { $0 + $1.bytes }),
        "overdueTimers": .integer(states.reduce(0) { $0 + $1.overdueTimers }),
        "restoring": .integer(observed.details.values.reduce(0) { $0 + $1.restores.count }),
        "processed": total(tally.events), "ignored": .integer(tally.ignored), "forwarded": total(tally.forwarded),
        "deadLetters": total(tally.deadLetters), "timers": .integer(tally.timers),
        "notices": total(tally.notifications), "ledgerEntries": total(tally.ledger),
        "suppressed": total(tally.suppressed), "changes": .integer(tally.changes), "commits": .integer(tally.commits),
      ])
  }

  private func finish(_ pool: WorkerPool, _ observer: Observer, _ stop: Stop?) throws {
    service.stopping("finishing the last unit of work")
    log.info("stopping", "The workers finish")
    pool.requestStop()
    let isDone = waitForWorkers(pool)
    report(observer.look())
    if let stop { throw stop }
    guard isDone else {
      log.warning("stop-cut-off", "The workers did not finish in time; what was not committed is done again")
      return
    }
    log.info("stopped", "retaind ends")
  }

  /// A second request to stop ends the wait.
  private func waitForWorkers(_ pool: WorkerPool) -> Bool {
    var request = StopRequest()
    let clock = MonotonicClock.system
    _ = request.receive(.terminate, now: clock.nanoseconds())
    let deadline = ContinuousClock.now + Self.stopTimeout
    while !pool.isDone, ContinuousClock.now < deadline {
      guard let signal = signals.next(timeout: .milliseconds(100)) else { continue }
      if request.receive(signal, now: clock.nanoseconds()) == .leave { return false }
    }
    return pool.isDone
  }
}

/// The machine's clocks.
struct SystemClock: EngineClock {
  func read() -> Moment {
    Moment(
      now: Instant(milliseconds: WallClock.system.milliseconds()),
      elapsed: .nanoseconds(MonotonicClock.system.nanoseconds()))
  }
}
