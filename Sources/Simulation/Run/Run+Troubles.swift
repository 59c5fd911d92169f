import Engine
import Kafka
import Retention

extension Run {
  /// Something goes wrong between two steps.
  func makeTrouble() {
    guard let trouble = dice.pick(Trouble.allCases.filter(scenario.troubles.contains)) else { return }
    guard happens(trouble) else { return }
    troubles.count(trouble)
    say("trouble: \(trouble)")
  }

  private func happens(_ trouble: Trouble) -> Bool {
    switch trouble {
    case .kill, .leave, .twin, .cutOff: happensToProcess(trouble)
    case .tornCheckpoint, .staleCheckpoint, .lostCheckpoint, .fullDisk: happensToDisk(trouble)
    case .outage, .longOutage, .leaderless, .rebalance, .foreignTransaction: happensToCluster(trouble)
    case .compaction, .retention: happensToLogs(trouble)
    case .clockForward, .clockBack: happensToClock(trouble)
    // These happen within calls.
    case .killInCall, .freeze, .interleaving, .failedCall, .lostAnswer, .slowMarkers, .heldBackRecords,
      .expiredTransaction:
      false
    }
  }

  private func happensToProcess(_ trouble: Trouble) -> Bool {
    guard let process = dice.pick(processes), process.isRunning else { return false }
    let back = timeline.elapsed + dice.milliseconds(0...8_000)
    switch trouble {
    case .kill: process.kill(until: back)
    case .leave:
      guard !process.isBusy else { return false }
      process.stop(until: back)
    case .twin:
      guard !process.hasTwin else { return false }
      let twin = makeProcess(process.instance, on: process.disk)
      process.hasTwin = true
      twin.hasTwin = true
      twin.start(workers: scenario.workers)
      processes.append(twin)
    case .cutOff: process.host.cutOff(for: dice.milliseconds(100...10_000))
    default: return false
    }
    return true
  }

  private func happensToDisk(_ trouble: Trouble) -> Bool {
    guard let disk = dice.pick(processes)?.disk else { return false }
    switch trouble {
    case .tornCheckpoint:
      guard let name = dice.pick(disk.files.keys.sorted()), var file = disk.files[name], !file.isEmpty else {
        return false
      }
      if dice.happens(oneIn: 2) {
        file.removeLast(dice.number(1...file.count))
      } else {
        file[dice.number(0...file.count - 1)] ^= UInt8(1) << UInt8(dice.number(0...7))
      }
      disk.files[name] = file
    case .staleCheckpoint:
      let old = disk.files
      guard !old.isEmpty else { return false }
      timeline.schedule(after: dice.milliseconds(500...10_000)) { disk.files = old }
    case .lostCheckpoint: disk.files = [:]
    case .fullDisk:
      disk.isFull = true
      timeline.schedule(after: dice.milliseconds(500...10_000)) { disk.isFull = false }
    default: return false
    }
    return true
  }

  private func happensToCluster(_ trouble: Trouble) -> Bool {
    switch trouble {
    case .outage: cluster.goAway(for: dice.milliseconds(200...15_000))
    case .longOutage:
      guard troubles.counts[.longOutage] == nil else { return false }
      cluster.goAway(for: .seconds(600))
      for _ in 0..<60 { timeline.pass(.seconds(10)) }
    case .leaderless:
      let chosen = Set(cluster.logs.keys.sorted().filter { _ in dice.happens(oneIn: 5) })
      cluster.leaderless.formUnion(chosen)
      timeline.schedule(after: dice.milliseconds(200...20_000)) { [cluster] in cluster.leaderless.subtract(chosen) }
    case .rebalance: cluster.group.rebalance()
    case .foreignTransaction: return openForeignTransaction()
    default: return false
    }
    return true
  }

  /// Somebody else writes to the changelog and does not come to an end for a while; what it wrote is aborted then.
  private func openForeignTransaction() -> Bool {
    let id = TopicPartition(
      topic: scenario.topics.state, partition: Partition(Int32(dice.number(0...Int(scenario.partitioning.count) - 1))))
    let name = "foreign-\(troubles.counts[.foreignTransaction, default: 0])"
    guard !cluster.isAway, !cluster.leaderless.contains(id) else { return false }
    cluster.coordinator.fence(name)
    let transaction = cluster.coordinator.write(name, to: id)
    cluster.logs[id]?.append(
      key: Array("foreign".utf8), value: [], headers: [], timestamp: nil, transaction: transaction)
    timeline.schedule(after: dice.milliseconds(500...10_000)) { [cluster] in
      cluster.coordinator.end(name, commits: false)
    }
    return true
  }

