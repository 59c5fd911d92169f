import Kafka
import Retention

/// When a topic is stopped: a bad deploy upstream must not drain it into the dead letters.
public struct DeadLetterLimit: Sendable, Equatable {
  /// The most dead letters among the last `window` records of a topic.
  public var records = 500
  /// How many of a topic's last records are looked at.
  public var window = 1_000

  /// Half of the last 1,000 records.
  public init() {}
}

/// Which of the last records of one topic were dead letters.
struct DeadLetterWindow {
  private let limit: DeadLetterLimit
  private var marks: [Bool] = []
  private var next = 0
  private var dead = 0

  init(_ limit: DeadLetterLimit) { self.limit = limit }

  /// Counts a record; false when it would be one dead letter too many, and then it is not counted.
  mutating func admit(isDead: Bool) -> Bool {
    let leaves = marks.count == limit.window && marks[next]
    guard !isDead || dead + 1 - (leaves ? 1 : 0) <= limit.records else { return false }
    if marks.count < limit.window { marks.append(isDead) } else { marks[next] = isDead }
    next = (next + 1) % limit.window
    dead += (isDead ? 1 : 0) - (leaves ? 1 : 0)
    return true
  }
}

/// The windows of all topics. A worker reads a handful, which a scan finds faster than a hash of the name would.
struct DeadLetterWindows {
  private let limit: DeadLetterLimit
  private var topics: [String] = []
  private var windows: [DeadLetterWindow] = []

  init(_ limit: DeadLetterLimit) { self.limit = limit }

  /// Counts a record of the topic; false when it would be one dead letter too many, and then it is not counted.
  mutating func admit(isDead: Bool, of topic: String) -> Bool {
    for index in topics.indices where topics[index] == topic { return windows[index].admit(isDead: isDead) }
    topics.append(topic)
    windows.append(DeadLetterWindow(limit))
    return windows[windows.endIndex - 1].admit(isDead: isDead)
  }
}

/// The record as it goes to the dead-letter topic: key, value and headers byte for byte, and why and whence.
func deadLetterHeaders(
  _ headers: [Header], _ reject: Reject, origin: Cause.Origin, timestamp: Int64?
) -> [Header] {
  var all = headers
  all.append(Header("dlq.reason", reject.code.rawValue))
  all.append(Header("dlq.message", reject.message))
  all.append(Header("dlq.topic", origin.topic))
  all.append(Header("dlq.partition", "\(origin.partition)"))
  all.append(Header("dlq.offset", "\(origin.offset)"))
  if let timestamp { all.append(Header("dlq.timestamp", "\(timestamp)")) }
  all.append(Header("dlq.version", programVersion))
  return all
}
