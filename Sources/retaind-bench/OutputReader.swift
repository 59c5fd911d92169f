import Foundation
import Kafka
import Synchronization

/// Reads what the daemon publishes from now on, as a notification service would, and notes when it sees what.
final class OutputReader: Sendable {
  /// When an output of the event of that serial number was seen.
  struct Sighting {
    let serial: Int
    let nanoseconds: Int64
  }

  /// All records that came, and those of them that events caused.
  struct Seen {
    var records = 0
    var sightings: [Sighting] = []
  }

  private struct State {
    var expected: Int?
    var outcome = Result<Seen, any Error>.success(Seen())
  }

  private let state = Mutex(State())
  private let isReading = DispatchSemaphore(value: 0)
  private let hasEnded = DispatchSemaphore(value: 0)
  private static let cause = Array(#""cause":{"id":"event-"#.utf8)

  /// Returns when it has found the end of every partition, so that no event waits for its connections.
  init(_ topics: Topics) throws {
    let ends = try topics.watermarks(of: ["notifications", "ledger"]).mapValues(\.high)
    let thread = Thread { [self] in
      let outcome = Result { try read(topics, from: ends) }
      state.withLock { $0.outcome = outcome }
      isReading.signal()
      hasEnded.signal()
    }
    thread.name = "reader"
    thread.start()
    isReading.wait()
  }

  /// Reads on until so many records have come, or none for two seconds.
  func finish(expecting count: Int) throws -> Seen {
    state.withLock { $0.expected = count }
    hasEnded.wait()
    return try state.withLock { try $0.outcome.get() }
  }

  private func read(_ topics: Topics, from ends: [TopicPartition: Offset]) throws -> Seen {
    // A broker answers at once when there is something; the embedded one looks again only when this time is over.
    let consumer = try topics.reader(["fetch.wait.max.ms": "2"])
    defer { consumer.close(timeout: .seconds(5)) }
    try consumer.assign(ends)
    var seen = Seen()
    var unknown = Set(ends.keys)
    var cameAt = ContinuousClock.now
    while true {
      let poll = try consumer.poll(limit: 10_000, timeout: .milliseconds(100))
      let now = Nanoseconds.now
      if !unknown.isEmpty {
        unknown.subtract(poll.ends.keys)
        if unknown.isEmpty { isReading.signal() }
      }
      for index in 0..<poll.records.count {
        seen.records += 1
        guard let serial = poll.records.withRecord(at: index, { serial($0.value) }) else { continue }
        seen.sightings.append(Sighting(serial: serial, nanoseconds: now))
      }
      if poll.records.count > 0 { cameAt = .now }
      guard let expected = state.withLock({ $0.expected }) else { continue }
      if seen.records >= expected || ContinuousClock.now - cameAt > .seconds(2) { return seen }
    }
  }

  /// The number in the id of the event that caused an output; nil when a timer did. Found from the end, where the cause
  /// stands, because to parse all of it would take more of the machine than there is to spare.
  private func serial(_ value: Span<UInt8>?) -> Int? {
    value?.withUnsafeBufferPointer { bytes in
      let marks = stride(from: bytes.count - Self.cause.count, through: 0, by: -1)
      guard let mark = marks.first(where: { bytes[$0...].starts(with: Self.cause) }) else { return nil }
      let digits = bytes[(mark + Self.cause.count)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
  }
}
