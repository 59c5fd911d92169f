import Kafka

/// The calls the engine makes of a cluster.
enum Call: CaseIterable {
  case makeConsumer, makeProducer, partitionCounts
  case poll, assign, unassign, committed, watermarks, groupMetadata
  case initTransactions, begin, produce, sendOffsets, commit, abort
  case bounds, readerAssign, readerPoll
}

/// Which calls fail, how, and whether what they were to do is done nevertheless.
final class FaultScript {
  struct Fault {
    var recovery: Recovery
    var code = "_TEST"
    /// The call does what it should and then fails: an answer was lost.
    var hasEffect = false
  }

  private var planned: [Call: [(skipping: Int, fault: Fault)]] = [:]
  /// Decides over calls that nothing is planned for.
  var chance: (Call) -> Fault? = { _ in nil }
  /// How often each call was made.
  private(set) var counts: [Call: Int] = [:]
  private(set) var failures = 0

  /// The next call fails, after `skipping` that do not; several plans for one call follow one another.
  func fail(_ call: Call, _ fault: Fault, skipping: Int = 0, times: Int = 1) {
    for index in 0..<times { planned[call, default: []].append((index == 0 ? skipping : 0, fault)) }
  }

  /// The worker dies in the next call, before or after its effect: the error is one at which it stops without a word.
  func crash(_ call: Call, afterEffect: Bool = false, skipping: Int = 0) {
    fail(call, Fault(recovery: .stop, code: "_CRASH", hasEffect: afterEffect), skipping: skipping)
  }

  /// Nothing more that was planned happens.
  func forget() { planned = [:] }

  /// Makes a call, unless it is to fail.
  func run<R>(_ call: Call, _ body: () throws(KafkaError) -> R) throws(KafkaError) -> R {
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
