import Engine
import Kafka
import Operations
import Retention

/// One simulated run: workers, brokers and troubles take turns as the seed says, then all is well and everything settles,
/// and what came out must be what a plain loop over the same events makes.
package final class Run {
  package struct Result: Sendable {
    package let seed: UInt64
    package let events: Int
    package let transactions: Int
    package let troubles: Troubles
    /// What is wrong; empty when nothing is.
    package let violations: [String]
  }

  let seed: UInt64
  let scenario: Scenario
  let dice: Dice
  let timeline: Timeline
  let cluster: SimulatedCluster
  let workload: Workload
  let program: any Business
  var processes: [Process] = []
  var troubles = Troubles()
  var violations: [String] = []
  /// How deep the present call lies within others.
  var depth = 0
  /// The time of day since when every worker has done all that it had to do.
  private(set) var settledAt = Shop.now
  /// Whether anything may go wrong now.
  var isTroubled = true
  private let log: Log
  private let trace: ((String) -> Void)?

  /// The program that the runs are about.
  package static func program() throws -> any Business { try Shop.program(Scenario.rules) }

  /// A run of the program; `trace` is told what happens.
  package init(seed: UInt64, program: any Business, trace: ((String) -> Void)? = nil) {
    self.seed = seed
    self.program = program
    self.trace = trace
    dice = Dice(seed: seed)
    scenario = Scenario(dice)
    timeline = Timeline(now: Shop.now, rate: scenario.wallRate)
    cluster = SimulatedCluster(scenario.counts, timeline: timeline)
    workload = Workload(scenario, dice, cluster)
    let critical = CriticalLines()
    var settings = Log.Configuration()
    settings.minimumLevel = trace == nil ? .critical : .debug
    settings.format = .text(colour: false)
    settings.foldWindow = .zero
    let traced = trace.map { Traced(write: $0) }
    log = Log(
      settings,
      to: .lines { line in
        if line.contains("self-check-failed") { critical.append(line) }
        traced?.write(line)
      })
    self.critical = critical
    configure()
  }

  private let critical: CriticalLines

  /// Plays it to its end and judges it.
  package func play() -> Result {
    for number in 0..<scenario.processes { processes.append(makeProcess("p\(number)")) }
    for process in processes { process.start(workers: scenario.workers) }
    do {
      try playTroubled()
      try settle()
      say("the time of day moves on now and then, so that timers are due")
      try playTroubled(dayOdds: 10)
      timeline.now = timeline.now + .days(40)
      try settle()
      judge()
      say("all processes start anew")
      for process in processes { process.kill(until: timeline.elapsed) }
      try settle()
      judge()
    } catch {
      violations.append("\(error)")
    }
    violations += critical.all
    troubles.count(.expiredTransaction, cluster.coordinator.expirations)
    return Result(
      seed: seed, events: workload.events, transactions: cluster.coordinator.committed.count, troubles: troubles,
      violations: violations)
  }

  /// It did not come to rest, or stopped without a reason.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  func say(_ line: @autoclosure () -> String) { trace?("\(timeline.elapsed) --- \(line())") }

  private func configure() {
    let dice = dice
    let scenario = scenario
    cluster.fetchLimit = scenario.fetchLimit
    cluster.patience = .milliseconds(200)
    cluster.group.timeouts = scenario.timeouts
    cluster.coordinator.timeout = scenario.transactionTimeout
    cluster.group.hearing = { dice.happens(oneIn: 2) ? .zero : dice.milliseconds(0...1_500) }
    let hasSlowMarkers = scenario.troubles.contains(.slowMarkers)
    cluster.coordinator.markerDelay = { [weak self] in
      guard hasSlowMarkers, self?.isTroubled == true, dice.happens(oneIn: 6) else { return dice.milliseconds(0...10) }
      self?.troubles.count(.slowMarkers)
      return dice.milliseconds(100...4_000)
    }
    if scenario.troubles.contains(.heldBackRecords) {
      cluster.holdsBack = { [weak self] in
        guard self?.isTroubled == true, dice.happens(oneIn: 2) else { return false }
        self?.troubles.count(.heldBackRecords)
        return true
      }
    }
    cluster.faults.chance = { [weak self] in self?.fault(of: $0) }
    cluster.interlude = { [weak self] in self?.interlude($0, $1) }
    guard let trace else { return }
    cluster.trace = { [weak self] in trace("\(self?.timeline.elapsed ?? .zero) \($0)") }
  }

  func makeProcess(_ instance: String, on disk: SimulatedDisk = SimulatedDisk()) -> Process {
    let business = WitnessedProgram(program: program)
    return Process(cluster, instance: instance, disk: disk) { [scenario, timeline, log] host, number, board, disk in
      Worker(
        number: number, configuration: scenario.engine, partitioning: scenario.partitioning, cluster: host,
        business: BusinessSource(business), storage: MountedDisk(disk, on: host), clock: timeline,
        log: log.with(["process": .string(instance)]),
        board: board)
    }
  }

  /// One turn in `dayOdds` begins hours or days after the last.
  private func playTroubled(dayOdds: Int = 0) throws {
    isTroubled = true
    workload.left = scenario.events
    for _ in 0..<scenario.turns {
      if dice.happens(oneIn: dayOdds) { timeline.now = timeline.now + .hours(Int64(dice.number(1...72))) }
      if dice.happens(oneIn: scenario.eventOdds) { workload.write() }
      if dice.happens(oneIn: scenario.troubleOdds) { makeTrouble() }
      try turn()
    }
  }

  /// One worker does a step, and time passes.
  func turn() throws {
    for process in processes {
      if let start = process.startsAt, start <= timeline.elapsed { process.start(workers: scenario.workers) }
    }
    if let process = dice.pick(processes), process.isRunning {
      try step(process, dice.number(0...max(0, process.workers.count - 1)))
    }
    switch dice.number(0...99) {
    case 0..<60: timeline.pass(dice.milliseconds(0...10))
    case 60..<90: timeline.pass(dice.milliseconds(10...100))
    case 90..<99: timeline.pass(dice.milliseconds(100...700))
    default: timeline.pass(dice.milliseconds(1_000...6_000))
    }
  }

  /// Steps a worker. A process whose worker stops ends; it is expected of one whose name another took, and of no other.
  func step(_ process: Process, _ number: Int) throws(Failure) {
    do throws(Stop) {
      try process.step(number)
    } catch {
      say("\(process.instance)-\(number) stops: \(error)")
      guard error.kind == .fenced, process.hasTwin else {
        throw Failure(description: "\(process.instance)-\(number) stopped: \(error)")
      }
      // A service manager leaves it alone, an operator starts it when it is the last one.
      process.kill(
        until: processes.contains { $0 !== process && $0.instance == process.instance } ? nil : timeline.elapsed)
      processes.removeAll { $0 === process && $0.startsAt == nil }
    }
  }

  /// All is well again; everything is done, or that it is not is an error.
  private func settle() throws {
    isTroubled = false
    cluster.faults.forget()
    cluster.leaderless = []
    for process in processes { process.disk.isFull = false }
    endTwins()
    say("all is well")
    var restful = 0
    for _ in 0..<4_000 {
      if restful == 0 { settledAt = timeline.now }
      for process in processes {
        if process.startsAt != nil { process.start(workers: scenario.workers) }
        for number in process.workers.indices { try step(process, number) }
      }
      timeline.pass(scenario.engine.commitInterval / 2 + .milliseconds(20))
      restful = isAtRest ? restful + 1 : 0
      guard restful < 4 else {
        for process in processes { process.hasTwin = false }
        return
      }
    }
    throw Failure(description: "does not come to rest: \(unrest)")
  }

  /// Of several processes of one name the last one stays.
  private func endTwins() {
    for process in processes where processes.last(where: { $0.instance == process.instance }) !== process {
      process.kill(until: nil)
    }
    processes.removeAll { !$0.isRunning && $0.startsAt == nil }
  }

  private var isAtRest: Bool { unrest.isEmpty }

  /// What is not at rest yet.
  private var unrest: [String] {
    var all: [String] = []
    let names = processes.flatMap { process in (0..<scenario.workers).map { process.host.name($0) } }
    if !cluster.group.isStable { all.append("the group is not stable") }
    if cluster.group.memberNames != names.sorted() { all.append("the members are \(cluster.group.memberNames)") }
    if !cluster.coordinator.isIdle { all.append("a transaction is open") }
    for process in processes where !process.board.isReady(scenario.workers) {
      all.append("\(process.instance) is not ready")
    }
    for process in processes where process.host.isFenced { all.append("\(process.instance) lost its name") }
    for topic in scenario.topics.inputs + [scenario.topics.forward] {
      for number in 0..<(scenario.counts[topic] ?? 0) {
        let id = TopicPartition(topic: topic, partition: Partition(Int32(number)))
        guard let log = cluster.logs[id] else { continue }
        let committed = cluster.committedOffsets[id] ?? log.low
        if !log.read(from: committed, limit: 1).records.isEmpty { all.append("\(id) is not read behind \(committed)") }
      }
    }
    // What is due is looked for last: it takes a look into every customer.
    return all.isEmpty ? due : all
  }

  /// What the workers know to be due and have not fired.
  private var due: [String] {
    processes.flatMap(\.workers).flatMap { worker in
      worker.storedFacets.compactMap { key, facet in
        guard let due = try? nextDue(ofStoredFacet: facet), due <= timeline.now else { return nil }
        return "\(ChangelogKey(key.span)?.customer.description ?? "?") is due since \(due.rfc3339)"
      }
    }
  }
}

/// Lines that say that the engine has caught itself at a fault.
private final class CriticalLines: @unchecked Sendable {
  private(set) var all: [String] = []
  func append(_ line: String) { all.append(line) }
}

/// A trace's writer on its way through a log; a run has one thread.
private struct Traced: @unchecked Sendable {
  let write: (String) -> Void
}
