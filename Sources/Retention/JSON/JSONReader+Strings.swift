extension JSONReader {
  /// Reads the string that starts at `offset`, where a quote is known to stand.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func scanString() throws(JSONError) -> JSONText {
    offset += 1
    let start = offset
    var escaped = false
    while true {
      skipPlainText()
      guard offset < bytes.count else { throw error(.unexpectedEnd) }
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        offset += 1
        return JSONText(bytes.extracting(start..<offset - 1), escaped: escaped)
      case UInt8(ascii: "\\"):
        escaped = true
        try scanEscape()
      case 0x80...:
        guard let length = UTF8Sequence.length(in: bytes, at: offset) else { throw error(.invalidUTF8) }
        offset += length
      default:
        throw error(.controlCharacter)
      }
    }
  }

  /// Passes ASCII that stands for itself, eight bytes at a time.
  @_lifetime(self: copy self)
  private mutating func skipPlainText() {
    let raw = bytes.bytes
    while offset + 8 <= bytes.count {
      let word = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let special = specialBytes(word)
      guard special == 0 else {
        offset += special.trailingZeroBitCount / 8
        return
      }
      offset += 8
    }
    while offset < bytes.count, specialBytes(0x2020_2020_2020_2000 | UInt64(bytes[offset])) == 0 { offset += 1 }
  }

  @_lifetime(self: copy self)
  private mutating func scanEscape() throws(JSONError) {
    let start = offset
    offset += 1
    guard offset < bytes.count else { throw error(.unexpectedEnd) }
    let letter = bytes[offset]
    offset += 1
    guard letter == UInt8(ascii: "u") else {
      if JSONText.character(ofEscape: letter) == nil { throw JSONError(code: .invalidEscape, offset: start) }
      return
    }
    let unit = try scanHexadecimal(start)
    guard unit & 0xF800 == 0xD800 else { return }
    guard unit < 0xDC00, offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
      bytes[offset + 1] == UInt8(ascii: "u")
    else { throw JSONError(code: .loneSurrogate, offset: start) }
    let second = offset
    offset += 2
    guard try scanHexadecimal(second) & 0xFC00 == 0xDC00 else {
      throw JSONError(code: .loneSurrogate, offset: start)
    }
  }

  @_lifetime(self: copy self)
  private mutating func scanHexadecimal(_ escape: Int) throws(JSONError) -> UInt32 {
    guard offset + 4 <= bytes.count else {
      offset = bytes.count
      throw error(.unexpectedEnd)
    }
    guard let unit = JSONText.codeUnit(bytes, at: offset) else {
      throw JSONError(code: .invalidEscape, offset: escape)
    }
    offset += 4
    return unit
  }
}

/// Sets the highest bit of every byte of `word` that cannot stand for itself in a string: controls, the quote, the
/// backslash and everything outside ASCII. A borrow can mark a byte too many above one that is marked rightly, so
/// only the lowest mark counts.
@inline(__always)
private func specialBytes(_ word: UInt64) -> UInt64 {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let highs: UInt64 = 0x8080_8080_8080_8080
  let quotes = word ^ (ones &* 0x22)
  let backslashes = word ^ (ones &* 0x5C)
  let controls = word &- (ones &* 0x20)
  return (controls | (quotes &- ones) | (backslashes &- ones) | word) & highs
}
