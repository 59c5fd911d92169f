import Glibc

/// A file descriptor that takes log lines, with bounded patience: nothing that happens at the other end (gone, full,
/// stopped) may stop the daemon. A line that cannot be written is dropped and counted.
///
/// The process must ignore SIGPIPE (`Signals` does), or a closed pipe kills it before `write` can fail.
struct LogDescriptor {
  private let descriptor: CInt
  var patience: Int64
  private let clock: MonotonicClock
  /// The last line waited in vain: further ones do not wait, or the daemon would crawl from line to line.
  private var isStalled = false
  /// A line was cut off in its middle: the next one must begin on a line of its own.
  private var isTorn = false
  /// Lines dropped and not yet told.
  private(set) var dropped = 0

  /// Takes lines for `descriptor`, which stays the caller's; a line waits at most `patience` nanoseconds.
  init(_ descriptor: CInt, patience: Int64, clock: MonotonicClock = .system) {
    self.descriptor = descriptor
    self.patience = patience
    self.clock = clock
  }

  /// Writes a line, in one write where it fits the pipe's atomic size; false when it was dropped.
  mutating func write(_ line: [UInt8]) -> Bool {
    let deadline = clock.nanoseconds() + (isStalled ? 0 : patience)
    var rest = (isTorn ? [UInt8(ascii: "\n")] + line : line)[...]
    let total = rest.count
    while !rest.isEmpty {
      guard let count = writeSome(rest, deadline: deadline) else {
        isTorn = isTorn || rest.count < total
        dropped += 1
        return false
      }
      rest = rest.dropFirst(count)
    }
    isStalled = false
    isTorn = false
    return true
  }

  /// Takes the count of lines dropped since it was last taken.
  mutating func takeDropped() -> Int {
    defer { dropped = 0 }
    return dropped
  }

  /// Writes what the descriptor takes now; nil when it failed or took nothing until the deadline.
  private mutating func writeSome(_ bytes: ArraySlice<UInt8>, deadline: Int64) -> Int? {
    while true {
      guard isWritable(until: deadline) else { return nil }
      // A pipe that polls as writable takes PIPE_BUF (4,096) bytes without blocking, and no more is promised.
      let chunk = bytes.prefix(4_096)
      let count = chunk.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { return count }
      guard count < 0, errno == EINTR || errno == EAGAIN else { return nil }
      if clock.nanoseconds() >= deadline {
        isStalled = true
        return nil
      }
      // A socket may poll as writable and still not take this much: do not spin on it.
      poll(nil, 0, 5)
    }
  }

  private mutating func isWritable(until deadline: Int64) -> Bool {
    while true {
      let wait = max(0, (deadline - clock.nanoseconds() + 999_999) / 1_000_000)
      var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let ready = poll(&request, 1, CInt(wait))
      // An error or a hang-up counts as writable: the write then says which.
      if ready > 0 { return true }
      if ready == 0 {
        isStalled = true
        return false
      }
      guard errno == EINTR else { return false }
    }
  }
}
