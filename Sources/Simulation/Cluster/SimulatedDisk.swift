import Engine
import Synchronization

/// A disk for checkpoints that outlives processes, can be full, and whose files can be damaged.
package final class SimulatedDisk: CheckpointStorage {
  package struct DiskFull: Error {}

  private struct Content {
    var files: [String: [UInt8]] = [:]
    var isFull = false
  }

  private let content = Mutex(Content())

  package init() {}

  /// The files by name.
  package var files: [String: [UInt8]] {
    get { content.withLock { $0.files } }
    set { content.withLock { $0.files = newValue } }
  }

  /// Whether every write fails.
  package var isFull: Bool {
    get { content.withLock { $0.isFull } }
    set { content.withLock { $0.isFull = newValue } }
  }

  package func read<R>(_ name: String, _ body: (Span<UInt8>) throws -> R) throws -> R? {
    guard let file = files[name] else { return nil }
    return try body(file.span)
  }

  package func write(_ name: String, _ fill: (([UInt8]) throws -> Void) throws -> Void) throws {
    var bytes: [UInt8] = []
    try fill { bytes += $0 }
    guard !isFull else { throw DiskFull() }
    files[name] = bytes
  }
}

/// A disk as one process sees it: one that died writes no more.
package struct MountedDisk: CheckpointStorage {
  private let disk: SimulatedDisk
  private let host: SimulatedHost

  package init(_ disk: SimulatedDisk, on host: SimulatedHost) {
    self.disk = disk
    self.host = host
  }

  package func read<R>(_ name: String, _ body: (Span<UInt8>) throws -> R) throws -> R? {
    try host.checkAlive()
    return try disk.read(name, body)
  }

  package func write(_ name: String, _ fill: (([UInt8]) throws -> Void) throws -> Void) throws {
    try host.checkAlive()
    try disk.write(name, fill)
  }
}
