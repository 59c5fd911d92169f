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

  mutating func put(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

  mutating func put(text: String) { put(Array(text.utf8)) }

  mutating func put(fixed value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
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
    return try self.bytes(Int(count))
  }

  mutating func bytes(_ count: Int) throws(FacetError) -> [UInt8] {
    guard count <= bytes.count - position else { throw FacetError("ends after \(bytes.count) bytes, too early") }
    defer { position += count }
    return Array(bytes[position..<position + count])
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
  func requireDistinct<Subject>(
    _ identifiers: some RandomAccessCollection<Identifier<Subject>>
  ) throws(FacetError) {
    guard !Self.holdsTwice(identifiers) else { throw FacetError("holds an identifier twice") }
  }

  /// Lists are short as a rule: to compare all pairs takes less than to hash.
  private static func holdsTwice<Subject>(_ identifiers: some RandomAccessCollection<Identifier<Subject>>) -> Bool {
    guard identifiers.count <= 24 else { return Set(identifiers).count < identifiers.count }
    var rest = identifiers[...]
    while let first = rest.popFirst() { if rest.contains(first) { return true } }
    return false
  }

  mutating func fixed() throws(FacetError) -> UInt64 {
    guard bytes.count - position >= 8 else { throw FacetError("ends after \(bytes.count) bytes, too early") }
    defer { position += 8 }
    return UInt64(littleEndian: bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
  }
}

/// Small numbers of either sign as small numbers without one.
private func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

private func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
