import Kafka

/// The consumer group of the simulated cluster: static members, heartbeats, eager rebalances, range assignment, generations.
package final class GroupCoordinator {
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
    /// The group went on without its answer: it has a share in the new generation and knows only the old one.
    case leftBehind
  }

  private struct Member {
    let token: Int
    let topics: [String]
    var phase = Phase.joining
    var share: [TopicPartition] = []
    /// When its client hears of the phase that it is in.
    var hearsAt = Duration.zero
    /// Since when nothing was heard of it; nil while its heartbeats come.
    var silentSince: Duration?
  }

  /// How the group deals with members that do not answer; without them it waits for ever.
  package struct Timeouts {
    /// A member that is silent for so long is removed.
    package var session: Duration
    /// A rebalance waits so long for its members' answers.
    package var rebalance: Duration

    package init(session: Duration, rebalance: Duration) {
      self.session = session
      self.rebalance = rebalance
    }
  }

  package var timeouts: Timeouts?
  /// How long it takes until a member hears of a change.
  package var hearing: () -> Duration = { .zero }
  /// Whether the brokers are away: nothing is decided then.
  package var isAway = false

  private let timeline: Timeline
  private var members: [String: Member] = [:]
  private var names: [Int: String] = [:]
  private var fencedTokens: Set<Int> = []
  private var nextToken = 0
  private var isPreparing = false
  private var preparation = 0
  package private(set) var generation = 0
  private let partitionCounts: [String: Int]

  package init(partitionCounts: [String: Int], timeline: Timeline) {
    self.partitionCounts = partitionCounts
    self.timeline = timeline
  }

  /// Whether every member has its share.
  package var isStable: Bool { members.values.allSatisfy { if case .owning = $0.phase { true } else { false } } }

  /// The names of the members, in their order.
  package var memberNames: [String] { members.keys.sorted() }

  /// What the group has given a member.
  package func share(of name: String) -> [TopicPartition] { members[name]?.share ?? [] }

  /// A consumer of the name takes its place; a former one of the name is fenced, and nobody else notices.
  package func join(_ name: String, _ topics: [String]) -> Int {
    nextToken += 1
    names[nextToken] = name
    var member = Member(token: nextToken, topics: topics)
    if let former = members[name] {
      fencedTokens.insert(former.token)
      names[former.token] = nil
      member.share = former.share
      member.phase = isPreparing ? .joining : .offered
      member.hearsAt = timeline.elapsed
      members[name] = member
      completeIfJoined()
    } else {
      members[name] = member
      rebalance()
    }
    return nextToken
  }

  /// The session of a member ends, or it leaves; the others share what it had.
  package func remove(_ name: String) {
    guard let member = members.removeValue(forKey: name) else { return }
    names[member.token] = nil
    rebalance()
  }

  /// Every member gives up its share and gets a new one.
  package func rebalance() {
    if !isPreparing {
      isPreparing = true
      preparation += 1
      limit(preparation)
    }
    for (name, member) in members {
      switch member.phase {
      case .owning: tell(name, .mustRevoke)
      case .offered: members[name]?.phase = .joining
      case .joining, .mustRevoke, .revoking, .leftBehind: break
      }
    }
    completeIfJoined()
  }

  package func isFenced(_ token: Int) -> Bool { fencedTokens.contains(token) }
  package func isMember(_ token: Int) -> Bool { names[token] != nil }

  /// Whether offsets may be committed in the name of this member in this generation.
  package func isValid(token: Int, generation: Int) -> Bool { isMember(token) && generation == self.generation }

  /// Whether the group went on without this member, and it has heard of it.
  package func isLeftBehind(_ token: Int) -> Bool {
    guard let member = member(token), case .leftBehind = member.phase else { return false }
    return member.hearsAt <= timeline.elapsed
  }

  /// What a member that polls is told.
  package func next(for token: Int) -> Rebalance? {
    guard let name = names[token], let member = members[name], member.hearsAt <= timeline.elapsed else { return nil }
    switch member.phase {
    case .offered:
      members[name]?.phase = .owning
      return .assigned(member.share)
    case .mustRevoke:
      members[name]?.phase = .revoking
      return .revoked(member.share, lost: false)
    case .joining, .owning, .revoking, .leftBehind: return nil
    }
  }

  package func mayFetch(_ token: Int) -> Bool {
    switch member(token)?.phase {
    case nil, .owning, .mustRevoke, .leftBehind: true
    case .joining, .offered, .revoking: false
    }
  }

  package func answerRevocation(_ token: Int) {
    guard let name = names[token] else { return }
    switch members[name]?.phase {
    case .revoking:
      members[name]?.phase = .joining
      members[name]?.share = []
      completeIfJoined()
    case .leftBehind:
      if isPreparing {
        members[name]?.phase = .joining
        completeIfJoined()
      } else {
        tell(name, .offered)
      }
    case nil, .joining, .offered, .owning, .mustRevoke: return
    }
  }

  /// A member's heartbeats stop; its session ends when they do not come again in time.
  package func silence(_ token: Int) {
    guard let name = names[token], members[name]?.silentSince == nil else { return }
    members[name]?.silentSince = timeline.elapsed
    guard let timeouts else { return }
    expire(name, token, since: timeline.elapsed, after: timeouts.session)
  }

  /// A member's heartbeats come again.
  package func hear(_ token: Int) {
    if let name = names[token] { members[name]?.silentSince = nil }
  }

  private func expire(_ name: String, _ token: Int, since: Duration, after session: Duration) {
    timeline.schedule(after: session) { [weak self] in
      guard let self, let member = members[name], member.token == token, member.silentSince == since else { return }
      // A coordinator that comes back gives every member another session.
      if isAway { expire(name, token, since: since, after: session) } else { remove(name) }
    }
  }

  /// Who has not answered in time is left behind. Static members stay in the group: their sessions may still be alive.
  private func limit(_ number: Int) {
    guard let timeouts else { return }
    timeline.schedule(after: timeouts.rebalance) { [weak self] in
      guard let self, isPreparing, preparation == number else { return }
      guard !isAway else { return limit(number) }
      complete()
    }
  }

  private func member(_ token: Int) -> Member? { names[token].flatMap { members[$0] } }

  private func tell(_ name: String, _ phase: Phase) {
    members[name]?.phase = phase
    members[name]?.hearsAt = timeline.elapsed + hearing()
  }

  private func completeIfJoined() {
    let areJoined = members.values.allSatisfy { if case .joining = $0.phase { true } else { false } }
    if isPreparing, areJoined { complete() }
  }

  private func complete() {
    isPreparing = false
    generation += 1
    let sorted = memberNames
    for (index, name) in sorted.enumerated() {
      guard let member = members[name] else { continue }
      members[name]?.share = share(of: index, of: sorted.count, topics: member.topics)
      if case .joining = member.phase { tell(name, .offered) } else { tell(name, .leftBehind) }
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
