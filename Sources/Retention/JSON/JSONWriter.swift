/// Appends compact JSON (RFC 8259) to a byte array, in the order of the calls.
///
/// Commas and colons are the writer's business; that keys and values alternate and containers are closed is the caller's.
/// ```swift
/// var json = JSONWriter()
/// json.object {
///   $0.member("points", 12)
///   $0.member("cause") { $0.object { $0.member("id", event.id) } }  // or key("cause"), then one value
/// }
/// ```
public struct JSONWriter: ~Copyable, Sendable {
  /// What was written. Between two texts others may write to it what is none.
  var buffer: ByteBuffer
  /// Whether the last thing written was a whole value, so that a sibling needs a comma.
  private var followsValue = false

  /// A writer with nothing in it and room for `capacity` bytes.
  public init(capacity: Int = 256) { buffer = ByteBuffer(capacity: capacity) }

  /// What was written so far, copied.
  public var bytes: [UInt8] { buffer.bytes }

  /// Forgets what was written and keeps the memory, so that one writer serves many records.
  public mutating func removeAll() {
    buffer.removeAll()
    followsValue = false
  }

  /// Begins another text behind what was written.
  mutating func begin() { followsValue = false }

  /// Opens an object.
  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  /// Closes the innermost object.
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  /// Opens an array.
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  /// Closes the innermost array.
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// Writes a member's name; its value comes next. Inlined, so that the length of a literal is known and its words are stored.
  @inline(__always)
  public mutating func key(_ name: StaticString) {
    let needsComma = followsValue
    followsValue = false
    // Names are words of the program: nothing in them is escaped.
    name.withUTF8Buffer { name in
      buffer.append(upTo: name.count + 4) { start in
        var end = start
        func put(_ letter: Unicode.Scalar) {
          end.initialize(to: UInt8(ascii: letter))
          end += 1
        }
        if needsComma { put(",") }
        put("\"")
        if let bytes = name.baseAddress { end.initialize(from: bytes, count: name.count) }
        end += name.count
        put("\"")
        put(":")
        return end - start
      }
    }
  }

  /// Writes a member's name that is only known at run time; its value comes next.
  public mutating func key(_ name: String) {
    string(name)
    buffer.append(UInt8(ascii: ":"))
    followsValue = false
  }

  /// Writes a string.
  public mutating func string(_ text: String) { text.utf8Span.span.withUnsafeBufferPointer { string(valid: $0) } }

  /// Writes a string from its UTF-8; ill-formed sequences become U+FFFD, as RFC 8259 section 8.1 demands UTF-8.
  public mutating func string(_ utf8: [UInt8]) {
    guard UTF8Sequence.isValid(utf8.span) else { return string(String(decoding: utf8, as: UTF8.self)) }
    utf8.withUnsafeBufferPointer { string(valid: $0) }
  }

  /// Writes an identifier as a string.
  public mutating func string<Subject>(_ identifier: Identifier<Subject>) {
    identifier.withBytes { string(valid: $0) }
  }

  /// Writes an integer. Beyond 2^53 some readers lose digits (RFC 8259 section 6); retaind's own bounds lie below.
  public mutating func integer(_ number: some FixedWidthInteger) {
    separate()
    appendDecimal(number)
    followsValue = true
  }

