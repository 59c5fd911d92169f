import Operations
import Synchronization

/// A log that keeps its lines, with clocks that stand still until they are set.
final class RecordedLog: Sendable {
  private let recorded = Mutex<[String]>([])
  private let seconds = Mutex<Int64>(0)

  /// The lines written so far.
  var lines: [String] { recorded.withLock { $0 } }

  /// Lets both clocks go on.
  func advance(seconds elapsed: Int64) { seconds.withLock { $0 += elapsed } }

  /// A log whose wall clock starts at 2026-11-22T04:39:43.123Z.
  func log(_ configure: (inout Log.Configuration) -> Void = { _ in }) -> Log {
    var configuration = Log.Configuration()
    configure(&configuration)
    return Log(
      configuration, to: .lines { line in self.recorded.withLock { $0.append(line) } },
      wallClock: WallClock { 1_795_322_383_123 + self.seconds.withLock { $0 } * 1_000 },
      monotonicClock: MonotonicClock { self.seconds.withLock { $0 } * 1_000_000_000 })
  }
}
