import Kafka
import Retention
import Simulation
import Testing

/// The simulated group does to its members what Kafka's coordinator would.
struct GroupCoordinatorTests {
  private let timeline = Timeline(now: Instant(milliseconds: 0))
  private let group: GroupCoordinator

  init() {
    group = GroupCoordinator(partitionCounts: ["t": 3, "u": 2], timeline: timeline)
    group.timeouts = .init(session: .seconds(10), rebalance: .seconds(30))
  }

  private func partitions(_ rebalance: Rebalance?) -> [String] {
    switch rebalance {
    case .assigned(let partitions): partitions.map(\.description)
    case .revoked(let partitions, _): partitions.map(\.description)
    case nil: []
    }
  }

  @Test func rangesAreGivenOutTopicByTopicAndTheFirstGetsTheRemainder() {
    let first = group.join("a", ["t", "u"])
    #expect(partitions(group.next(for: first)) == ["t [0]", "t [1]", "t [2]", "u [0]", "u [1]"])
    let second = group.join("b", ["t", "u"])
    #expect(group.next(for: first) == .revoked(group.share(of: "a"), lost: false))
    #expect(group.next(for: second) == nil)
    group.answerRevocation(first)
    #expect(partitions(group.next(for: first)) == ["t [0]", "t [1]", "u [0]"])
    #expect(partitions(group.next(for: second)) == ["t [2]", "u [1]"])
    #expect(group.generation == 2)
  }

  @Test func aStaticMemberThatComesBackGetsItsShareWithoutARebalance() {
    let first = group.join("a", ["t"])
    _ = group.next(for: first)
    let again = group.join("a", ["t"])
    #expect(group.isFenced(first))
    #expect(partitions(group.next(for: again)) == ["t [0]", "t [1]", "t [2]"])
    #expect(group.generation == 1)
  }

  @Test func aMemberOfAnOlderGenerationMayNotCommit() {
    let first = group.join("a", ["t"])
    _ = group.next(for: first)
    #expect(group.isValid(token: first, generation: 1))
    group.rebalance()
    // As long as the group only prepares, the old generation is the present one.
    #expect(group.isValid(token: first, generation: 1))
    _ = group.next(for: first)
    group.answerRevocation(first)
    #expect(!group.isValid(token: first, generation: 1))
    #expect(group.isValid(token: first, generation: 2))
  }

  @Test func aSilentMemberIsRemovedWhenItsSessionEndsAndNotBefore() {
    let first = group.join("a", ["t"])
    group.silence(first)
    timeline.pass(.seconds(9))
    #expect(group.isMember(first))
    timeline.pass(.seconds(1))
    #expect(!group.isMember(first))
  }

  @Test func aMemberThatIsHeardOfAgainInTimeStays() {
    let first = group.join("a", ["t"])
    group.silence(first)
    timeline.pass(.seconds(9))
    group.hear(first)
    timeline.pass(.seconds(60))
    #expect(group.isMember(first))
  }

  @Test func theGroupGoesOnWithoutAMemberThatDoesNotAnswer() {
    let first = group.join("a", ["t"])
    _ = group.next(for: first)
    let second = group.join("b", ["t"])
    _ = group.next(for: first)
    timeline.pass(.seconds(30))
    #expect(partitions(group.next(for: second)) == ["t [2]"])
    #expect(group.isLeftBehind(first))
    #expect(!group.isValid(token: first, generation: 1))
    group.answerRevocation(first)
    #expect(partitions(group.next(for: first)) == ["t [0]", "t [1]"])
  }

  @Test func aChangeIsHeardOfWithADelay() {
    group.hearing = { .seconds(2) }
    let first = group.join("a", ["t"])
    #expect(group.next(for: first) == nil)
    timeline.pass(.seconds(2))
    #expect(group.next(for: first) != nil)
  }
}
