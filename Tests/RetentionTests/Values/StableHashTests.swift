import Testing

@testable import Retention

@Suite("Stable hash") struct StableHashTests {
  /// "retaind\0" and "identity" as big-endian words.
  private let key: (UInt64, UInt64) = (0x7265_7461_696e_6400, 0x6964_656e_7469_7479)

  /// The vectors of the reference implementation: key 00, 01 ... 0f, input 00, 01 ... of the given length.
  @Test(
    arguments: [
      (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (7, 0xab02_00f5_8b01_d137), (8, 0x93f5_f579_9a93_2462),
      (15, 0xa129_ca61_49be_45e5),
    ] as [(UInt8, UInt64)])
  func theReferenceOfTheseTestsIsSipHash(_ count: UInt8, _ digest: UInt64) {
    let key: (UInt64, UInt64) = (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)
    #expect(SipHash.digest64(Array(0..<count), key: key) == digest)
  }

  @Test func theReferenceOfTheseTestsIsSipHashOf128Bits() {
    let key: (UInt64, UInt64) = (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)
    #expect(SipHash.digest128([], key: key) == "a3817f04ba25a8e66df67214c7550293")
    #expect(SipHash.digest128([0], key: key) == "da87c1d86b99af44347659119b22fc45")
  }

  @Test func itIsSipHashOfEveryLength() {
    var random = SeededRandom(seed: 1)
    for count in 0..<100 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      var narrow = StableHash()
      var wide = StableHash(wide: true)
      for byte in bytes {
        narrow.combine(byte)
        wide.combine(byte)
      }
      #expect(narrow.digest64() == SipHash.digest64(bytes, key: key))
      #expect(wide.digest128() == SipHash.digest128(bytes, key: key))
    }
  }

  @Test func itNeverChanges() {
    #expect(StableHash().digest64() == 0xcf1f_ff8e_26bc_85ca)
    #expect(StableHash(wide: true).digest128() == "ebf34f0d3a73d62ac0aa2a56957a5521")
    var narrow = StableHash()
    var wide = StableHash(wide: true)
    for byte in "retaind".utf8 {
      narrow.combine(byte)
      wide.combine(byte)
    }
    #expect(narrow.digest64() == 0x0d50_bb60_61ac_df7d)
    #expect(wide.digest128() == "82e853362861948bcbe893e56a6b5410")
  }

  @Test func aFieldIsPrecededByItsLengthSoThatFieldsDoNotRunTogether() {
    func digest(_ fields: String...) -> UInt64 {
      var hash = StableHash()
      for field in fields { hash.combine(field: field) }
      return hash.digest64()
    }
    let digests = [digest("ab", "c"), digest("a", "bc"), digest("abc"), digest("abc", ""), digest("", "abc")]
    #expect(Set(digests).count == digests.count)
  }

  @Test func anIntegerIsEightLittleEndianBytes() {
    var integer = StableHash()
    integer.combine(0x0102_0304_0506_0708 as UInt64)
    #expect(integer.digest64() == SipHash.digest64([8, 7, 6, 5, 4, 3, 2, 1], key: key))
  }

  @Test func aDigestDoesNotEndTheHash() {
    var hash = StableHash()
    hash.combine(1 as UInt8)
    #expect(hash.digest64() == hash.digest64())
    hash.combine(2 as UInt8)
    #expect(hash.digest64() == SipHash.digest64([1, 2], key: key))
  }
}

/// SipHash-2-4, straight from the paper and its reference for 128 bits, over a whole message at once.
private enum SipHash {
  static func digest64(_ bytes: [UInt8], key: (UInt64, UInt64)) -> UInt64 {
    var state = absorbed(bytes, [key.0, key.1, key.0, key.1])
    state[2] ^= 0xff
    rounds(4, &state)
    return state.reduce(0, ^)
  }

  static func digest128(_ bytes: [UInt8], key: (UInt64, UInt64)) -> String {
    var state = absorbed(bytes, [key.0, key.1 ^ 0xee, key.0, key.1])
    state[2] ^= 0xee
    rounds(4, &state)
    let low = state.reduce(0, ^)
    state[1] ^= 0xdd
    rounds(4, &state)
    return hexadecimal(low) + hexadecimal(state.reduce(0, ^))
  }

  private static func absorbed(_ bytes: [UInt8], _ keys: [UInt64]) -> [UInt64] {
    // "somepseudorandomlygeneratedbytes" as four words.
    let constants: [UInt64] = [
      0x736f_6d65_7073_6575, 0x646f_7261_6e64_6f6d, 0x6c79_6765_6e65_7261, 0x7465_6462_7974_6573,
    ]
    var state = zip(keys, constants).map { $0 ^ $1 }
    let padding = [UInt8](repeating: 0, count: 7 - bytes.count % 8) + [UInt8(bytes.count % 256)]
    let padded = bytes + padding
    for start in stride(from: 0, to: padded.count, by: 8) {
      let word = padded[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      state[3] ^= word
      rounds(2, &state)
      state[0] ^= word
    }
    return state
  }

  private static func rounds(_ count: Int, _ v: inout [UInt64]) {
    for _ in 0..<count {
      v[0] &+= v[1]
      v[1] = v[1] << 13 | v[1] >> 51
      v[1] ^= v[0]
      v[0] = v[0] << 32 | v[0] >> 32
      v[2] &+= v[3]
      v[3] = v[3] << 16 | v[3] >> 48
      v[3] ^= v[2]
      v[0] &+= v[3]
      v[3] = v[3] << 21 | v[3] >> 43
      v[3] ^= v[0]
      v[2] &+= v[1]
      v[1] = v[1] << 17 | v[1] >> 47
      v[1] ^= v[2]
      v[2] = v[2] << 32 | v[2] >> 32
    }
  }

  private static func hexadecimal(_ word: UInt64) -> String {
    let digits = String(word.byteSwapped, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