  /// Days pass here in the middle of a restore. Nobody restores for as long as a tombstone is kept.
  private var isRestoring: Bool { processes.contains { $0.isRunning && !$0.board.isReady(scenario.workers) } }

  private func happensToLogs(_ trouble: Trouble) -> Bool {
    for id in cluster.logs.keys.sorted() {
      if trouble == .compaction, id.topic == scenario.topics.state, !isRestoring {
        cluster.logs[id]?.compact(now: timeline.now)
      }
      let isInput = id.topic == scenario.topics.forward || scenario.topics.inputs.contains(id.topic)
      if trouble == .retention, isInput, let committed = cluster.committedOffsets[id] {
        cluster.logs[id]?.truncate(before: Offset(Int64(dice.number(0...Int(committed.value)))))
      }
    }
    return true
  }

  private func happensToClock(_ trouble: Trouble) -> Bool {
    if trouble == .clockForward {
      timeline.now = timeline.now + .minutes(Int64(dice.number(1...30 * 60)))
    } else {
      // Twice at the most, so that no event lies more than an hour ahead.
      guard troubles.counts[.clockBack, default: 0] < 2 else { return false }
      timeline.now = timeline.now - .minutes(Int64(dice.number(1...25)))
    }
    return true
  }
}

extension Run {
  /// Whether a call fails, and how; each in the ways that the real one knows.
  func fault(of call: Call) -> FaultScript.Fault? {
    guard isTroubled, dice.happens(oneIn: scenario.failureOdds) else { return nil }
    let recovery = dice.pick(recoveries(of: call)) ?? .retry
    // What asks for an abort has had no effect, or its effect is aborted; only of these does an answer get lost on its own.
    let canHaveEffect = [.sendOffsets, .commit, .abort].contains(call) && recovery != .abort
    let hasEffect = canHaveEffect && scenario.troubles.contains(.lostAnswer) && dice.happens(oneIn: 2)
    guard hasEffect || scenario.troubles.contains(.failedCall) else { return nil }
    troubles.count(hasEffect ? .lostAnswer : .failedCall)
    return FaultScript.Fault(recovery: recovery, hasEffect: hasEffect)
  }

  private func recoveries(of call: Call) -> [Recovery] {
    switch call {
    case .abort, .begin, .initTransactions: [.retry, .rebuild]
    default: [.retry, .abort, .rebuild]
    }
  }

  /// Other things happen before or after a call: to others, or to the caller.
  func interlude(_ host: SimulatedHost, _ call: Call) {
    // Most calls are polls, most of what can go wrong is within a transaction.
    let isDecisive = [.begin, .groupMetadata, .sendOffsets, .commit].contains(call)
    let odds = isDecisive ? max(2, scenario.interludeOdds / 4) : scenario.interludeOdds
    guard isTroubled, depth < 2, dice.happens(oneIn: odds) else { return }
    guard let trouble = dice.pick([Trouble.killInCall, .freeze, .interleaving].filter(scenario.troubles.contains))
    else {
      return
    }
    // A death ends what could go wrong yet, so it comes seldom.
    if trouble == .killInCall, !dice.happens(oneIn: 4) { return }
    troubles.count(trouble)
    say("\(host.instance): \(trouble) at \(call)")
    depth += 1
    defer { depth -= 1 }
    switch trouble {
    case .killInCall: processes.first { $0.host === host }?.kill(until: timeline.elapsed + dice.milliseconds(0...8_000))
    case .freeze:
      host.freeze()
      if dice.happens(oneIn: 4) {
        // Until others have taken over what it had, and done what was due there.
        others(for: scenario.timeouts.session + dice.milliseconds(100...3_000), turns: 20...40)
      } else {
        others(for: dice.milliseconds(200...9_000), turns: 1...8)
      }
      host.thaw()
    default: others(for: dice.milliseconds(0...1_500), turns: 1...8)
    }
  }

  /// Other workers act for a while; those within a step are left out by their processes.
  private func others(for duration: Duration, turns: ClosedRange<Int>) {
    let slices = dice.number(turns)
    for _ in 0..<slices {
      do {
        if dice.happens(oneIn: scenario.eventOdds) { workload.write() }
        if dice.happens(oneIn: scenario.troubleOdds * 2) { makeTrouble() }
        try turn()
        timeline.pass(duration / slices)
      } catch {
        violations.append("\(error)")
      }
    }
  }
}
