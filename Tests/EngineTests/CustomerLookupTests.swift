import Kafka
import Retention
import Testing

@testable import Engine
@testable import Simulation

@Suite("Looking up a customer") struct CustomerLookupTests {
  private let customer = Shop.customer(in: 1)

  /// A world in which a worker has taken orders of two customers.
  private func world() throws -> World {
    let world = try World()
    world.start()
    for number in 0..<5 {
      world.send(Shop.paid("o-\(number)", of: customer), for: customer)
      world.send(Shop.paid("x-\(number)", of: Shop.customer(in: 0)), for: Shop.customer(in: 0))
    }
    try world.settle()
    return world
  }

  private func report(_ world: World, _ name: String) throws -> (json: String, isEmpty: Bool) {
    let found = try lookup(world, name)
    var json = JSONWriter()
    json.value(found.report)
    return (String(decoding: json.bytes, as: UTF8.self), found.report.isEmpty)
  }

  private func lookup(_ world: World, _ name: String, in topics: Topics = Topics()) throws -> CustomerLookup.Found {
    try CustomerLookup(world.host, topics: topics, deadline: .seconds(60), clock: world.clock)
      .find(try #require(CustomerID(name)))
  }

  @Test func whatWasCommittedIsFoundAndNothingOfOthers() throws {
    let found = try report(world(), customer)
    #expect(!found.isEmpty)
    for number in 0..<5 { #expect(found.json.contains("\"o-\(number)\"")) }
    #expect(!found.json.contains("\"x-"))
  }

  @Test func ofAnUnknownCustomerNothingIsFound() throws {
    let world = try world()
    #expect(try report(world, "nobody").isEmpty)
    let found = try lookup(world, customer)
    #expect(found.partition == Partition(1) && found.end > Offset(0))
  }

  @Test func whatAnOpenTransactionHoldsIsNotFoundAndNotWaitedFor() throws {
    let world = try world()
    let before = try report(world, customer).json
    let other = try world.openTransaction()
    #expect(try report(world, customer).json == before)
    try other.abort()
  }

  @Test func aPollThatFailsIsReadAgain() throws {
    let world = try world()
    let before = try report(world, customer).json
    for recovery in [Recovery.retry, .abort] {
      world.cluster.faults.fail(.readerPoll, .init(recovery: recovery, hasEffect: true), times: 2)
      #expect(try report(world, customer).json == before)
    }
  }

  @Test func aTopicThatIsNotThereIsAnErrorWithARemedy() throws {
    let world = try world()
    var topics = world.topics
    topics.state = "elsewhere"
    let stop = #expect(throws: Stop.self) { try lookup(world, customer, in: topics) }
    #expect(stop?.kind == .configuration && stop?.problem == "the topic elsewhere does not exist")
  }
}
