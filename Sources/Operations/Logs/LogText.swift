/// Puts text into a line so that it can neither end the line nor steer a terminal.
enum LogText {
  /// Appends `text` with the escapes of JSON (RFC 8259, section 7) between quotation marks. DEL and the C1 controls
  /// are escaped too, which JSON does not ask for: somebody tails these lines on a terminal.
  static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    appendEscaped(text, quotes: true, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends `text` with control characters escaped, and with quotation marks and backslashes escaped when `quotes`.
  static func appendEscaped(_ text: String, quotes: Bool, to bytes: inout [UInt8]) {
    let start = bytes.count
    let limit = start + LogValue.maximumTextBytes
    for scalar in text.unicodeScalars {
      // The last scalar may overshoot by its own few bytes; what matters is that a line cannot grow without bound.
      guard bytes.count < limit else {
        bytes.append(contentsOf: "…".utf8)
        return
      }
      append(scalar, quotes: quotes, to: &bytes)
    }
  }

  private static func append(_ scalar: Unicode.Scalar, quotes: Bool, to bytes: inout [UInt8]) {
    switch scalar {
    case "\"" where quotes, "\\" where quotes:
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(UInt8(truncatingIfNeeded: scalar.value))
    case "\n": bytes.append(contentsOf: "\\n".utf8)
    case "\r": bytes.append(contentsOf: "\\r".utf8)
    case "\t": bytes.append(contentsOf: "\\t".utf8)
    case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}":
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(hexadecimalDigit(scalar.value >> 4))
      bytes.append(hexadecimalDigit(scalar.value & 15))
    default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }

  private static func hexadecimalDigit(_ value: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: value) + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
  }
}
