import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

extension World {
  /// A world with a past: some customers ordered and got parcels, and the worker has shut down. `early` are the checkpoints
  /// of when half of that had happened.
  static func lived() throws -> (world: World, customers: [String], early: [String: [UInt8]]) {
    let world = try World()
    let customers = (0..<6).map { Shop.customer(in: Int32($0 % 2), $0) }
    let worker = world.start()
    for customer in customers.prefix(3) { world.send(Shop.paid("o-\(customer)", of: customer), for: customer) }
    try world.settle()
    worker.takeCheckpoints()
    let early = world.storage.files
    for customer in customers.dropFirst(3) { world.send(Shop.paid("o-\(customer)", of: customer), for: customer) }
    for customer in customers {
      let parcel = Shop.shipped("s-\(customer)", order: "o-\(customer)", of: customer, "delivered")
      world.send(parcel, for: customer, to: "shipments")
    }
    try world.settle()
    worker.shutDown()
    world.kill(0)
    return (world, customers, early)
  }

  /// Another worker's transaction, which has written a customer to the changelog's first partition and is not decided.
  func openTransaction() throws -> any TransactionProducer {
    let producer = try host.makeProducer(worker: 9)
    try producer.initTransactions(timeout: .zero)
    try producer.begin()
    let source = TopicPartition(topic: topics.state, partition: Partition(0))
    var model = SequentialModel(business)
    try model.take(Shop.paid("o-9", of: Shop.customer(in: 0, 5)), at: source, Offset(0), now: clock.now)
    for (key, facet) in model.state {
      var headers = HeaderList()
      try producer.produce(
        topic: source.topic, partition: source.partition, key: key.span, value: facet.span, headers: &headers,
        timestamp: nil)
    }
    return producer
  }

  /// The facets in the stores of all workers, by changelog keys.
  var restoredState: [[UInt8]: [UInt8]] {
    var all: [[UInt8]: [UInt8]] = [:]
    for state in workers.values.flatMap(\.assignment.states.values) {
      state.customers.forEach { stored in
        stored.forEach { all[ChangelogKey(customer: stored.customer, facet: $0).bytes] = Array($1) }
      }
    }
    return all
  }
}
