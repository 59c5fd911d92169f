import Foundation

/// The daemon on input that comes at a fixed rate, with a reader of what comes of it.
struct FixedRate {
  /// How fast and for how long.
  struct Pace {
    var rate: Int
    var seconds: Int
    var events: Int { rate * seconds }
  }

  let events: Int
  /// For how long the events were written.
  let wroteSeconds: Double
  /// How long after the last was written the daemon had committed all; a quarter of a second too long at the most.
  let behindSeconds: Double
  let cpuSeconds: Double
  let commits: Int
  let outputs: Int
  /// From the append of an event to the sight of an output of it, in milliseconds, ascending.
  let latencies: [Double]
  /// The daemon's own median and 99th percentile from append to commit, in milliseconds, linear within its buckets.
  let commitQuantiles: [Double]

  /// Writes the events and waits until the daemon and the reader have had all.
  static func run(_ pace: Pace, _ load: inout Load, _ daemon: DaemonProcess, _ topics: Topics) throws -> FixedRate {
    let reader = try OutputReader(topics)
    let (before, cpuBefore) = (try daemon.metrics(), try daemon.cpuSeconds())
    let first = load.mix.serial + 1
    let appendedAt = try write(pace, &load, topics)
    let wroteUntil = ContinuousClock.now
    let target = before.events + pace.events
    let after = try daemon.wait(for: "\(pace.events) events", within: .seconds(300)) { $0.events >= target }
    let behind = ContinuousClock.now - wroteUntil
    let cpu = try daemon.cpuSeconds() - cpuBefore
    let expected = after.published - before.published
    let seen = try reader.finish(expecting: expected)
    guard seen.records >= expected else {
      throw BenchError("the daemon published \(expected) records and its reader saw \(seen.records)")
    }
    let latencies = seen.sightings.filter { $0.serial >= first && $0.serial < first + appendedAt.count }
      .map { Double($0.nanoseconds - appendedAt[$0.serial - first]) / 1e6 }
    return FixedRate(
      events: after.events - before.events, wroteSeconds: seconds(appendedAt), behindSeconds: behind / .seconds(1),
      cpuSeconds: cpu, commits: after.commits - before.commits, outputs: seen.records, latencies: latencies.sorted(),
      commitQuantiles: [0.5, 0.99].map {
        after.quantile($0, of: "retaind_event_latency_seconds", since: before) * 1_000
      })
  }

  /// Writes them, a few every millisecond. Returns when each was handed to the client, whose time the record has.
  private static func write(_ pace: Pace, _ load: inout Load, _ topics: Topics) throws -> [Int64] {
    // As librdkafka does by itself; it is part of the latency.
    let producer = try PlainProducer(topics, lingerMilliseconds: 5)
    defer { producer.close() }
    var appendedAt: [Int64] = []
    appendedAt.reserveCapacity(pace.events)
    let startedAt = Nanoseconds.now
    while appendedAt.count < pace.events {
      let due = Int(Double(Nanoseconds.now - startedAt) / 1e9 * Double(pace.rate)) + 1
      while appendedAt.count < min(due, pace.events) {
        appendedAt.append(Nanoseconds.now)
        try load.writeNext(producer)
      }
      Thread.sleep(forTimeInterval: 0.001)
    }
    try producer.flush()
    return appendedAt
  }

  private static func seconds(_ instants: [Int64]) -> Double {
    guard let first = instants.first, let last = instants.last else { return 0 }
    return max(0.001, Double(last - first) / 1e9)
  }

  var measures: [Measure] {
    [
      Measure("rateEvents", "at a fixed rate", events, "events"),
      Measure("rateWritten", "  written", Double(events) / wroteSeconds, "events/s"),
      Measure("rateBehind", "  done after the last", behindSeconds, "s"),
      Measure("rateDaemonCPU", "  daemon CPU", cpuSeconds / Double(events) * 1e6, "us/event"),
      Measure(
        "rateEventsPerTransaction", "  took", Double(events) / Double(max(1, commits)), "events/transaction"),
      Measure("rateOutputs", "  outputs seen", outputs, "records"),
      Measure("rateTimedOutputs", "  of these events", latencies.count, "records"),
      Measure("latencyP50", "  append to sight, p50", quantile(0.5), "ms"),
      Measure("latencyP90", "  append to sight, p90", quantile(0.9), "ms"),
      Measure("latencyP99", "  append to sight, p99", quantile(0.99), "ms"),
      Measure("latencyMax", "  append to sight, max", quantile(1), "ms"),
      Measure("commitLatencyP50", "  append to commit, p50", commitQuantiles[0], "ms"),
      Measure("commitLatencyP99", "  append to commit, p99", commitQuantiles[1], "ms"),
    ]
  }

  private func quantile(_ share: Double) -> Double {
    latencies.isEmpty ? 0 : latencies[min(latencies.count - 1, Int(share * Double(latencies.count)))]
  }
}

/// The machine's monotonic clock.
enum Nanoseconds {
  static var now: Int64 { Int64(DispatchTime.now().uptimeNanoseconds) }
}
