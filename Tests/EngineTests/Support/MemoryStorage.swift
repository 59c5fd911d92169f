import Synchronization

@testable import Engine

/// A disk for checkpoints that can be full and whose files can be damaged.
final class MemoryStorage: CheckpointStorage {
  struct DiskFull: Error {}

  private struct Content {
    var files: [String: [UInt8]] = [:]
    var isFull = false
  }

  private let content = Mutex(Content())

  /// The files by name.
  var files: [String: [UInt8]] {
    get { content.withLock { $0.files } }
    set { content.withLock { $0.files = newValue } }
  }

  /// Whether every write fails.
  var isFull: Bool {
    get { content.withLock { $0.isFull } }
    set { content.withLock { $0.isFull = newValue } }
  }

  func read(_ name: String) throws -> [UInt8]? { files[name] }

  func write(_ name: String, _ fill: (([UInt8]) throws -> Void) throws -> Void) throws {
    var bytes: [UInt8] = []
    try fill { bytes += $0 }
    guard !isFull else { throw DiskFull() }
    files[name] = bytes
  }
}
