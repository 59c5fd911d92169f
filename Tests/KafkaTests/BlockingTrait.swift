import Foundation
import Testing

/// Runs tests that wait inside librdkafka on threads of their own.
///
/// The pool that tests run on has one thread a core, because nothing that runs on it is supposed to wait. These tests do
/// little else, and would wait one after the other.
struct BlockingTrait: SuiteTrait, TestTrait, TestScoping {
  let isRecursive = true

  private static let threads = BlockingThreads(count: 24)

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(Self.threads) { try await function() }
  }
}

extension Trait where Self == BlockingTrait {
  /// The tests wait for answers, and hold a thread meanwhile.
  static var blocking: Self { BlockingTrait() }
}

/// As many threads as tests may wait at the same time.
///
/// Unchecked: the condition's lock guards the jobs.
private final class BlockingThreads: TaskExecutor, @unchecked Sendable {
  private let condition = NSCondition()
  private var jobs: [UnownedJob] = []

  init(count: Int) {
    for _ in 0..<count {
      Thread.detachNewThread { [self] in
        while true { next().runSynchronously(on: asUnownedTaskExecutor()) }
      }
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    condition.withLock { jobs.append(job) }
    condition.signal()
  }

  private func next() -> UnownedJob {
    condition.withLock {
      while jobs.isEmpty { condition.wait() }
      return jobs.removeFirst()
    }
  }
}
