import Testing

@testable import Operations

@Suite struct PseudonymTests {
  /// The key and the first vectors of `vectors.h` of the reference implementation: message 00 01 02 ... of each length.
  @Test(
    arguments: [
      (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (7, 0xab02_00f5_8b01_d137),
      (8, 0x93f5_f579_9a93_2462), (15, 0xa129_ca61_49be_45e5),
    ] as [(Int, UInt64)])
  func itIsSipHash24(length: Int, expected: UInt64) throws {
    let pseudonym = try #require(Pseudonym(hexadecimalKey: "000102030405060708090a0b0c0d0e0f"))
    #expect(pseudonym.hash((0..<length).map { UInt8($0) }) == expected)
  }

  @Test func oneKeyGivesOneNameAndAnotherKeyAnother() throws {
    let first = try #require(Pseudonym(hexadecimalKey: String(repeating: "0a", count: 16)))
    let second = try #require(Pseudonym(hexadecimalKey: String(repeating: "0b", count: 16)))
    #expect(first.name(for: "alice") == first.name(for: "alice"))
    #expect(first.name(for: "alice") != first.name(for: "alicf"))
    #expect(first.name(for: "alice") != second.name(for: "alice"))
    #expect(Pseudonym().name(for: "alice") != Pseudonym().name(for: "alice"))
  }

  @Test func aNameIsSixteenDigits() throws {
    let pseudonym = Pseudonym()
    for id in 0..<2_000 { #expect(pseudonym.name(for: "\(id)").utf8.count == 16) }
  }

  @Test(arguments: ["", "00", String(repeating: "0", count: 31), String(repeating: "g", count: 32)])
  func aKeyThatIsNot32DigitsIsRefused(text: String) {
    #expect(Pseudonym(hexadecimalKey: text) == nil)
  }
}
