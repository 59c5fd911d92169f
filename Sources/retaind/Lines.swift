import Foundation
import Operations

/// The lines of a file or of standard input, read in pieces; empty ones are passed over.
final class Lines {
  private let handle: FileHandle
  private var length: Double?
  private var position = 0.0
  private static let pieceLength = 1 << 20

  /// `-` is standard input.
  init(_ path: String) throws {
    guard path != "-" else {
      handle = .standardInput
      return
    }
    do {
      handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    } catch {
      throw Failure(.noInput, "\(path) cannot be read: \(reason(error))")
    }
    let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
    length = size.map(\.doubleValue).flatMap { $0 > 0 ? $0 : nil }
  }

  /// Calls `body` with each line, and shows on the terminal how much is read.
  func forEachShown(_ body: ([UInt8]) throws -> Void) throws {
    let bar = ProgressBar("reading")
    var count = 0
    try forEach { line in
      try body(line)
      count += 1
      if count % 1_000 == 0 { bar.show(length.map { position / $0 }, "\(count) events") }
    }
    bar.finish()
  }

  /// Calls `body` with each line, without its line feed.
  func forEach(_ body: ([UInt8]) throws -> Void) throws {
    var rest: [UInt8] = []
    while let piece = try handle.read(upToCount: Self.pieceLength), !piece.isEmpty {
      rest.append(contentsOf: piece)
      position += Double(piece.count)
      var start = 0
      while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        if end > start { try body(Array(rest[start..<end])) }
        start = end + 1
      }
      rest.removeFirst(start)
    }
    if !rest.isEmpty { try body(rest) }
  }
}

/// Output gathered into large writes. A write that fails is an error, so that a full disk is not taken for success.
final class BufferedOutput {
  private let handle: FileHandle
  private var bytes: [UInt8] = []

  init(_ handle: FileHandle) { self.handle = handle }

  func write(_ more: [UInt8]) throws {
    bytes.append(contentsOf: more)
    if bytes.count >= 1 << 16 { try flush() }
  }

  func flush() throws {
    do {
      try handle.write(contentsOf: Data(bytes))
    } catch {
      throw Failure(.inputOutput, "standard output cannot be written: \(reason(error))")
    }
    bytes.removeAll(keepingCapacity: true)
  }
}
