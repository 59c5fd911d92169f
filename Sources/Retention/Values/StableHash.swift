/// SipHash-2-4 with a fixed key (Aumasson and Bernstein, 2012): the same bytes give the same hash in every process and
/// release, which `Hasher` does not promise. Identifiers that leave the daemon are made of it.
public struct StableHash: Sendable {
  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64
  private var tail: UInt64 = 0
  private var length: UInt64 = 0

  /// A hash of nothing yet. `wide` must be true when `digest128` is wanted, as the two widths differ from the start.
  public init(wide: Bool = false) {
    let key0: UInt64 = 0x7265_7461_696e_6400
    let key1: UInt64 = 0x6964_656e_7469_7479
    v0 = key0 ^ 0x736f_6d65_7073_6575
    v1 = key1 ^ 0x646f_7261_6e64_6f6d ^ (wide ? 0xee : 0)
    v2 = key0 ^ 0x6c79_6765_6e65_7261
    v3 = key1 ^ 0x7465_6462_7974_6573
  }

  /// Takes one byte in.
  public mutating func combine(_ byte: UInt8) { combine(UInt64(byte), bits: 8) }

  /// Takes bytes in, preceded by their count, so that no two lists of fields run together.
  public mutating func combine(field bytes: UnsafeBufferPointer<UInt8>) {
    combine(UInt64(bytes.count))
    let raw = UnsafeRawBufferPointer(bytes)
    var position = 0
    while position + 8 <= raw.count {
      combine(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
      position += 8
    }
    var (rest, bits): (UInt64, UInt64) = (0, 0)
    while position < raw.count {
      rest |= UInt64(raw[position]) << bits
      bits += 8
      position += 1
    }
    combine(rest, bits: bits)
  }

  /// Takes in the lowest `bits` of a word whose others are 0; less than 64, in whole bytes.
  @inline(__always)
  private mutating func combine(_ word: UInt64, bits: UInt64) {
    let shift = 8 * (length & 7)
    length &+= bits / 8
    tail |= word << shift
    guard shift + bits >= 64 else { return }
    compress(tail)
    tail = word >> (64 - shift)
  }

  /// Takes an identifier in, as a field.
  public mutating func combine<Subject>(field identifier: Identifier<Subject>) {
    identifier.withBytes { combine(field: $0) }
  }

  /// Takes bytes in as a field.
  public mutating func combine(field bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { combine(field: $0) }
  }

  /// Takes a text's UTF-8 in as a field.
  public mutating func combine(field text: String) {
    var text = text
    text.withUTF8 { combine(field: $0) }
  }

  /// Takes an integer in, as eight little-endian bytes.
  public mutating func combine(_ value: UInt64) {
    let shift = 8 * (length & 7)
    length &+= 8
    compress(tail | value << shift)
    tail = shift == 0 ? 0 : value >> (64 - shift)
  }

  /// The 64-bit hash of what was taken in.
  public func digest64() -> UInt64 {
    var copy = finished(0xff)
    return copy.squeeze()
  }

  /// The 128-bit hash of what was taken in, as 32 hexadecimal digits; needs `init(wide: true)`.
  public func digest128() -> String {
    var copy = finished(0xee)
    let low = copy.squeeze()
    copy.v1 ^= 0xdd
    copy.rounds(4)
    let high = copy.v0 ^ copy.v1 ^ copy.v2 ^ copy.v3
    return String(unsafeUninitializedCapacity: 32) { text in
      writeHexadecimal(low, to: text, at: 0)
      writeHexadecimal(high, to: text, at: 16)
      return 32
    }
  }

  private func finished(_ mark: UInt64) -> StableHash {
    var copy = self
    copy.compress(tail | (length << 56))
    copy.v2 ^= mark
    return copy
  }

  private mutating func squeeze() -> UInt64 {
    rounds(4)
    return v0 ^ v1 ^ v2 ^ v3
  }

  private mutating func compress(_ word: UInt64) {
    v3 ^= word
    rounds(2)
    v0 ^= word
  }

  private mutating func rounds(_ count: Int) {
    for _ in 0..<count {
      v0 &+= v1
      v1 = rotated(v1, 13) ^ v0
      v0 = rotated(v0, 32)
      v2 &+= v3
      v3 = rotated(v3, 16) ^ v2
      v0 &+= v3
      v3 = rotated(v3, 21) ^ v0
      v2 &+= v1
      v1 = rotated(v1, 17) ^ v2
      v2 = rotated(v2, 32)
    }
  }
}

private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { (word << bits) | (word >> (64 - bits)) }

/// Writes the digits of the word's bytes in memory order, as the reference implementation prints them.
private func writeHexadecimal(_ word: UInt64, to text: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
  let text = UnsafeMutableRawBufferPointer(text)
  text.storeBytes(of: hexadecimal(word & 0xffff_ffff).littleEndian, toByteOffset: start, as: UInt64.self)
  text.storeBytes(of: hexadecimal(word >> 32).littleEndian, toByteOffset: start + 8, as: UInt64.self)
}

/// The eight digits of a number below 2^32, as bytes of a word: those of its lowest byte first, and of each the higher one first.
private func hexadecimal(_ number: UInt64) -> UInt64 {
  // Bytes apart, then their halves.
  let pairs = (number | number << 16) & 0x0000_ffff_0000_ffff
  let bytes = (pairs | pairs << 8) & 0x00ff_00ff_00ff_00ff
  let digits = (bytes >> 4 | bytes << 8) & 0x0f0f_0f0f_0f0f_0f0f
  // 1 for each that is a letter, which lies 39 further on in ASCII than behind the 9.
  let letters = (digits + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
  return digits + 0x3030_3030_3030_3030 + letters * 39
}
