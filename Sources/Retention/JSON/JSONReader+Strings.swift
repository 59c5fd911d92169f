extension JSONReader {
  /// Reads the string that starts at `offset`, where a quote is known to stand.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func scanString() throws(JSONError) -> JSONText {
    offset += 1
    let start = offset
    var escaped = false
    while true {
      offset = bytes.withUnsafeBufferPointer { PlainText.asciiEnd(in: $0, from: offset) }
      guard offset < bytes.count else { throw error(.unexpectedEnd) }
      switch bytes[unchecked: offset] {
      case UInt8(ascii: "\""):
        offset += 1
        return JSONText(bytes.extracting(unchecked: start..<offset - 1), escaped: escaped)
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
