/// Bytes that are written one behind the other, in memory of their own and not in an array, which asks at every byte whether
/// somebody else holds it.
struct ByteBuffer: ~Copyable, @unchecked Sendable {
  // Nobody else has the pointer, so that the buffer may go where it is sent.
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  /// An empty one with room for `capacity` bytes.
  init(capacity: Int) {
    self.capacity = capacity
    start = .allocate(capacity: capacity)
  }

  deinit { start.deallocate() }

  /// Forgets what was written behind the first `count` bytes, and keeps the memory.
  mutating func removeAll(after count: Int = 0) { self.count = count }

  /// What was written, copied.
  var bytes: [UInt8] { Array(slice(0..<count)) }

  /// A part of what was written, until more is.
  func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: UnsafeBufferPointer(start: start, count: count)[range])
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    start[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    (start + count).initialize(from: source, count: bytes.count)
    count += bytes.count
  }

  mutating func append(_ text: String) { text.utf8Span.span.withUnsafeBufferPointer { append($0) } }

  mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { append($0) } }

  /// Lets `write` store up to `limit` bytes behind what was written; it returns how many count.
  @inline(__always)
  mutating func append(upTo limit: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
    reserve(limit)
    count += write(start + count)
  }

  @inline(__always)
  private mutating func reserve(_ more: Int) { if count + more > capacity { grow(by: more) } }

  @inline(never)
  private mutating func grow(by more: Int) {
    capacity = max(2 * capacity, count + more)
    let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    grown.initialize(from: start, count: count)
    start.deallocate()
    start = grown
  }
}
