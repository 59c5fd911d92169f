import Glibc

/// A string of a JSON text as it stands there, validated, with its escapes still in it.
///
/// Comparing costs no copy: `switch name { case "customerId": ... }` is true for `"customerId"` and for
/// `"\u0063ustomerId"` alike.
public struct JSONText: ~Escapable {
  /// The bytes between the quotes.
  private let raw: Span<UInt8>
  private let escaped: Bool

  @_lifetime(copy raw)
  init(_ raw: Span<UInt8>, escaped: Bool) {
    self.raw = raw
    self.escaped = escaped
  }

  /// The text's UTF-8 with its escapes resolved.
  public var utf8: [UInt8] {
    escaped ? resolved() : raw.withUnsafeBufferPointer { Array($0) }
  }

  /// The text.
  public var string: String {
    if escaped { return String(decoding: resolved(), as: UTF8.self) }
    return raw.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }

  /// The length of `utf8`.
  public var utf8Count: Int { escaped ? resolved().count : raw.count }

  /// Calls `body` with the text's UTF-8; copies it only when it holds an escape.
  public func withUTF8<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    escaped ? try body(resolved().span) : try body(raw)
  }

  /// Whether the text is `word`, byte by byte.
  @inline(__always)
  public static func == (text: JSONText, word: StaticString) -> Bool {
    text.escaped ? text.resolvesTo(word) : text.raw.spells(word)
  }

  /// Lets a `switch` over a text have words as its cases.
  @inline(__always)
  public static func ~= (word: StaticString, text: JSONText) -> Bool { text == word }

  private func resolvesTo(_ word: StaticString) -> Bool { resolved().span.spells(word) }
}

/// Lets a `switch` over bytes have words as its cases.
@inline(__always)
func ~= (word: StaticString, bytes: Span<UInt8>) -> Bool { bytes.spells(word) }

extension Span<UInt8> {
  /// Whether the bytes are those of `word`. Inlined, so that a literal's length is known, and a few words are compared.
  @inline(__always)
  func spells(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    return withUnsafeBytes { bytes in
      bytes.baseAddress.map { memcmp($0, word.utf8Start, word.utf8CodeUnitCount) == 0 } ?? true
    }
  }
}

extension JSONText {
  /// The character that a two-character escape stands for; nil when there is no such escape.
  static func character(ofEscape letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// The UTF-16 code unit that four hexadecimal digits name; nil when they are none. All four lie within `bytes`.
  static func codeUnit(_ bytes: Span<UInt8>, at start: Int) -> UInt32? {
    var unit: UInt32 = 0
    for index in start..<start + 4 {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
      default: return nil
      }
    }
    return unit
  }

  /// The bytes with every escape replaced; the reader has validated them all.
  private func resolved() -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(raw.count)
    var position = 0
    while position < raw.count {
      guard raw[position] == UInt8(ascii: "\\") else {
        result.append(raw[position])
        position += 1
        continue
      }
      if let character = Self.character(ofEscape: raw[position + 1]) {
        result.append(character)
        position += 2
      } else {
        appendScalar(at: &position, to: &result)
      }
    }
    return result
  }

  private func appendScalar(at position: inout Int, to result: inout [UInt8]) {
    var scalar = Self.codeUnit(raw, at: position + 2) ?? 0xFFFD
    position += 6
    if scalar & 0xFC00 == 0xD800, let low = Self.codeUnit(raw, at: position + 2) {
      scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
      position += 6
    }
    let character = Unicode.Scalar(scalar) ?? "\u{FFFD}"
    result.append(contentsOf: UTF8.encode(character).map(Array.init) ?? [])
  }
}
