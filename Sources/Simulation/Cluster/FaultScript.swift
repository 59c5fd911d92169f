import Kafka

/// The calls the engine makes of a cluster.
package enum Call: CaseIterable, Sendable {
  case makeConsumer, makeProducer, partitionCounts
  case poll, assign, unassign, committed, watermarks, groupMetadata
  case initTransactions, begin, produce, sendOffsets, commit, abort
  case bounds, readerAssign, readerPoll
}

/// Which calls fail, how, and whether what they were to do is done nevertheless.
package final class FaultScript {
  package struct Fault {
    package var recovery: Recovery
    package var code: String
    /// The call does what it should and then fails: an answer was lost.
    package var hasEffect: Bool

    package init(recovery: Recovery, code: String = "_TEST", hasEffect: Bool = false) {
      self.recovery = recovery
      self.code = code
      self.hasEffect = hasEffect
    }
  }

  private var planned: [Call: [(skipping: Int, fault: Fault)]] = [:]
  /// Decides over calls that nothing is planned for.
  package var chance: (Call) -> Fault? = { _ in nil }
  /// How often each call was made.
  package private(set) var counts: [Call: Int] = [:]
  package private(set) var failures = 0

  /// The next call fails, after `skipping` that do not; several plans for one call follow one another.
  package func fail(_ call: Call, _ fault: Fault, skipping: Int = 0, times: Int = 1) {
    for index in 0..<times { planned[call, default: []].append((index == 0 ? skipping : 0, fault)) }
  }

  /// The worker dies in the next call, before or after its effect: the error is one at which it stops without a word.
  package func crash(_ call: Call, afterEffect: Bool = false, skipping: Int = 0) {
    fail(call, Fault(recovery: .stop, code: "_CRASH", hasEffect: afterEffect), skipping: skipping)
  }

  /// Nothing more that was planned happens.
  package func forget() { planned = [:] }

  /// Makes a call, unless it is to fail.
  package func run<R>(_ call: Call, _ body: () throws(KafkaError) -> R) throws(KafkaError) -> R {
    counts[call, default: 0] += 1
    guard let fault = next(call) else { return try body() }
    failures += 1
    if fault.hasEffect { _ = try body() }
    throw KafkaError(code: fault.code, message: "as the test wants it", operation: "\(call)", recovery: fault.recovery)
  }

  private func next(_ call: Call) -> Fault? {
    guard let first = planned[call]?.first else { return chance(call) }
    guard first.skipping == 0 else {
      planned[call]?[0].skipping -= 1
      return nil
    }
    planned[call]?.removeFirst()
    return first.fault
  }
}
