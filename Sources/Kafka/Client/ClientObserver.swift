/// A line of librdkafka's log.
public struct ClientLog: Hashable, Sendable {
  /// The syslog level, 0 (emergency) to 7 (debug).
  public let level: Int
  /// librdkafka's tag of what the line is about, such as `FAIL` or `TXNERR`.
  public let facility: String
  /// The text, which names the client and the broker.
  public let message: String

  /// A line from its parts.
  public init(level: Int, facility: String, message: String) {
    self.level = level
    self.facility = facility
    self.message = message
  }
}

/// Where a client's log and statistics go.
public struct ClientObserver: Sendable {
  /// Takes a line of the log. Called from any thread, librdkafka's own among them: it must not block.
  public let log: @Sendable (ClientLog) -> Void
  /// Takes librdkafka's statistics as JSON, every `statistics.interval.ms`, on the thread that uses the client.
  public let statistics: (@Sendable (String) -> Void)?

  /// An observer from its functions.
  public init(log: @escaping @Sendable (ClientLog) -> Void, statistics: (@Sendable (String) -> Void)? = nil) {
    self.log = log
    self.statistics = statistics
  }

  /// Drops everything.
  public static let silent = ClientObserver(log: { _ in })
}
