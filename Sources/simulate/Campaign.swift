import Dispatch
import Foundation
import Engine
import Simulation
import Synchronization

/// Many runs, several at a time. What it prints on standard output is the same for the same seeds.
final class Campaign: Sendable {
  private struct Total {
    var next: UInt64
    var runs = 0
    var events = 0
    var transactions = 0
    var troubles = Troubles()
    var failed: [Run.Result] = []
  }

  private let options: Options
  private let program: any Business
  private let total: Mutex<Total>
  private let started = ContinuousClock.now

  init(_ options: Options) throws {
    self.options = options
    program = try Run.program()
    total = Mutex(Total(next: options.from))
  }

  /// Whether there was no violation, and among many runs each kind of fault.
  func run() -> Bool {
    DispatchQueue.concurrentPerform(iterations: options.jobs) { _ in
      while let seed = nextSeed() { add(Run(seed: seed, program: program).play()) }
    }
    return report()
  }

  private func nextSeed() -> UInt64? {
    let isOver = options.seconds.map { ContinuousClock.now - started >= .seconds($0) } ?? false
    return total.withLock { total in
      guard !isOver, total.next < options.from + options.seeds, !(options.stopsAtFirst && !total.failed.isEmpty) else {
        return nil
      }
      defer { total.next += 1 }
      return total.next
    }
  }

  private func add(_ result: Run.Result) {
    total.withLock { total in
      total.runs += 1
      total.events += result.events
      total.transactions += result.transactions
      total.troubles.add(result.troubles)
      if !result.violations.isEmpty { total.failed.append(result) }
      if total.runs.isMultiple(of: 10_000) { note("\(total.runs) runs, \(total.failed.count) failed, \(elapsed)") }
    }
  }

  private var elapsed: String { "\(Int((ContinuousClock.now - started) / .seconds(1))) s" }

  private func report() -> Bool {
    total.withLock { total in
      for result in total.failed.sorted(by: { $0.seed < $1.seed }) { print(Self.describe(result)) }
      let runs = max(total.runs, 1)
      print(
        """
        \(total.runs) seeds, \(total.failed.count) with violations
        \(total.events) events (\(total.events / runs) a seed), \(total.transactions) transactions, \
        \(total.troubles.total) faults (\(total.troubles.total / runs) a seed):
        """)
      for trouble in Trouble.allCases where total.troubles.counts[trouble] != nil {
        print("  \(trouble.rawValue): \(total.troubles.counts[trouble] ?? 0)")
      }
      let absent = Trouble.allCases.filter { total.troubles.counts[$0] == nil }.map(\.rawValue)
      let isLame = total.runs >= 1_000 && !absent.isEmpty
      if isLame { print("never came up, so that nothing was tried of it: \(absent.joined(separator: ", "))") }
      note(elapsed)
      return total.failed.isEmpty && !isLame
    }
  }

  /// A failed run and how to repeat it.
  static func describe(_ result: Run.Result) -> String {
    let shown = result.violations.prefix(5).map { "  " + $0 }.joined(separator: "\n")
    let more = result.violations.count > 5 ? "\n  and \(result.violations.count - 5) more" : ""
    return "seed \(result.seed): repeat it with --seed \(result.seed) --trace\n\(shown)\(more)"
  }

  /// What depends on the machine goes to standard error.
  private func note(_ line: String) { FileHandle.standardError.write(Data("simulate: \(line)\n".utf8)) }
}
