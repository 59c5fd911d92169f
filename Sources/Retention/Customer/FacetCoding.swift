import Glibc

/// Why stored bytes are not a facet. It means a newer version wrote them or they are damaged, never bad input.
public struct FacetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Which facet, and what was wrong.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Writes a facet's binary form: variable-length integers (LEB128; signed ones zigzag) and length-prefixed bytes.
struct FacetWriter: ~Copyable {
  private var buffer = ByteBuffer(capacity: 240)

  var count: Int { buffer.count }

  /// Forgets what was written behind the first bytes, and keeps the memory.
  mutating func removeAll(after count: Int = 0) { buffer.removeAll(after: count) }

  /// What was written, copied.
  var bytes: [UInt8] { buffer.bytes }

  /// A part of what was written, until more is.
  func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { buffer.slice(range) }

  @inline(__always)
  mutating func put(byte: UInt8) { buffer.append(byte) }

  @inline(__always)
  mutating func put(_ value: UInt64) {
    // Most numbers are small.
    if value < 0x80 { put(byte: UInt8(truncatingIfNeeded: value)) } else { putLong(value) }
  }

  private mutating func putLong(_ value: UInt64) {
    // As many as 64 bits take, seven at a time.
    buffer.append(upTo: 10) { start in
      if value < 1 << 56 {
        let length = (70 - value.leadingZeroBitCount) / 7
        // All but the last.
        let continued: UInt64 = 0x8080_8080_8080_8080 & ((1 << UInt64(8 * (length - 1))) - 1)
        UnsafeMutableRawPointer(start).storeBytes(of: (spread(value) | continued).littleEndian, as: UInt64.self)
        return length
      }
      var (length, rest) = (0, value)
      while rest >= 0x80 {
        start[length] = UInt8(truncatingIfNeeded: rest) | 0x80
        length += 1
        rest >>= 7
      }
      start[length] = UInt8(truncatingIfNeeded: rest)
      return length + 1
    }
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
  mutating func put(_ value: Currency?) {
    guard let value else { return put(byte: 0) }
    put(value.codeBytes)
  }

  mutating func put<Subject>(_ identifier: Identifier<Subject>) {
    var isShort = false
    buffer.append(upTo: 1 + IdentifierStorage.Words.size) { start in
      // Most are short: those are stored as they lie, and what comes next is written over the rest.
      guard let length = identifier.storeShort(at: start + 1) else { return 0 }
      isShort = true
      start[0] = UInt8(length)
      return 1 + length
    }
    if !isShort { identifier.withBytes { put(field: $0) } }
  }

  /// The count of the elements and what `element` writes of each, where they lie: to walk a list is to copy each element.
  @inline(__always)
  mutating func put<Element>(list: [Element], _ element: (borrowing Element, inout FacetWriter) -> Void) {
    put(UInt64(list.count))
    let list = list.span
    for index in list.indices { element(list[index], &self) }
  }

  mutating func put(_ field: [UInt8]) { field.withUnsafeBufferPointer { put(field: $0) } }

  mutating func put(text: String) {
    var text = text
    text.withUTF8 { put(field: $0) }
  }

  private mutating func put(field: UnsafeBufferPointer<UInt8>) {
    put(UInt64(field.count))
    buffer.append(field)
  }

  mutating func put(bytes: [UInt8]) { buffer.append(bytes) }

  mutating func put(fixed value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { buffer.append($0.assumingMemoryBound(to: UInt8.self)) }
  }
}

/// Reads what `FacetWriter` wrote; every length and count is checked before it is believed. The bytes are borrowed: a reader
/// lives no longer than the call that lent them.
struct FacetReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func byte() throws(FacetError) -> UInt8 {
    guard position < bytes.count else { throw endsTooEarly }
    defer { position += 1 }
    return bytes[position]
  }

  @inline(__always)
  mutating func unsigned() throws(FacetError) -> UInt64 {
    // Most numbers are small.
    guard position < bytes.count, bytes[position] < 0x80 else { return try longUnsigned() }
    defer { position += 1 }
    return UInt64(bytes[position])
  }

