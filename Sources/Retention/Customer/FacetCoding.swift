/// Why stored bytes are not a facet. It means a newer version wrote them or they are damaged, never bad input.
public struct FacetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Which facet, and what was wrong.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Writes a facet's binary form: variable-length integers (LEB128; signed ones zigzag) and length-prefixed bytes.
struct FacetWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(byte: UInt8) { bytes.append(byte) }

  mutating func put(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func put(_ value: Int64) { put(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

  mutating func put(_ value: Instant) { put(value.milliseconds) }

  /// An absent instant is the smallest one, which no event can carry.
  mutating func put(_ value: Instant?) { put(value?.milliseconds ?? Int64.min) }

  mutating func put<Subject>(_ identifier: Identifier<Subject>) { put(identifier.bytes) }

  mutating func put(_ field: [UInt8]) {
    put(UInt64(field.count))
    bytes.append(contentsOf: field)
  }

  mutating func put(fixed value: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
}

/// Reads what `FacetWriter` wrote; every length and count is checked before it is believed.
struct FacetReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func byte() throws(FacetError) -> UInt8 {
    guard position < bytes.count else { throw FacetError("ends after \(bytes.count) bytes, too early") }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func unsigned() throws(FacetError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try byte()
      guard shift < 63 || (shift == 63 && byte <= 1) else { throw FacetError("holds an integer of more than 64 bits") }
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
  }

  mutating func signed() throws(FacetError) -> Int64 {
    let raw = try unsigned()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  mutating func instant() throws(FacetError) -> Instant { Instant(milliseconds: try signed()) }

  mutating func optionalInstant() throws(FacetError) -> Instant? {
    let milliseconds = try signed()
    return milliseconds == Int64.min ? nil : Instant(milliseconds: milliseconds)
  }

  mutating func field() throws(FacetError) -> [UInt8] {
    let count = try unsigned()
    guard count <= UInt64(bytes.count - position) else { throw FacetError("holds a field longer than itself") }
    defer { position += Int(count) }
    return Array(bytes[position..<position + Int(count)])
  }

  mutating func identifier<Subject>(_: Subject.Type) throws(FacetError) -> Identifier<Subject> {
    guard let identifier = Identifier<Subject>(utf8: try field()) else { throw FacetError("holds a bad identifier") }
    return identifier
  }

  /// A count of elements that take at least one byte each.
  mutating func count() throws(FacetError) -> Int {
    let count = try unsigned()
    guard count <= UInt64(bytes.count - position) else { throw FacetError("counts more elements than it has bytes") }
    return Int(count)
  }

  mutating func fixed() throws(FacetError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 8) { value |= UInt64(try byte()) << shift }
    return value
  }
}
