import Foundation
import Operations
import Synchronization

/// Runs workers, each on a thread of its own: librdkafka's calls block, and Swift's cooperative threads must not.
public final class WorkerPool: Sendable {
  private let isStopping = Atomic(false)
  private let outcome = Mutex(Outcome())
  private let done = DispatchGroup()
  private let onEnd: @Sendable () -> Void
  private let wake: @Sendable () -> Void

  private struct Outcome {
    var stop: Stop?
    var running = 0
  }

  /// Starts a thread for each of `count` workers; `make` is called on the thread. `onEnd` is called when one ends;
  /// `wake` ends the waits of them all.
  public init(
    _ count: Int, log: Log, onEnd: @escaping @Sendable () -> Void, wake: @escaping @Sendable () -> Void,
    _ make: @escaping @Sendable (Int) -> Worker
  ) {
    self.onEnd = onEnd
    self.wake = wake
    outcome.withLock { $0.running = count }
    for number in 0..<count {
      done.enter()
      let thread = Thread { [self] in
        run(make(number), log)
        done.leave()
      }
      thread.name = "worker-\(number)"
      thread.stackSize = 4 << 20
      thread.start()
    }
  }

  /// The first reason for which a worker ended by itself; nil while all run.
  public var stop: Stop? { outcome.withLock { $0.stop } }

  /// Whether every worker has ended.
  public var isDone: Bool { outcome.withLock { $0.running == 0 } }

  /// Asks the workers to finish their units of work and to end.
  public func requestStop() {
    isStopping.store(true, ordering: .releasing)
    wake()
  }

  /// Waits until every worker has ended; false when `timeout` was over before.
  public func wait(timeout: Duration) -> Bool {
    done.wait(timeout: .now() + .milliseconds(Int(timeout.components.seconds * 1_000))) == .success
  }

  private func run(_ worker: Worker, _ log: Log) {
    do {
      while !isStopping.load(ordering: .acquiring) {
        let pause = try worker.step()
        if pause > .zero { Thread.sleep(forTimeInterval: Double(pause.components.attoseconds) * 1e-18) }
      }
      worker.shutDown()
    } catch {
      log.critical("worker-stopped", "A worker cannot go on: \(error)")
      outcome.withLock { if $0.stop == nil { $0.stop = error } }
      worker.discard()
    }
    outcome.withLock { $0.running -= 1 }
    onEnd()
  }
}
