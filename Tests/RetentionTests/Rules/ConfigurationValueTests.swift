import Retention
import Testing

/// JSON5 files as values.
@Suite struct ConfigurationValueTests {
  /// Foundation ends the process at the first of these when it gets to see them.
  @Test(arguments: ["{k\u{1}: 1}", "{\"k\u{1}\": 1}", "{k: \"\u{1}\"}", "{k: 1, // \u{1}\n}", "\u{1}"])
  func aFileThatIsNotUTF8IsRefusedWithTheLine(_ text: String) {
    let file = Array("\n\n\(text)".utf8).map { $0 == 1 ? 0xFF : $0 }
    let error = #expect(throws: ConfigurationError.self) { try ConfigurationValue(json5: file) }
    #expect(error?.description == "is not UTF-8 in line 3: save it in that encoding")
  }

  /// Foundation ends the process at each of these, too.
  @Test(arguments: ["1e-", "{a: -.5E+}", "{a: [1e-, 2]}", "{a: 1e-/* 5 */}", "// '\r{a: 'x\\'', b: 0.e+\n}"])
  func anExponentWithoutDigitsIsRefusedWithTheLine(_ text: String) {
    let error = #expect(throws: ConfigurationError.self) { try ConfigurationValue(json5: Array("\n\n\(text)".utf8)) }
    #expect(error?.description == "is not JSON5: a number in line 3 ends in an exponent without digits")
  }

  @Test func whatLooksLikeANumberInTextsAndCommentsIsTaken() throws {
    let file = "{a: '1e-', \"b\": \"\\\"1E+ \", /* don't 1e- */ c1e: 1e-2, // 1e+ \"\n d: 2E3}"
    let value = try ConfigurationValue(json5: Array(file.utf8))
    #expect(value == .object(["a": .text("1e-"), "b": .text("\"1E+ "), "c1e": .number(0.01), "d": .number(2_000)]))
  }

  @Test func everyCharacterOfUTF8IsTaken() throws {
    let value = try ConfigurationValue(json5: Array("{名字: '牛肉 é 😀'}".utf8))
    #expect(value == .object(["名字": .text("牛肉 é 😀")]))
  }

  @Test func aFileThatIsNothingButANumberEndsWhereItsBytesEnd() throws {
    for digits in 15..<48 {
      leaveDigitsInFreedMemory()
      #expect(throws: Never.self) { try ConfigurationValue(json5: Array(repeating: UInt8(ascii: "1"), count: digits)) }
    }
  }

  /// So that what a reader finds when it reads beyond its bytes looks like more of the same number.
  private func leaveDigitsInFreedMemory() {
    let blocks = (16...256).flatMap { size in
      (0..<4).map { _ in UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 1) }.map { block in
        block.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "7"), count: size)
        return block
      }
    }
    for block in blocks { block.deallocate() }
  }
}
