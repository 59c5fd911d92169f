import Retention

/// Any text, with Foundation's reader as the oracle: both accept it with the same value or both refuse it, but for the
/// deviations that the unit tests list one by one.
struct JSONReaderTarget: FuzzTarget {
  static let name = "json-reader"

  func run(_ bytes: [UInt8]) {
    // Foundation drops a byte order mark at the start of a string, and takes one at the start of a text.
    guard !hasByteOrderMark(bytes) else { return }
    let expected = JSONTree(foundation: bytes)
    do throws(JSONError) {
      let read = try JSONTree.read(bytes)
      require(isJSON(bytes), "read, but refused when skipped")
      // Foundation takes such numbers through a Double, which may be infinite, zero or another integer then.
      if hasInexactNumber(bytes) { return }
      require(read == expected, "\(read), Foundation reads \(String(describing: expected))")
    } catch {
      require(!isJSON(bytes), "refused, but accepted when skipped")
      require(expected == nil || isListed(bytes, error), "Foundation accepts: \(error)")
    }
  }

  /// Whether Foundation accepts what RFC 8259 does not: a trailing comma, zeros behind the text, and what it takes for
  /// UTF-16 or UTF-32; and whether it accepts more depth than we do.
  private func isListed(_ bytes: [UInt8], _ error: JSONError) -> Bool {
    switch error.code {
    case .tooDeep: true
    default:
      bytes.contains(0) || bytes.first == 0xFF || bytes.first == 0xFE || isBehindComma(bytes, error.offset)
    }
  }

  private func hasByteOrderMark(_ bytes: [UInt8]) -> Bool {
    bytes.indices.contains { bytes[$0...].starts(with: [0xEF, 0xBB, 0xBF]) }
  }

  /// Whether a number may have an exponent or more digits than a Double holds.
  private func hasInexactNumber(_ bytes: [UInt8]) -> Bool {
    var digits = 0
    for byte in bytes {
      if digits > 0, byte | 0x20 == UInt8(ascii: "e") { return true }
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "."): break
      default: digits = 0
      }
      if digits > 15 { return true }
    }
    return false
  }

  private func isBehindComma(_ bytes: [UInt8], _ offset: Int) -> Bool {
    guard offset < bytes.count, "]}".utf8.contains(bytes[offset]) else { return false }
    return bytes[..<offset].last { !" \n\r\t".utf8.contains($0) } == UInt8(ascii: ",")
  }
}
