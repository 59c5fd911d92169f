import Engine
import Foundation
import Kafka
import Operations
import Retention

/// The shop, a broker and the real workers in one process.
final class Demo {
  private static let partitions = 4
  private static let workers = 2
  private static let days: Int64 = 13

  private let broker: EmbeddedBroker
  private let engine: EngineConfiguration
  private let clock: ShopClock
  private let shop: Shop
  private let board = StatusBoard()
  private let log: Log
  private let pool: WorkerPool
  private let storage: URL
  private let producer: TransactionalProducer
  private let notices: NoticeReader

  /// Starts the broker and the workers.
  init(program: RetentionProgram) throws {
    broker = try EmbeddedBroker()
    var configuration = EngineConfiguration(group: "retaind-demo")
    // Two hours of the shop's clock, which runs away from that of the worker's waits.
    configuration.idleWait = .milliseconds(100)
    let engine = configuration
    for topic in engine.topics.inputs + engine.topics.outputs {
      try broker.createTopic(topic, partitions: Self.partitions)
    }
    self.engine = engine
    // Two days before the member day, so that its double points are seen.
    let start = Instant(rfc3339: "2026-11-06T09:00:00+08:00") ?? Instant(milliseconds: 0)
    shop = Shop(start: start)
    let clock = ShopClock(start: start)
    self.clock = clock
    var settings = Log.Configuration()
    settings.minimumLevel = .error
    settings.format = .text(colour: isatty(2) != 0)
    let log = Log(settings, to: .standardError)
    self.log = log
    storage = FileManager.default.temporaryDirectory.appendingPathComponent("retaind-demo-\(UUID().uuidString)")
    let checkpoints = try CheckpointDirectory(path: storage.path, writer: "demo")
    var client = broker.configuration
    // The embedded broker answers a waiting fetch only when its time is over, however soon a record comes.
    client.properties["fetch.wait.max.ms"] = "20"
    let cluster = KafkaCluster(client, engine, log: log)
    let board = board
    pool = WorkerPool(Self.workers, log: log, onEnd: {}, wake: { cluster.wake() }) { number in
      Worker(
        number: number, configuration: engine, partitioning: Partitioning(count: Int32(Self.partitions)),
        cluster: cluster, business: BusinessSource(program), storage: checkpoints, clock: clock, log: log, board: board)
    }
    producer = try TransactionalProducer(client, transactionalID: "demo-shop", observer: .silent)
    try producer.initTransactions(timeout: .seconds(10))
    notices = try NoticeReader(client, topic: engine.topics.notifications, partitions: Self.partitions)
  }

  /// Plays the shop's days and prints the notices; `isInterrupted` waits a little and says whether to end early.
  func play(_ isInterrupted: () -> Bool) throws {
    print("A shop's fortnight on an embedded broker, with \(Self.workers) workers. They join the group first ...")
    while !board.isReady(Self.workers) {
      if let stop = pool.stop { throw stop }
      if isInterrupted() { return }
    }
    clock.begin()
    var waiting = shop.messages[...]
    let end = shop.start + .days(Self.days)
    while clock.read().now < end {
      if let stop = pool.stop { throw stop }
      let now = clock.read().now
      let due = waiting.prefix { $0.time <= now }
      try publish(due)
      waiting = waiting.dropFirst(due.count)
      try notices.printNew()
      if isInterrupted() { break }
    }
    pool.requestStop()
    guard pool.wait(timeout: .seconds(10)) else {
      throw Failure(.unavailable, "the workers of the demo did not finish within 10 s")
    }
    try notices.printNew()
    print("\n" + Summary.text(board.tally))
  }

  /// Lets go of everything; the checkpoints of a demo are of no use to anybody.
  func close() {
    pool.requestStop()
    _ = pool.wait(timeout: .seconds(5))
    producer.close()
    notices.close()
    try? FileManager.default.removeItem(at: storage)
  }

  private func publish(_ messages: ArraySlice<Shop.Message>) throws {
    guard !messages.isEmpty else { return }
    try producer.begin()
    for message in messages {
      let key = Array(message.key.utf8)
      try producer.produce(
        topic: topic(message.topic), partition: nil, key: key.span, value: message.value.span)
    }
    try producer.commit()
  }

  private func topic(_ topic: Shop.Topic) -> String {
    switch topic {
    case .orders: engine.topics.orders
    case .shipments: engine.topics.shipments
    case .browsing: engine.topics.browsing
    case .customers: engine.topics.customers
    }
  }
}
