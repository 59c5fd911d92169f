import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

/// Input that is not keyed as state is reaches the worker that owns its customer, with its origin, once.
struct ForwardingTests {
  @Test func aRecordOfAnotherPartitionsCustomerIsForwardedWithItsOriginAndProcessedOnce() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    let value = Shop.shipped("s-1", order: "o-1", of: customer, "out_for_delivery")
    let headers = [Header("content-type", "application/cloudevents+json"), Header(name: [0x78], value: nil)]
    world.cluster.write("shipments", 1, key: Array("o-1".utf8), value: value, headers: headers, timestamp: 42)
    world.start()
    try world.settle()
    let forwarded = try #require(world.cluster.committed(world.topics.forward).first)
    #expect(forwarded.partition == Partition(0))
    #expect(forwarded.key == Array(customer.utf8))
    #expect(forwarded.value == value)
    #expect(forwarded.timestamp == 42)
    #expect(Array(forwarded.headers.prefix(2)) == headers)
    let notice = try #require(world.notifications.first)
    #expect(world.notifications.count == 1)
    #expect(notice.cause["topic"] as? String == "shipments")
    #expect(notice.cause["partition"] as? Int == 1)
    #expect(notice.cause["offset"] as? Int == 0)
    #expect(world.board.tally.forwarded == ["shipments": 1])
  }

  @Test func aRecordOfItsCustomersOwnPartitionIsProcessedInPlace() throws {
    let world = try World()
    let customer = Shop.customer(in: 1)
    world.send(Shop.paid("o-1", of: customer), for: customer)
    world.start()
    try world.settle()
    #expect(world.cluster.committed(world.topics.forward).isEmpty)
    #expect(world.ledger.count == 1)
  }

  @Test func aTopicWithAnotherPartitionCountIsForwardedWhole() throws {
    let world = try World(["orders": 5])
    let customers = (0..<6).map { Shop.customer(in: Int32($0 % 2), $0) }
    for customer in customers { world.send(Shop.paid("o-\(customer)", of: customer), for: customer) }
    world.start()
    try world.settle()
    #expect(world.cluster.committed(world.topics.forward).count == customers.count)
    #expect(Set(world.ledger.map(\.customer)) == Set(customers))
    #expect(world.ledger.count == customers.count)
  }

  @Test func aRecordInTheWrongPartitionOfTheForwardTopicIsForwardedOnceMoreAndKeepsItsOrigin() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    let origin = Cause.Origin(topic: "shipments", partition: 7, offset: 99)
    world.cluster.write(
      world.topics.forward, 1, value: Shop.shipped("s-1", order: "o-1", of: customer, "delivered"),
      headers: Forwarding.headers([], from: origin))
    world.start()
    try world.settle()
    #expect(world.notifications.map { $0.cause["offset"] as? Int } == [99])
    #expect(world.cluster.committed(world.topics.forward).map(\.partition) == [Partition(0), Partition(1)])
  }

  @Test func aRecordThatAnotherProgramWritesToTheForwardTopicIsInputLikeAnyOther() throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.send(Shop.paid("o-1", of: customer), for: customer, to: world.topics.forward)
    world.start()
    try world.settle()
    #expect(world.notifications.first?.cause["topic"] as? String == world.topics.forward)
  }

  @Test(arguments: [(Call.produce, 1), (.produce, 0), (.sendOffsets, 1), (.commit, 0)])
  func aForwardedRecordIsNeitherLostNorDoubledWhenTheProcessDies(_ call: Call, skipping: Int) throws {
    let world = try World()
    let customer = Shop.customer(in: 0)
    world.send(Shop.paid("o-1", of: customer), for: customer, to: "orders", 1)
    for skipping in [0, skipping] { world.cluster.faults.crash(call, afterEffect: true, skipping: skipping) }
    for _ in 0..<2 { #expect(world.stop(of: world.start()) != nil) }
    world.start()
    try world.settle()
    #expect(world.cluster.committed(world.topics.forward).count == 1)
    #expect(world.ledger.count == 1)
  }

  @Test func headersAreSplitIntoThoseOfTheRecordAndItsOrigin() {
    let own = [Header("ce_id", "1"), Header("ce_id", "1"), Header(name: [0xff], value: nil)]
    let origin = Cause.Origin(topic: "orders", partition: 3, offset: 1 << 40)
    let (headers, found) = Forwarding.split(Forwarding.headers(own, from: origin))
    #expect(headers == own)
    #expect(found == origin)
  }

  @Test(arguments: [
    [], [Header("retaind.origin.topic", "orders")],
    [
      Header("retaind.origin.topic", "orders"), Header("retaind.origin.partition", "x"),
      Header("retaind.origin.offset", "1"),
    ],
    [
      Header("retaind.origin.partition", "1"), Header("retaind.origin.topic", "orders"),
      Header("retaind.origin.offset", "1"),
    ],
    [
      Header("retaind.origin.topic", "orders"), Header("retaind.origin.partition", "1"),
      Header("retaind.origin.offset", "1"), Header("more", ""),
    ],
  ])
  func headersWithoutAWholeOriginAtTheirEndStayAsTheyAre(_ headers: [Header]) {
    let (own, origin) = Forwarding.split(headers)
    #expect(own == headers)
    #expect(origin == nil)
  }
}
