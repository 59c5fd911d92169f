import Kafka

/// The consumer group of the simulated cluster: static members, eager rebalances, range assignment, generations.
struct MemoryGroup {
  private enum Phase {
    /// Waits for the others, then for its share.
    case joining
    /// Its share waits to be polled.
    case offered
    case owning
    /// A revocation waits to be polled.
    case mustRevoke
    /// A revocation was polled and not answered yet: the whole group waits for it.
    case revoking
  }

  private struct Member {
    let token: Int
    let topics: [String]
    var phase = Phase.joining
    var share: [TopicPartition] = []
  }

  private var members: [String: Member] = [:]
  private var fencedTokens: Set<Int> = []
  private var nextToken = 0
  private var isPreparing = false
  private(set) var generation = 0
  private let partitionCounts: [String: Int]

  init(partitionCounts: [String: Int]) { self.partitionCounts = partitionCounts }

  /// Whether every member has its share.
  var isStable: Bool { members.values.allSatisfy { if case .owning = $0.phase { true } else { false } } }

  /// A consumer of the name takes its place; a former one of the name is fenced, and nobody else notices.
  mutating func join(_ name: String, _ topics: [String]) -> Int {
    nextToken += 1
    var member = Member(token: nextToken, topics: topics)
    if let former = members[name] {
      fencedTokens.insert(former.token)
      member.share = former.share
      member.phase = isPreparing ? .joining : .offered
      members[name] = member
      completeIfJoined()
    } else {
      members[name] = member
      rebalance()
    }
    return nextToken
  }

  /// The session of a member ends, or it leaves; the others share what it had.
  mutating func remove(_ name: String) {
    members[name] = nil
    rebalance()
  }

  /// Every member gives up its share and gets a new one.
  mutating func rebalance() {
    isPreparing = true
    for (name, member) in members {
      switch member.phase {
      case .owning: members[name]?.phase = .mustRevoke
      case .offered: members[name]?.phase = .joining
      case .joining, .mustRevoke, .revoking: break
      }
    }
    completeIfJoined()
  }

  /// The present members.
  var tokens: [Int] { members.values.map(\.token) }

  func isFenced(_ token: Int) -> Bool { fencedTokens.contains(token) }
  func isMember(_ token: Int) -> Bool { name(of: token) != nil }

  /// What a member that polls is told.
  mutating func next(for token: Int) -> Rebalance? {
    guard let name = name(of: token), let member = members[name] else { return nil }
    switch member.phase {
    case .offered:
      members[name]?.phase = .owning
      return .assigned(member.share)
    case .mustRevoke:
      members[name]?.phase = .revoking
      return .revoked(member.share, lost: false)
    case .joining, .owning, .revoking: return nil
    }
  }

  func mayFetch(_ token: Int) -> Bool {
    guard let name = name(of: token), let phase = members[name]?.phase else { return true }
    switch phase {
    case .owning, .mustRevoke: return true
    case .joining, .offered, .revoking: return false
    }
  }

  mutating func answerRevocation(_ token: Int) {
    guard let name = name(of: token), case .revoking = members[name]?.phase else { return }
    members[name]?.phase = .joining
    members[name]?.share = []
    completeIfJoined()
  }

  private func name(of token: Int) -> String? { members.first { $0.value.token == token }?.key }

  private mutating func completeIfJoined() {
    let areJoined = members.values.allSatisfy { if case .joining = $0.phase { true } else { false } }
    guard isPreparing, areJoined else { return }
    isPreparing = false
    generation += 1
    let names = members.keys.sorted()
    for (index, name) in names.enumerated() {
      let share = share(of: index, of: names.count, topics: members[name]?.topics ?? [])
      members[name]?.share = share
      members[name]?.phase = .offered
    }
  }

  /// Kafka's range assignment: consecutive partitions of each topic, the first members get the remainder.
  private func share(of index: Int, of members: Int, topics: [String]) -> [TopicPartition] {
    topics.sorted().flatMap { topic in
      let count = partitionCounts[topic] ?? 0
      let (each, rest) = count.quotientAndRemainder(dividingBy: members)
      let start = index * each + min(index, rest)
      let end = start + each + (index < rest ? 1 : 0)
      return (start..<end).map { TopicPartition(topic: topic, partition: Partition(Int32($0))) }
    }
  }
}
