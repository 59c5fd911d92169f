/// Names a customer in the logs without telling who it is: lines of one customer can be put together, but the id can
/// neither be read back nor, without the key, be confirmed by hashing candidates.
///
/// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed function for short input. `Hasher` is keyed too, but its key cannot be
/// set, and logs of two processes must be comparable where the operator configures one key.
public struct Pseudonym: Sendable {
  private let key0: UInt64
  private let key1: UInt64

  /// With a key of this process alone: pseudonyms of two runs cannot be compared.
  public init() {
    var generator = SystemRandomNumberGenerator()
    key0 = generator.next()
    key1 = generator.next()
  }

  /// With a configured key of 32 hexadecimal digits; nil when it is not that.
  public init?(hexadecimalKey text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 32 else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: 32, by: 2) {
      guard let high = Character(UnicodeScalar(digits[start])).hexDigitValue,
        let low = Character(UnicodeScalar(digits[start + 1])).hexDigitValue
      else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    key0 = littleEndianWord(bytes[..<8])
    key1 = littleEndianWord(bytes[8...])
  }

  /// The pseudonym of an id: 16 hexadecimal digits.
  public func name(for id: String) -> String {
    let digits = String(hash(Array(id.utf8)), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  func hash(_ message: [UInt8]) -> UInt64 {
    var state = SipState(key0, key1)
    var start = 0
    while message.count - start >= 8 {
      state.compress(littleEndianWord(message[start..<start + 8]))
      start += 8
    }
    state.compress(littleEndianWord(message[start...]) | UInt64(truncatingIfNeeded: message.count) << 56)
    return state.finish()
  }
}

/// Up to eight bytes, the first the least significant.
private func littleEndianWord(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}

private struct SipState {
  private var v0, v1, v2, v3: UInt64

  init(_ key0: UInt64, _ key1: UInt64) {
    v0 = key0 ^ 0x736f_6d65_7073_6575
    v1 = key1 ^ 0x646f_7261_6e64_6f6d
    v2 = key0 ^ 0x6c79_6765_6e65_7261
    v3 = key1 ^ 0x7465_6462_7974_6573
  }

  mutating func compress(_ word: UInt64) {
    v3 ^= word
    rounds(2)
    v0 ^= word
  }

  mutating func finish() -> UInt64 {
    v2 ^= 0xff
    rounds(4)
    return v0 ^ v1 ^ v2 ^ v3
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

  private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
}
