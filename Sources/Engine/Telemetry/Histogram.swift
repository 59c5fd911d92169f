/// How values are distributed: how many fell into each of some buckets, and their sum.
public struct Histogram: Sendable, Equatable {
  /// The upper bounds of the buckets, ascending and inclusive; what is larger than the last falls into one more.
  public let bounds: [Double]
  /// How many values fell into each bucket; one more than there are bounds.
  public private(set) var counts: [Int]
  /// The sum of all values.
  public private(set) var sum = 0.0

  /// An empty histogram.
  public init(bounds: [Double]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  /// How many values there are.
  public var count: Int { counts.reduce(0, +) }

  /// Takes a value.
  mutating func observe(_ value: Double) {
    counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum += value
  }

  /// Takes the values of another with the same bounds.
  mutating func add(_ other: Histogram) {
    guard other.sum != 0 || other.count > 0 else { return }
    for index in counts.indices { counts[index] += other.counts[index] }
    sum += other.sum
  }
}

extension Histogram {
  /// Seconds from the append of a record to the commit of what came of it: a commit interval as a rule, hours after downtime.
  public static let latency = Histogram(bounds: [
    0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400,
  ])
  /// Seconds for which a transaction was open.
  public static let transactionSeconds = Histogram(bounds: [0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30])
  /// Records read in a transaction.
  public static let transactionRecords = Histogram(bounds: [1, 10, 100, 1_000, 10_000, 100_000])
  /// Seconds from an assignment to the completeness of its states.
  public static let restoreSeconds = Histogram(bounds: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600])
}