  private mutating func longUnsigned() throws(FacetError) -> UInt64 {
    // Eight bytes at once, when there are as many: only the largest numbers take more.
    if bytes.count - position >= 8 {
      let word = UInt64(
        littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: position, as: UInt64.self))
      let ends = ~word & 0x8080_8080_8080_8080
      if ends != 0 {
        let bits = ends.trailingZeroBitCount + 1
        position += bits / 8
        return gathered(word & (UInt64.max >> UInt64(64 - bits)))
      }
    }
    var value: UInt64 = 0
    var shift: UInt64 = 0
    for index in position..<bytes.count {
      let byte = bytes[index]
      guard shift < 63 || (shift == 63 && byte <= 1) else { throw FacetError("holds an integer of more than 64 bits") }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 {
        position = index + 1
        return value
      }
      shift += 7
    }
    throw endsTooEarly
  }

  private var endsTooEarly: FacetError { FacetError("ends after \(bytes.count) bytes, too early") }

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

  mutating func field() throws(FacetError) -> [UInt8] { try bytes(try fieldCount()) }

  /// The length of the field that comes next, which lies within the bytes.
  private mutating func fieldCount() throws(FacetError) -> Int {
    let count = try unsigned()
    guard count <= UInt64(bytes.count - position) else { throw FacetError("holds a field longer than itself") }
    return Int(count)
  }

  mutating func bytes(_ count: Int) throws(FacetError) -> [UInt8] {
    guard count <= bytes.count - position else { throw endsTooEarly }
    defer { position += count }
    return Array(slice(count))
  }

  /// The next bytes, which are known to be there.
  private func slice(_ count: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[position..<position + count])
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
    let count = try fieldCount()
    guard count > 0 else { return nil }
    defer { position += count }
    guard let currency = Currency(code: slice(count).span) else {
      throw FacetError("holds a currency that nobody knows")
    }
    return currency
  }

  mutating func text() throws(FacetError) -> String {
    let count = try fieldCount()
    defer { position += count }
    return String(decoding: slice(count), as: UTF8.self)
  }

  mutating func identifier<Subject>(_: Subject.Type) throws(FacetError) -> Identifier<Subject> {
    let count = try fieldCount()
    guard let identifier = Identifier<Subject>(utf8: slice(count), followedBy: bytes.count - position - count) else {
      throw FacetError("holds a bad identifier")
    }
    position += count
    return identifier
  }

  /// A count of elements that take at least one byte each.
  mutating func count() throws(FacetError) -> Int {
    let count = try unsigned()
    guard count <= UInt64(bytes.count - position) else { throw FacetError("counts more elements than it has bytes") }
    return Int(count)
  }

  /// The elements behind their count.
  mutating func list<Element>(
    _ element: (inout FacetReader) throws(FacetError) -> Element
  ) throws(FacetError) -> [Element] {
    var list: [Element] = []
    try self.list(into: &list, element)
    return list
  }

  /// Appends the elements behind their count, with room made at once for them and for the one that an event adds.
  mutating func list<Element>(
    into list: inout [Element], _ element: (inout FacetReader) throws(FacetError) -> Element
  ) throws(FacetError) {
    let count = try count()
    guard count > 0 else { return }
    // A count that is a lie does not cost more than this.
    let needed = list.count + min(count, 1_024) + 1
    // A list that several are appended to grows to the double at least.
    if list.capacity < needed { list.reserveCapacity(max(needed, 2 * list.capacity)) }
    for _ in 0..<count { list.append(try element(&self)) }
  }

  /// What is found by its identifier must stand there once: a timer of a second one would never be found and done.
  func requireDistinct<Element, Subject>(
    _ elements: Span<Element>, _ identifier: (borrowing Element) -> Identifier<Subject>
  ) throws(FacetError) {
    guard elements.count > 1 else { return }
    // Lists are short as a rule, and numbers quickly compared: identifiers are only when their fingerprints are the same.
    let mayHoldTwice = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: elements.count) { prints in
      for index in elements.indices {
        let print = identifier(elements[index]).fingerprint
        for known in 0..<index where prints[known] == print { return true }
        prints[index] = print
      }
      return false
    }
    guard mayHoldTwice else { return }
    var known = Set<Identifier<Subject>>()
    for index in elements.indices where !known.insert(identifier(elements[index])).inserted {
      throw FacetError("holds an identifier twice")
    }
  }

  mutating func fixed() throws(FacetError) -> UInt64 {
    guard bytes.count - position >= 8 else { throw endsTooEarly }
    defer { position += 8 }
    return UInt64(
      littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }
}

/// The 56 lowest bits, seven in each byte: pairs of groups are moved apart, then pairs of those.
private func spread(_ value: UInt64) -> UInt64 {
  let halves = (value & 0x0fff_ffff) | (value & 0x00ff_ffff_f000_0000) << 4
  let quarters = (halves & 0x0000_3fff_0000_3fff) | (halves & 0x0fff_c000_0fff_c000) << 2
  return (quarters & 0x007f_007f_007f_007f) | (quarters & 0x3f80_3f80_3f80_3f80) << 1
}

/// The seven lowest bits of each byte side by side: the reverse of `spread`.
private func gathered(_ word: UInt64) -> UInt64 {
  let quarters = (word & 0x007f_007f_007f_007f) | (word & 0x7f00_7f00_7f00_7f00) >> 1
  let halves = (quarters & 0x0000_3fff_0000_3fff) | (quarters & 0x3fff_0000_3fff_0000) >> 2
  return (halves & 0x0fff_ffff) | (halves & 0x0fff_ffff_0000_0000) >> 4
}

/// Small numbers of either sign as small numbers without one.
private func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

private func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }

extension UnsafeBufferPointer<UInt8> {
  /// Whether the same bytes are there; many at a time are compared.
  func isEqual(to other: Self) -> Bool {
    guard count == other.count else { return false }
    guard let ours = baseAddress, let theirs = other.baseAddress else { return true }
    return memcmp(ours, theirs, count) == 0
  }
}
