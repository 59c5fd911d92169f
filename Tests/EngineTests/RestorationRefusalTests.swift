import Kafka
import Simulation
import Testing

@testable import Engine
@testable import Retention

/// A state that cannot be complete is refused with a remedy, never taken for what it is.
struct RestorationRefusalTests {
  @Test func anotherNumberOfPartitionsIsRefused() throws {
    let (world, _, _) = try World.lived()
    let grown = try World(["retaind.state": 3, "retaind.forward": 3])
    grown.partitioning = Partitioning(count: 3)
    for (id, log) in world.cluster.logs where id.topic == world.topics.state { grown.cluster.logs[id] = log }
    let stop = try #require(grown.stop(of: grown.start()))
    #expect(stop.kind == .data)
    #expect(stop.problem.contains("N was changed"))
    #expect(stop.remedy.contains("partition count"))
  }

  @Test func aForwardTopicWithAnotherCountThanTheStateTopicIsRefused() throws {
    let world = try World(["retaind.forward": 3])
    let stop = try #require(world.stop(of: world.start()))
    #expect(stop.kind == .configuration)
    #expect(stop.problem.contains("retaind.forward has 3 partitions"))
  }

  @Test func aTopicThatIsMissingForAMomentDoesNotStopTheProcess() throws {
    let world = try World()
    world.cluster.countsOnce = [:]
    world.start()
    try world.settle()
    #expect(world.board.isReady(1))
  }

  @Test func aChangelogThatLostItsBeginningIsRefused() throws {
    let (world, _, _) = try World.lived()
    world.storage.files = [:]
    let source = TopicPartition(topic: world.topics.state, partition: Partition(0))
    world.cluster.logs[source]?.truncate(before: Offset(2))
    let stop = try #require(world.stop(of: world.start()))
    #expect(stop.kind == .data)
    #expect(stop.problem.contains("retaind.state [0]"))
    #expect(stop.remedy.contains("cleanup.policy=compact"))
  }

  @Test func aCheckpointBehindTheBeginningOfAShortenedChangelogIsNotUsed() throws {
    let (world, _, early) = try World.lived()
    world.storage.files = early
    let source = TopicPartition(topic: world.topics.state, partition: Partition(0))
    let high = try #require(world.cluster.logs[source]?.high)
    world.cluster.logs[source]?.truncate(before: high)
    #expect(world.stop(of: world.start())?.kind == .data)
  }

  @Test func committedOffsetsThatAreGoneWhileThereIsStateAreRefused() throws {
    let (world, _, _) = try World.lived()
    world.cluster.committedOffsets = [:]
    let stop = try #require(world.stop(of: world.start()))
    #expect(stop.kind == .data)
    #expect(stop.problem.contains("retaind.forward [0]"))
    #expect(stop.remedy.contains("reset the offsets"))
  }

  @Test func aRecordOfTheChangelogThatIsNoFacetIsRefused() throws {
    let world = try World()
    world.cluster.write(world.topics.state, 0, key: [99, 1], value: [1])
    let stop = try #require(world.stop(of: world.start()))
    #expect(stop.kind == .data)
    #expect(stop.problem.contains("retaind.state [0]"))
    #expect(stop.remedy.contains("version"))
  }
}
