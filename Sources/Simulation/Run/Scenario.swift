import Engine
import Kafka
import Retention

/// The shape of one run, drawn from its seed: sizes, timeouts and which troubles there are.
struct Scenario {
  let topics = Topics()
  /// Partitions of each topic.
  var counts: [String: Int] = [:]
  let partitioning: Partitioning
  let engine: EngineConfiguration
  let processes: Int
  /// Workers of each process.
  let workers: Int
  let customers: Int
  /// Turns of the scheduler in each of the two troubled phases.
  let turns: Int
  /// The most events that are written in each of them.
  let events: Int
  /// One turn in so many writes an event.
  let eventOdds: Int
  /// One turn in so many brings a trouble.
  let troubleOdds: Int
  /// One call in so many fails.
  let failureOdds: Int
  /// In one call of so many something else happens.
  let interludeOdds: Int
  let troubles: Set<Trouble>
  let fetchLimit: Int
  let wallRate: Int64
  let timeouts: GroupCoordinator.Timeouts
  let transactionTimeout: Duration

  init(_ dice: Dice) {
    let count = dice.number(1...4)
    partitioning = Partitioning(count: Int32(count))
    for topic in topics.inputs + topics.outputs { counts[topic] = count }
    // Some inputs are keyed differently, and forwarded.
    for topic in topics.inputs where dice.happens(oneIn: 3) { counts[topic] = dice.number(1...4) }
    counts[topics.deadLetters] = 1
    processes = dice.number(1...3)
    workers = processes == 1 ? dice.number(1...3) : dice.number(1...2)
    customers = dice.number(1...6)
    turns = dice.number(40...160)
    events = dice.number(5...50)
    eventOdds = dice.number(1...5)
    troubleOdds = dice.pick([4, 8, 15, 30]) ?? 8
    failureOdds = dice.pick([0, 15, 40, 100]) ?? 0
    interludeOdds = dice.pick([8, 20, 50, 120]) ?? 20
    fetchLimit = dice.number(1...20)
    wallRate = dice.pick([1, 10, 200, 2_000]) ?? 1
    // Each run has about half of them, and a run in eight only a few.
    let odds = dice.happens(oneIn: 8) ? 6 : 2
    troubles = Set(Trouble.allCases.filter { _ in dice.happens(oneIn: odds) })
    timeouts = .init(session: .seconds(dice.number(2...6)), rebalance: .seconds(dice.number(4...20)))
    var engine = EngineConfiguration()
    // So few that customers are closed and opened again within a unit of work.
    engine.openCustomers = 2
    engine.heldOutputs = dice.pick([1, 3, 1_000]) ?? 1
    engine.commitInterval =
      dice.pick([.milliseconds(10), .milliseconds(100), .milliseconds(500), .seconds(2)]) ?? .zero
    engine.commitRecords = dice.number(1...12)
    engine.checkpointInterval = .seconds(dice.number(1...30))
    engine.restoreDeadline = .seconds(3_600)
    self.engine = engine
    // Whoever sets the one below the other gets nothing done.
    transactionTimeout = engine.commitInterval * 2 + .seconds(dice.number(2...12))
  }

  /// Business in which what is due is due soon: care guides after an hour, points confirmed after a day.
  static let rules: Rules = {
    var rules = Rules()
    rules.points.confirmAfterDays = 1
    rules.points.confirmAtLatestDays = 2
    rules.logistics.careGuideAfterHours = 1
    rules.logistics.surveyAfterDays = 1
    return rules
  }()
}
