import Foundation

/// Where checkpoints are kept; a simulated disk can stand in for the directory.
public protocol CheckpointStorage: Sendable {
  /// Lends `body` the bytes of the checkpoint; nil when there is none. Throws when there is one that cannot be read.
  func read<R>(_ name: String, _ body: (Span<UInt8>) throws -> R) throws -> R?
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

  /// Lends out the bytes of the file; nil when there is none.
  ///
  /// They lie in pages of their own, which go back to the system at once: what the allocator gets back lies between the
  /// customers, and stays with the process.
  public func read<R>(_ name: String, _ body: (Span<UInt8>) throws -> R) throws -> R? {
    let descriptor = open(directory.appendingPathComponent(name).path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0, errno == ENOENT { return nil }
    guard descriptor >= 0 else { throw lastError }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw lastError }
    let size = max(1, Int(status.st_size))
    let kind = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE
    guard let pages = mmap(nil, size, PROT_READ | PROT_WRITE, kind, -1, 0), pages != MAP_FAILED else { throw lastError }
    defer { munmap(pages, size) }
    var count = 0
    while count < size {
      // Not mapped itself: of a disk that fails there would be no error, but a signal.
      let more = Glibc.read(descriptor, pages + count, size - count)
      if more < 0, errno == EINTR { continue }
      guard more >= 0 else { throw lastError }
      guard more > 0 else { break }
      count += more
    }
    return try body(UnsafeBufferPointer(start: pages.assumingMemoryBound(to: UInt8.self), count: count).span)
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
      throw lastError
    }
    try syncDirectory()
  }

  /// A rename is durable only when the directory is synced too.
  private func syncDirectory() throws {
    let descriptor = open(directory.path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { throw lastError }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw lastError }
  }

  private var lastError: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
