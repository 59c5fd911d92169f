/// Writes letters and numbers of fixed width into memory that has room for them.
struct DigitWriter {
  private let start: UnsafeMutablePointer<UInt8>
  private(set) var count = 0

  /// Writes at the start of memory that is not empty.
  init(_ text: UnsafeMutableBufferPointer<UInt8>) { start = text.baseAddress! }

  var written: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  @inline(__always)
  mutating func put(_ letter: Unicode.Scalar) {
    start[count] = UInt8(ascii: letter)
    count += 1
  }

  /// With as many digits, zeros in front. Inlined, so that there is no loop.
  @inline(__always)
  mutating func put(_ number: Int64, digits: Int) {
    // A number below 2^32 is divided by a multiplication.
    var rest = UInt32(truncatingIfNeeded: number)
    var place = digits
    while place > 0 {
      place -= 1
      start[count + place] = UInt8(truncatingIfNeeded: UInt32(UInt8(ascii: "0")) &+ rest % 10)
      rest /= 10
    }
    count += digits
  }
}
