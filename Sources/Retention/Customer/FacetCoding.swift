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

  mutating func put(_ value: Int64) { put(zigzag(value)) }

  mutating func put(_ value: Instant) { put(Optional(value)) }

  /// An absent instant takes one byte, as most of them are absent.
  mutating func put(_ value: Instant?) { put(value.map { zigzag($0.milliseconds) + 1 } ?? UInt64(0)) }

  /// An absent day takes one byte.
  mutating func put(_ value: LocalDay?) { put(value.map { zigzag($0.number) + 1 } ?? UInt64(0)) }

  /// An absent month takes one byte.
  mutating func put(_ value: LocalMonth?) { put(value.map { zigzag($0.number) + 1 } ?? UInt64(0)) }

  /// An absent currency takes one byte.
  mutating func put(_ value: Currency?) { put(value?.codeBytes ?? []) }

  mutating func put<Subject>(_ identifier: Identifier<Subject>) { put(identifier.bytes) }

  mutating func put(_ field: [UInt8]) {
    put(UInt64(field.count))
    bytes.append(contentsOf: field)
  }

  mutating func put(text: String) { put(Array(text.utf8)) }

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
    unzigzag(try unsigned())
  }

  /// Points or minor units.
  mutating func amount() throws(FacetError) -> Int64 {
    let amount = try signed()
    guard amount >= 0 else { throw FacetError("holds an amount below 0") }
    return amount
  }

  mutating func instant() throws(FacetError) -> Instant {
    guard let instant = try optionalInstant() else { throw FacetError("lacks an instant") }
    return instant
  }

  /// Events carry the years 0000 to 9999, and no rule adds more than ten years; what lies far beyond would overflow.
  mutating func optionalInstant() throws(FacetError) -> Instant? {
    let raw = try unsigned()
    guard raw > 0 else { return nil }
    let milliseconds = unzigzag(raw - 1)
    guard milliseconds.magnitude < 1_000_000_000_000_000 else { throw FacetError("holds an instant of no calendar") }
    return Instant(milliseconds: milliseconds)
  }

  mutating func field() throws(FacetError) -> [UInt8] {
    let count = try unsigned()
    guard count <= UInt64(bytes.count - position) else { throw FacetError("holds a field longer than itself") }
    defer { position += Int(count) }
    return Array(bytes[position..<position + Int(count)])
  }

  mutating func localDay() throws(FacetError) -> LocalDay { try day(try signed()) }

  mutating func optionalDay() throws(FacetError) -> LocalDay? {
    let raw = try unsigned()
    return raw == 0 ? nil : try day(unzigzag(raw - 1))
  }

  private func day(_ number: Int64) throws(FacetError) -> LocalDay {
    guard number.magnitude < 4_000_000 else { throw FacetError("holds a day of no calendar") }
    return LocalDay(number)
  }

  mutating func optionalMonth() throws(FacetError) -> LocalMonth? {
    let raw = try unsigned()
    guard raw > 0 else { return nil }
    let number = unzigzag(raw - 1)
    guard number.magnitude < 131_000 else { throw FacetError("holds a month of no calendar") }
    return LocalMonth(number)
  }

  mutating func optionalCurrency() throws(FacetError) -> Currency? {
    let code = try field()
    guard !code.isEmpty else { return nil }
    guard let currency = Currency(code: code.span) else { throw FacetError("holds a currency that nobody knows") }
    return currency
  }

  mutating func text() throws(FacetError) -> String { String(decoding: try field(), as: UTF8.self) }

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

  /// What is found by its identifier must stand there once: a timer of a second one would never be found and done.
  func requireDistinct<Subject>(_ identifiers: [Identifier<Subject>]) throws(FacetError) {
    guard Set(identifiers).count == identifiers.count else { throw FacetError("holds an identifier twice") }
  }

  mutating func fixed() throws(FacetError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 8) { value |= UInt64(try byte()) << shift }
    return value
  }
}

/// Small numbers of either sign as small numbers without one.
private func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

private func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
