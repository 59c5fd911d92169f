import Foundation

/// Where checkpoints are kept; a simulated disk can stand in for the directory.
public protocol CheckpointStorage: Sendable {
  /// The bytes of the checkpoint, nil when there is none. Throws when there is one that cannot be read.
  func read(_ name: String) throws -> [UInt8]?
  /// Replaces the checkpoint by what `fill` hands over piece by piece, all or nothing.
  func write(_ name: String, _ fill: (([UInt8]) throws -> Void) throws -> Void) throws
}

/// Checkpoints as files of a directory: written to a temporary name, synced, renamed.
public struct CheckpointDirectory: CheckpointStorage {
  private let directory: URL
  private let writer: String

  /// Uses the directory at `path`, which is made when it is missing. `writer` keeps two processes that share the directory
  /// out of each other's unfinished files. Throws when the directory cannot be made.
  public init(path: String, writer: String) throws {
    self.writer = writer
    directory = URL(fileURLWithPath: path, isDirectory: true)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  /// The bytes of the file, nil when there is none.
  public func read(_ name: String) throws -> [UInt8]? {
    let file = directory.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    return Array(try Data(contentsOf: file))
  }

  /// Writes a new file beside the old one and renames it over that.
  public func write(_ name: String, _ fill: (([UInt8]) throws -> Void) throws -> Void) throws {
    let temporary = directory.appendingPathComponent("\(name).\(writer).tmp")
    do {
      guard FileManager.default.createFile(atPath: temporary.path, contents: nil) else {
        throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: temporary.path])
      }
      let handle = try FileHandle(forWritingTo: temporary)
      defer { try? handle.close() }
      try fill { try handle.write(contentsOf: Data($0)) }
      try handle.synchronize()
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw error
    }
    guard rename(temporary.path, directory.appendingPathComponent(name).path) == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    try syncDirectory()
  }

  /// A rename is durable only when the directory is synced too.
  private func syncDirectory() throws {
    let descriptor = open(directory.path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
  }
}
