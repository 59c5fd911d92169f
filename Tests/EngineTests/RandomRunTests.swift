import Kafka
import Testing

@testable import Engine
@testable import Retention

/// Seeded runs of two workers with random input, faults, deaths and rebalances equal a plain loop over the same events.
struct RandomRunTests {
  @Test(arguments: 0..<300 as Range<UInt64>)
  func aRunWithFaultsEqualsASequentialOne(_ seed: UInt64) throws {
    var run = try RandomRun(seed: seed)
    try run.play()
    try run.check()
  }

  @Test func theRunsSeeEveryKindOfTrouble() throws {
    var failures = 0
    var deaths = 0
    var aborted = 0
    for seed in 0..<20 as Range<UInt64> {
      var run = try RandomRun(seed: seed)
      try run.play()
      failures += run.world.cluster.faults.failures
      deaths += run.deaths
      aborted += (run.world.cluster.faults.counts[.abort] ?? 0)
    }
    #expect(failures > 100)
    #expect(deaths > 20)
    #expect(aborted > 20)
  }
}

/// One seeded run.
struct RandomRun {
  let world: World
  private(set) var deaths = 0
  private var random: Seeded
  private var model: SequentialModel
  /// Every event of a customer is written to one place, so that their order is the same on each way.
  private let places: [(customer: String, topic: String, partition: Int32)]
  private var written = 0

  init(seed: UInt64) throws {
    random = Seeded(seed)
    world = try World()
    model = SequentialModel(world.business)
    var places: [(String, String, Int32)] = []
    for number in 0..<5 {
      let partition = Int32(number % 2)
      let topic = ["orders", "shipments", "browsing"][number % 3]
      places.append((Shop.customer(in: partition, number), topic, Int32.random(in: 0...1, using: &random)))
    }
    self.places = places
    world.cluster.fetchLimit = Int.random(in: 1...6, using: &random)
    world.configuration.commitRecords = Int.random(in: 1...8, using: &random)
    world.configuration.commitInterval = .milliseconds([10, 300, 900].randomElement(using: &random) ?? 10)
    world.configuration.checkpointInterval = .seconds(3)
  }

  /// Events come while everything fails; then time goes on, and the timers fire while everything fails.
  mutating func play() throws {
    for number in 0..<2 { world.start(number) }
    for _ in 0..<60 {
      if Bool.random(using: &random) { try write() }
      try trouble()
    }
    try calm()
    world.clock.now = Shop.now + .days(31)
    for _ in 0..<25 { try trouble() }
    try calm()
    try model.fire(now: world.clock.now)
  }

  /// The committed outputs, the changelog and the restored states are those of the model.
  func check() throws {
    for stream in [world.topics.ledger, world.topics.notifications] {
      let expected = model.outputs.mapValues { $0.filter { $0.stream == stream } }.filter { !$0.value.isEmpty }
      #expect(world.outputs(stream) == expected)
    }
    let refused = world.deadLetters.map { letter in
      "\(letter.header("dlq.topic") ?? "") [\(letter.header("dlq.partition") ?? "")] \(letter.header("dlq.offset") ?? "")"
    }
    #expect(refused.sorted() == model.refused.sorted())
    #expect(world.storedState == model.state)
    #expect(world.restoredState == model.state)
    for number in 0..<2 { world.start(number) }
    try world.settle()
    #expect(world.restoredState == model.state)
  }

  private mutating func write() throws {
    let place = places.randomElement(using: &random) ?? places[0]
    let value = event(of: place.customer)
    let id = world.cluster.write(place.topic, place.partition, key: Array("k\(written)".utf8), value: value)
    let offset = Offset((world.cluster.logs[id]?.high.value ?? 1) - 1)
    try model.take(value, at: id, offset, now: world.clock.now)
    written += 1
  }

  private mutating func event(of customer: String) -> [UInt8] {
    let order = "o-\(Int.random(in: 0..<3, using: &random))"
    switch Int.random(in: 0..<9, using: &random) {
    case 0...2:
      return Shop.paid(order, of: customer, total: Int.random(in: 0...40_000, using: &random), id: "e-\(written)")
    case 3:
      return Shop.refunded(order, of: customer, amount: Int.random(in: 1...20_000, using: &random), id: "e-\(written)")
    case 4: return Shop.cancelled(order, of: customer)
    case 5: return Array("no event \(written)".utf8)
    default:
      let status =
        ["in_transit", "out_for_delivery", "delivered", "exception"].randomElement(using: &random) ?? "delivered"
      let time = Shop.now - .minutes(Int64.random(in: 1...50, using: &random))
      return Shop.shipped("s-\(Int.random(in: 0..<2, using: &random))", order: order, of: customer, status, at: time)
    }
  }

  /// One step of one worker, with something going wrong now and then.
  private mutating func trouble() throws {
    switch Int.random(in: 0..<60, using: &random) {
    case 0: world.cluster.group.rebalance()
    case 1: world.cluster.expireSession(worker: Int.random(in: 0...1, using: &random))
    case 2: world.cluster.expireTransaction(worker: Int.random(in: 0...1, using: &random))
    case 3: world.storage.files = [:]
    case 4:
      world.storage.files = world.storage.files.mapValues { Array($0.dropLast(Int.random(in: 0...9, using: &random))) }
    case 5: world.storage.isFull.toggle()
    case 6: for id in world.cluster.logs.keys where id.topic == world.topics.state { world.cluster.logs[id]?.compact() }
    default: break
    }
    plan()
    let number = Int.random(in: 0...1, using: &random)
    world.clock.pass(.milliseconds(Int64.random(in: 0...700, using: &random)))
    do {
      _ = try world.workers[number]?.step()
    } catch {
      guard error.problem.contains("_CRASH") else { throw error }
      deaths += 1
      world.start(number)
    }
  }

  /// Every call may fail once in a while, in each way that the real one knows.
  private mutating func plan() {
    guard Int.random(in: 0..<3, using: &random) == 0, let call = Call.allCases.randomElement(using: &random) else {
      return
    }
    let hasEffect = Bool.random(using: &random)
    if Int.random(in: 0..<3, using: &random) == 0 { return world.cluster.faults.crash(call, afterEffect: hasEffect) }
    let recovery = recoveries(of: call).randomElement(using: &random) ?? .retry
    // What asks for an abort has had no effect, or its effect is aborted; only of these does an answer get lost on its own.
    let canHaveEffect = [.sendOffsets, .commit, .abort].contains(call) && recovery != .abort
    world.cluster.faults.fail(call, .init(recovery: recovery, hasEffect: hasEffect && canHaveEffect))
  }

  private func recoveries(of call: Call) -> [Recovery] {
    switch call {
    case .produce, .sendOffsets, .commit: [.retry, .abort, .rebuild]
    case .abort, .begin, .initTransactions: [.retry, .rebuild]
    default: [.retry, .abort, .rebuild]
    }
  }

  private mutating func calm() throws {
    world.cluster.faults.forget()
    world.storage.isFull = false
    try world.settle(rounds: 1_000)
  }
}
