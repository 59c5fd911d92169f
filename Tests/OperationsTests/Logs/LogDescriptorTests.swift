import Foundation
import Glibc
import Testing

@testable import Operations

@Suite struct LogDescriptorTests {
  private let reading: CInt
  private let writing: CInt

  init() {
    Signals.ignoreBrokenPipes()
    var ends: [CInt] = [0, 0]
    #expect(pipe(&ends) == 0)
    (reading, writing) = (ends[0], ends[1])
  }

  private func closeBoth() {
    close(reading)
    close(writing)
  }

  private func readAvailable() -> String {
    _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    let count = read(reading, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  /// Fills the pipe to its last byte and returns how many it took.
  private func fill() -> Int {
    _ = fcntl(writing, F_SETFL, O_NONBLOCK)
    var total = 0
    for size in [4_096, 1] {
      let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: size)
      while true {
        let count = write(writing, chunk, size)
        guard count > 0 else { break }
        total += count
      }
    }
    return total
  }

  @Test func aLineArrivesAsItIs() {
    defer { closeBoth() }
    var descriptor = LogDescriptor(writing, patience: 0)
    #expect(descriptor.write(Array("one\n".utf8)) == true)
    #expect(readAvailable() == "one\n")
  }

  @Test func aClosedReaderDropsTheLineAndCountsIt() {
    defer { close(writing) }
    close(reading)
    var descriptor = LogDescriptor(writing, patience: 0)
    #expect(descriptor.write(Array("one\n".utf8)) == false)
    #expect(descriptor.write(Array("two\n".utf8)) == false)
    #expect(descriptor.takeDropped() == 2)
    #expect(descriptor.takeDropped() == 0)
  }

  @Test func aClosedDescriptorDropsTheLine() {
    closeBoth()
    var descriptor = LogDescriptor(-1, patience: 0)
    #expect(descriptor.write(Array("one\n".utf8)) == false)
  }

  @Test(arguments: [false, true]) func aFullPipeDropsTheLineInsteadOfBlocking(isNonBlocking: Bool) {
    defer { closeBoth() }
    _ = fill()
    _ = fcntl(writing, F_SETFL, isNonBlocking ? O_NONBLOCK : 0)
    var descriptor = LogDescriptor(writing, patience: 1_000_000)
    #expect(descriptor.write(Array("one\n".utf8)) == false)
    #expect(descriptor.dropped == 1)
  }

  @Test func onceItWaitedInVainFurtherLinesDoNotWait() {
    defer { closeBoth() }
    _ = fill()
    var descriptor = LogDescriptor(writing, patience: 1_000_000)
    #expect(descriptor.write(Array("one\n".utf8)) == false)
    let start = MonotonicClock.system.nanoseconds()
    descriptor.patience = 3_600_000_000_000
    #expect(descriptor.write(Array("two\n".utf8)) == false)
    #expect(MonotonicClock.system.nanoseconds() - start < 60_000_000_000)
  }

  @Test func aLineCutOffInItsMiddleDoesNotSwallowTheNext() throws {
    defer { closeBoth() }
    _ = fcntl(writing, F_SETFL, O_NONBLOCK)
    var descriptor = LogDescriptor(writing, patience: 1_000_000)
    #expect(descriptor.write([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)) == false)
    _ = readAvailable()
    #expect(descriptor.write(Array("next\n".utf8)) == true)
    #expect(readAvailable() == "\nnext\n")
  }

  @Test func theLogTellsHowManyLinesWereLostOnceItCanWriteAgain() throws {
    defer { closeBoth() }
    _ = fill()
    var configuration = Log.Configuration()
    configuration.foldWindow = .zero
    let log = Log(configuration, to: .fileDescriptor(writing, patience: .milliseconds(1)))
    log.info("lost", "lost")
    log.info("lost", "lost")
    _ = readAvailable()
    log.info("found", "found")
    let lines = readAvailable().split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first?.contains(#""event":"found""#) == true)
    #expect(lines.last?.contains(#""event":"log-lines-dropped""#) == true)
    #expect(lines.last?.hasSuffix(#""lines":2}"#) == true)
  }
}
