import Kafka
import Retention

/// The business without Kafka: one event after the other, timers in order of due time between them. The clock is the
/// events' own time, so the same input gives the same output.
public final class Replay {
  private let business: any Business
  private let source: String
  private let topics: Topics
  private let emit: (Output) throws -> Void
  /// All customers; a replay has no partitions.
  private let state = StatePartition(Partition(0))
  private var clock = Instant(milliseconds: Int64.min)
  private var position: Int64 = 0

  /// What was done so far.
  public private(set) var tally = Tally()

  /// A record that `run` would publish.
  public struct Output {
    /// Where to.
    public let topic: String
    /// The record key; nil for a dead letter, as a line has none.
    public let key: [UInt8]?
    /// The headers.
    public let headers: [MessageHeader]
    /// The value: JSON, or for a dead letter the line that is not valid.
    public let value: [UInt8]
    /// Whether the value is JSON that retaind made.
    public let isJSON: Bool
  }

  /// A replay that hands its output to `emit`, in order.
  public init(business: any Business, topics: Topics, source: String, emit: @escaping (Output) throws -> Void) {
    self.business = business
    self.topics = topics
    self.source = source
    self.emit = emit
  }

  /// Takes one structured CloudEvent. Timers that are due by its time fire before it. A line that is not valid becomes
  /// a dead letter. Throws what `emit` throws, and a `Stop` when the business contradicts itself.
  public func take(line: [UInt8]) throws {
    let origin = Cause.Origin(topic: "events", partition: 0, offset: position)
    position += 1
    tally.records += 1
    let decoded: Decoded
    do throws(Reject) {
      // There is no present to compare with: any time may be in a history.
      decoded = try business.decode(value: line.span, headers: [], now: Instant(milliseconds: Int64.max / 2))
    } catch {
      return try bury(line, error, origin)
    }
    guard case .event(let event) = decoded else { return tally.ignored += 1 }
    try advance(to: event.time)
    let facets = business.facets(for: event.type)
    guard !facets.isEmpty else { return tally.count(Outcome(), of: event.type) }
    var customer = Customer(id: event.customer)
    try customer.load(facets, from: state.customers[event.customer])
    let outcome = business.process(event, origin: origin, customer: &customer, now: clock)
    try settle(customer, outcome)
    tally.count(outcome, of: event.type)
  }

  /// Fires what is due by `instant`, each timer at its own time. The clock never goes back.
  public func advance(to instant: Instant) throws {
    while let entries = state.popDue(by: instant) {
      for entry in entries { try fire(entry) }
    }
    clock = max(clock, instant)
  }

  private func fire(_ entry: TimerEntry) throws {
    clock = max(clock, entry.due)
    var customer = Customer(id: entry.customer)
    try customer.load(business.facets(firing: entry.facet), from: state.customers[entry.customer])
    tally.timers += 1
    let outcome = business.fire(entry.facet, customer: &customer, now: clock)
    try settle(customer, outcome)
    tally.count(outcome)
  }

  /// Fires what is due at the time of the last event.
  public func finish() throws { try advance(to: clock) }

  private func settle(_ customer: Customer, _ outcome: Outcome) throws {
    if let problem = outcome.violation {
      throw Stop(
        .data, "after \(position) lines, \(problem)", remedy: "report this: it is an error of the program")
    }
    let changes = customer.changes(from: state.customers[customer.id])
    if !changes.isEmpty { try state.apply(changes, to: customer.id) }
    for event in outcome.published(source: source) {
      try emit(
        Output(
          topic: topics.topic(of: event.stream), key: event.key, headers: event.headers, value: event.value,
          isJSON: true))
    }
  }

  private func bury(_ line: [UInt8], _ reject: Reject, _ origin: Cause.Origin) throws {
    tally.count(reject)
    let headers = deadLetterHeaders([], reject, origin: origin, timestamp: nil)
    try emit(
      Output(
        topic: topics.deadLetters, key: nil, headers: headers.map { MessageHeader(name: $0.name, value: $0.value) },
        value: line, isJSON: false))
  }
}

extension Replay.Output: JSONWritable {
  /// One line of the output.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("topic", topic)
      json.key("key")
      if let key { json.string(key) } else { json.null() }
      json.key("headers")
      json.object { json in
        for header in headers {
          json.key(String(decoding: header.name, as: UTF8.self))
          json.string(header.value ?? [])
        }
      }
      json.key("value")
      if isJSON { json.raw(value) } else { json.string(value) }
    }
  }
}