  /// Writes `unscaled` divided by ten to the power of `scale`, exactly and without trailing zeros: (15000, 4) is 1.5.
  public mutating func decimal(_ unscaled: Int64, scale: Int) {
    precondition((0...18).contains(scale), "a decimal has 0 to 18 places")
    separate()
    var power: UInt64 = 1
    for _ in 0..<scale { power *= 10 }
    var (whole, fraction) = unscaled.magnitude.quotientAndRemainder(dividingBy: power)
    if unscaled < 0 { buffer.append(UInt8(ascii: "-")) }
    appendDecimal(whole)
    if fraction > 0 { buffer.append(UInt8(ascii: ".")) }
    while fraction > 0 {
      power /= 10
      (whole, fraction) = fraction.quotientAndRemainder(dividingBy: power)
      buffer.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: whole))
    }
    followsValue = true
  }

  /// Writes a number with as many digits as tell it from its neighbours; it must be finite.
  public mutating func number(_ number: Double) {
    precondition(number.isFinite, "JSON has no such number")
    raw(number.description)
  }

  /// Writes `true` or `false`.
  public mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }

  /// Writes `null`.
  public mutating func null() { literal("null") }

  /// Writes text that is one JSON value already; it is not checked.
  public mutating func raw(_ json: String) {
    separate()
    var json = json
    json.withUTF8 { buffer.append($0) }
    followsValue = true
  }

  /// Writes bytes that are one JSON value already; they are not checked.
  public mutating func raw(_ json: [UInt8]) {
    separate()
    buffer.append(json)
    followsValue = true
  }

  /// Writes an instant as an RFC 3339 string in UTC with milliseconds.
  public mutating func instant(_ instant: Instant) {
    separate()
    buffer.append(UInt8(ascii: "\""))
    instant.withRFC3339 { buffer.append($0) }
    buffer.append(UInt8(ascii: "\""))
    followsValue = true
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    buffer.append(bracket)
  }

  private mutating func close(_ bracket: UInt8) {
    buffer.append(bracket)
    followsValue = true
  }

  private mutating func literal(_ word: StaticString) {
    separate()
    word.withUTF8Buffer { buffer.append($0) }
    followsValue = true
  }

  private mutating func separate() {
    if followsValue { buffer.append(UInt8(ascii: ",")) }
    followsValue = false
  }
}

extension JSONWriter {
  private mutating func appendDecimal<Number: FixedWidthInteger>(_ number: Number) {
    // Room for the sign and for as many digits as 128 bits can have.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 40) { text in
      var start = text.count
      var rest = number.magnitude
      repeat {
        start -= 1
        text[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      if number < 0 {
        start -= 1
        text[start] = UInt8(ascii: "-")
      }
      buffer.append(UnsafeBufferPointer(rebasing: text[start...]))
    }
  }

  /// Writes UTF-8 as a string.
  private mutating func string(valid text: UnsafeBufferPointer<UInt8>) {
    separate()
    // What needs no escape, as most texts do not, is looked at while it is copied.
    let start = buffer.count
    var isPlain = false
    buffer.append(upTo: text.count + 2) { start in
      start[0] = UInt8(ascii: "\"")
      isPlain = PlainText.copy(text, to: start + 1)
      start[text.count + 1] = UInt8(ascii: "\"")
      return text.count + 2
    }
    if !isPlain {
      buffer.removeAll(after: start)
      escapedString(text)
    }
    followsValue = true
  }

  /// Escapes only what RFC 8259 section 7 demands; runs without escapes are copied whole.
  private mutating func escapedString(_ text: UnsafeBufferPointer<UInt8>) {
    buffer.append(UInt8(ascii: "\""))
    var copied = 0
    var position = PlainText.end(in: text, from: 0)
    while position < text.count {
      buffer.append(UnsafeBufferPointer(rebasing: text[copied..<position]))
      appendEscape(text[position])
      copied = position + 1
      position = PlainText.end(in: text, from: copied)
    }
    buffer.append(UnsafeBufferPointer(rebasing: text[copied...]))
    buffer.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscape(_ byte: UInt8) {
    func short(_ letter: Unicode.Scalar) -> [UInt8] { [UInt8(ascii: "\\"), UInt8(ascii: letter)] }
    switch byte {
    case UInt8(ascii: "\""): buffer.append(short("\""))
    case UInt8(ascii: "\\"): buffer.append(short("\\"))
    case 0x08: buffer.append(short("b"))
    case 0x09: buffer.append(short("t"))
    case 0x0A: buffer.append(short("n"))
    case 0x0C: buffer.append(short("f"))
    case 0x0D: buffer.append(short("r"))
    default:
      let digits = Array("0123456789abcdef".utf8)
      buffer.append(Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 0xF)]])
    }
  }
}
