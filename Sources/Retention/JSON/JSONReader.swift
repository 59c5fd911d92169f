/// A pull reader of one JSON text (RFC 8259) over borrowed bytes: one pass, no tree, nothing copied but what is asked for.
///
/// The caller walks the text and says what it expects; everything it passes, also by skipping, is validated to the letter.
/// ```swift
/// var reader = JSONReader(bytes)
/// try reader.beginObject()
/// while let name = try reader.nextMember() {
///   switch name {
///   case "id": id = try reader.readString().string
///   default: try reader.skipValue()
///   }
/// }
/// try reader.finish()
/// ```
/// Between two calls of `nextMember` or `nextElement` exactly one value is read or skipped. A name that occurs twice is
/// reported twice, so that with plain assignments the last one wins. Copying a reader keeps a place to come back to.
public struct JSONReader: ~Escapable {
  /// How many containers may stand inside one another. Foundation's readers allow 512; an event needs 4, and a small
  /// bound keeps what a hostile record can do to the stack small.
  public static var maximumDepth: Int { 64 }

  let bytes: Span<UInt8>
  /// The next byte to be read.
  public internal(set) var offset = 0
  private var depth = 0
  /// Whether the innermost container was just opened, so that no comma is due.
  private var opened = false

  /// A reader at the start of `bytes`.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  /// A reader at a value inside a text that another reader has validated.
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, at offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  /// What kind of value comes next, judged by its first byte.
  @_lifetime(self: copy self)
  public mutating func peek() throws(JSONError) -> JSONKind {
    skipWhitespace()
    guard offset < bytes.count else { throw error(.unexpectedEnd) }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case 0xEF where offset == 0 && hasByteOrderMark: throw error(.byteOrderMark)
    default: throw error(.unexpectedByte)
    }
  }

  /// Enters an object.
  @_lifetime(self: copy self)
  public mutating func beginObject() throws(JSONError) {
    try open(.object)
  }

  /// The next member's name, with its value to be read next; nil when the object ended, which is left then.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func nextMember() throws(JSONError) -> JSONText? {
    guard try advance(to: UInt8(ascii: "}")) else { return nil }
    guard isNext(UInt8(ascii: "\"")) else { throw error(offset < bytes.count ? .unexpectedByte : .unexpectedEnd) }
    let name = try scanString()
    skipWhitespace()
    try expect(UInt8(ascii: ":"))
    return name
  }

  /// Enters an array.
  @_lifetime(self: copy self)
  public mutating func beginArray() throws(JSONError) {
    try open(.array)
  }

  /// Whether another element is to be read next; when there is none the array is left.
  @_lifetime(self: copy self)
  public mutating func nextElement() throws(JSONError) -> Bool {
    try advance(to: UInt8(ascii: "]"))
  }

  /// Reads a string.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func readString() throws(JSONError) -> JSONText {
    skipWhitespace()
    if !isNext(UInt8(ascii: "\"")) { try expect(.string) }
    return try scanString()
  }

  /// Reads `true` or `false`.
  @_lifetime(self: copy self)
  public mutating func readBool() throws(JSONError) -> Bool {
    try expect(.bool)
    let value = bytes[offset] == UInt8(ascii: "t")
    try scanLiteral(value ? "true" : "false")
    return value
  }

  /// Reads `null` when that comes next; false, and nothing read, otherwise.
  @inline(__always)
  @_lifetime(self: copy self)
  public mutating func readNull() throws(JSONError) -> Bool {
    skipWhitespace()
    guard isNext(UInt8(ascii: "n")) else { return false }
    try scanLiteral("null")
    return true
  }

  /// Passes one value of any kind and validates it.
  @_lifetime(self: copy self)
  public mutating func skipValue() throws(JSONError) {
    switch try peek() {
    case .object:
      try beginObject()
      while try nextMember() != nil { try skipValue() }
    case .array:
      try beginArray()
      while try nextElement() { try skipValue() }
    case .string: _ = try scanString()
    case .number: _ = try scanNumber()
    case .bool: _ = try readBool()
    case .null: try scanLiteral("null")
    }
  }

  /// Makes sure that nothing but whitespace is left.
  @_lifetime(self: copy self)
  public mutating func finish() throws(JSONError) {
    skipWhitespace()
    if offset < bytes.count { throw error(.trailingContent) }
  }
}

/// The kinds of JSON values.
public enum JSONKind: Sendable {
  /// `{}`
  case object
  /// `[]`
  case array
  /// `""`
  case string
  /// `0`
  case number
  /// `true` or `false`
  case bool
  /// `null`
  case null
}

extension JSONReader {
  func error(_ code: JSONError.Code) -> JSONError { JSONError(code: code, offset: offset) }

  /// Makes sure that a value of this kind comes next.
  @_lifetime(self: copy self)
  mutating func expect(_ kind: JSONKind) throws(JSONError) {
    guard try peek() == kind else { throw error(.otherKind) }
  }

  /// Whether this byte comes next.
  @inline(__always)
  private func isNext(_ byte: UInt8) -> Bool { offset < bytes.count && bytes[unchecked: offset] == byte }

  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func expect(_ byte: UInt8) throws(JSONError) {
    guard isNext(byte) else { throw error(offset < bytes.count ? .unexpectedByte : .unexpectedEnd) }
    offset += 1
  }

  @_lifetime(self: copy self)
  private mutating func open(_ kind: JSONKind) throws(JSONError) {
    try expect(kind)
    guard depth < Self.maximumDepth else { throw error(.tooDeep) }
    depth += 1
    offset += 1
    opened = true
  }

  /// Passes the comma before the next sibling, if one is due, and the whitespace around it; false when the container
  /// ended instead.
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func advance(to bracket: UInt8) throws(JSONError) -> Bool {
    skipWhitespace()
    if isNext(bracket) {
      offset += 1
      depth -= 1
      opened = false
      return false
    }
    if !opened {
      try expect(UInt8(ascii: ","))
      skipWhitespace()
    }
    opened = false
    return true
  }

  @_lifetime(self: copy self)
  private mutating func scanLiteral(_ word: StaticString) throws(JSONError) {
    let length = word.utf8CodeUnitCount
    for index in 0..<length {
      guard offset < bytes.count else { throw error(.unexpectedEnd) }
      guard bytes[offset] == word.utf8Start[index] else { throw error(.unexpectedByte) }
      offset += 1
    }
  }

  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func skipWhitespace() {
    // Compact JSON has none: one comparison settles it.
    if offset < bytes.count, bytes[offset] > 0x20 { return }
    skipWhitespaceRun()
  }

  @_lifetime(self: copy self)
  private mutating func skipWhitespaceRun() {
    while offset < bytes.count {
      let byte = bytes[offset]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      offset += 1
    }
  }

  private var hasByteOrderMark: Bool {
    bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
  }
}
