/// What happened beside the committed work, counted since the start.
public struct Incidents: Sendable, Equatable {
  /// Units of work that were dropped or connections that were made anew, by the code of the error that made it necessary.
  public var aborts: [String: Int] = [:]
  /// Partitions that were given to a worker or taken away.
  public var rebalances: [Rebalanced: Int] = [:]
  /// How long the restores took that ended.
  public var restoreSeconds = Histogram.restoreSeconds

  /// What a rebalance did.
  public enum Rebalanced: String, CaseIterable, Sendable {
    /// A worker was given its share.
    case assigned
    /// It was taken away in order.
    case revoked
    /// It was found to be another worker's already.
    case lost
  }

  /// Nothing happened.
  public init() {}
}
