/// What made a notice or a ledger entry: it is repeated in the output, and identifiers are made of it.
public enum Cause: Sendable, Equatable, JSONWritable {
  /// An event, with where it stood in the input; for a forwarded one that is where it stood first.
  case event(EventID, type: EventType, origin: Origin)
  /// A timer of a facet, with the instant at which it was due.
  case timer(String, dueAt: Instant)

  /// Where a record stands in the input.
  public struct Origin: Sendable, Equatable {
    /// The topic.
    public let topic: String
    /// The partition.
    public let partition: Int32
    /// The offset.
    public let offset: Int64

    /// A place in the input.
    public init(topic: String, partition: Int32, offset: Int64) {
      self.topic = topic
      self.partition = partition
      self.offset = offset
    }
  }

  /// The same for the same cause wherever it stood: an event forwarded or produced again keeps its identity.
  func hash(into hash: inout StableHash) {
    switch self {
    case .event(let id, _, _):
      hash.combine(UInt8(0))
      hash.combine(field: id)
    case .timer(let name, let dueAt):
      hash.combine(UInt8(1))
      hash.combine(field: name)
      hash.combine(UInt64(bitPattern: dueAt.milliseconds))
    }
  }

  /// Writes the contract's JSON.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      switch self {
      case .event(let id, let type, let origin):
        json.member("id", id)
        json.member("type", type.rawValue)
        json.member("topic", origin.topic)
        json.member("partition", Int64(origin.partition))
        json.member("offset", origin.offset)
      case .timer(let name, let dueAt):
        json.member("timer", name)
        json.member("dueAt", dueAt)
      }
    }
  }
}
