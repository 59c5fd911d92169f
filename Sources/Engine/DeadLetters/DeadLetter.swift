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
  /// How many records there were.
  private var count = 0
  /// The numbers, from 0, of the dead letters that are still in the window, the first ones first.
  private var dead: [Int] = []

  init(_ limit: DeadLetterLimit) { self.limit = limit }

  /// Counts a record; false when it would be one dead letter too many, and then it is not counted.
  mutating func admit(isDead: Bool) -> Bool {
    // One at a time leaves the window, and few are dead.
    if let first = dead.first, first <= count - limit.window { dead.removeFirst() }
    if isDead {
      guard dead.count < limit.records else { return false }
      dead.append(count)
    }
    count += 1
    return true
  }
}

/// The windows of all topics. A worker reads a handful, which a scan finds faster than a hash of the name would.
struct DeadLetterWindows {
  private let limit: DeadLetterLimit
  private var topics: [String] = []
  private var windows: [DeadLetterWindow] = []
  /// The topic of the last record: mostly the next one's too.
  private var last = 0

  init(_ limit: DeadLetterLimit) { self.limit = limit }

  /// Counts a record of the topic; false when it would be one dead letter too many, and then it is not counted.
  mutating func admit(isDead: Bool, of topic: String) -> Bool {
    if !topics.indices.contains(last) || topics[last] != topic {
      if let known = topics.firstIndex(of: topic) {
        last = known
      } else {
        topics.append(topic)
        windows.append(DeadLetterWindow(limit))
        last = topics.endIndex - 1
      }
    }
    return windows[last].admit(isDead: isDead)
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
