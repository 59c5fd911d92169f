/// What Foundation's JSON5 reader does not refuse but ends the process at. Both are refused before it gets to see them.
enum JSON5Trap {
  /// Throws, with the line, when the text holds such a thing, which is no JSON5 either way.
  static func check(_ text: [UInt8]) throws(ConfigurationError) {
    // As an unquoted key.
    if let position = UTF8Sequence.firstFault(in: text.span) {
      let line = line(of: position, in: text)
      throw ConfigurationError(path: "", problem: "is not UTF-8 in line \(line): save it in that encoding")
    }
    if let position = bareExponent(in: text) {
      let line = line(of: position, in: text)
      throw ConfigurationError(
        path: "", problem: "is not JSON5: a number in line \(line) ends in an exponent without digits")
    }
  }

  private static func line(of position: Int, in text: [UInt8]) -> Int {
    text[..<position].count { $0 == UInt8(ascii: "\n") } + 1
  }

  /// The position of the first `e` behind a digit or a point that only a sign follows, outside of texts and comments.
  private static func bareExponent(in text: [UInt8]) -> Int? {
    var position = 0
    func byte(_ distance: Int) -> Unicode.Scalar? {
      text.indices.contains(position + distance) ? Unicode.Scalar(text[position + distance]) : nil
    }
    while let next = byte(0) {
      switch next {
      case "\"", "'":
        repeat { position += byte(0) == "\\" ? 2 : 1 } while byte(0) != nil && byte(0) != next
        position += 1
      case "/" where byte(1) == "/":
        while let inside = byte(0), inside != "\n", inside != "\r" { position += 1 }
      case "/" where byte(1) == "*":
        position += 2
        while let inside = byte(0), inside != "*" || byte(1) != "/" { position += 1 }
        position += 2
      case "e", "E":
        let isExponent = byte(-1).map { isDigit($0) || $0 == "." } ?? false
        let hasSign = byte(1) == "+" || byte(1) == "-"
        if isExponent, hasSign, !(byte(2).map(isDigit) ?? false) { return position }
        position += 1
      default: position += 1
      }
    }
    return nil
  }

  private static func isDigit(_ character: Unicode.Scalar) -> Bool { ("0"..."9").contains(character) }
}
