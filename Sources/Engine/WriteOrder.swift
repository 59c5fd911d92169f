/// The order in which a unit of work writes its records: of each group, which is a partition, the first comes before all others;
/// the others follow as they came. So what is about one customer stays in order.
///
/// librdkafka makes partitions known to the coordinator of a transaction a millisecond after one is new, and waits for the end of
/// that millisecond in a loop (before 2.4). Input comes from one partition after the other, and so would new partitions: each
/// cost a request and a millisecond of a core.
struct WriteOrder {
  private let count: Int
  /// The first of each group, in order.
  private var firsts: [Int] = []

  /// The order of `count` records, of which `group` tells the group; nil of one that has nothing to write.
  init<Group: Equatable>(_ count: Int, group: (Int) -> Group?) {
    self.count = count
    var known: [Group] = []
    var last: Group?
    for index in 0..<count {
      // Mostly the last one's.
      guard let group = group(index), group != last else { continue }
      last = group
      guard !known.contains(group) else { continue }
      known.append(group)
      firsts.append(index)
    }
  }

  /// Calls `body` with the position of the first of each group.
  func forEachFirst<E: Error>(_ body: (Int) throws(E) -> Void) throws(E) {
    for first in firsts { try body(first) }
  }

  /// Calls `body` with the position of each of the others.
  func forEachOther<E: Error>(_ body: (Int) throws(E) -> Void) throws(E) {
    var start = 0
    for first in firsts {
      for index in start..<first { try body(index) }
      start = first + 1
    }
    for index in start..<count { try body(index) }
  }
}
