import Testing

@testable import Retention

@Suite("Facet coding") struct FacetCodingTests {
  private static let unsigned: [UInt64] = [
    0, 1, 0x7f, 0x80, 0x3fff, 0x4000, 0x1234_5678, 0x00fe_dcba_9876_5432, (1 << 56) - 1, 1 << 56, UInt64(Int64.max),
    UInt64.max - 1, UInt64.max,
  ]

  /// Integers and identifiers are read several bytes at a time where there are as many, and must not be read so where there are not.
  @Test func whatFollowsIsNotReadIntoWhatStandsBefore() throws {
    for value in Self.unsigned {
      for length in [1, 7, 8, 38, 39, 40, 128] {
        let name = try #require(OrderID(String(repeating: "y", count: length)))
        for following in [0, 1, 7, 39, 60] {
          var writer = FacetWriter()
          writer.put(value)
          writer.put(name)
          for _ in 0..<following { writer.put(byte: 0xff) }
          var reader = FacetReader(writer.bytes)
          #expect(try reader.unsigned() == value)
          #expect(try reader.identifier(Named.Order.self) == name)
          #expect(try reader.bytes(following) == [UInt8](repeating: 0xff, count: following))
          #expect(reader.isAtEnd)
        }
      }
    }
  }

  @Test(arguments: unsigned) func anUnsignedIntegerComesBack(_ value: UInt64) throws {
    var writer = FacetWriter()
    writer.put(value)
    // Seven bits a byte, at least one byte.
    #expect(writer.bytes.count == max(1, (64 - value.leadingZeroBitCount + 6) / 7))
    var reader = FacetReader(writer.bytes)
    #expect(try reader.unsigned() == value)
    #expect(reader.isAtEnd)
  }

  @Test(arguments: [0, 1, -1, 63, -64, 64, Int64.max, Int64.min, Int64.min + 1])
  func aSignedIntegerComesBack(_ value: Int64) throws {
    var writer = FacetWriter()
    writer.put(value)
    var reader = FacetReader(writer.bytes)
    #expect(try reader.signed() == value)
    #expect(reader.isAtEnd)
  }

  @Test func theFormsAreThoseOfLEB128AndZigzag() {
    var writer = FacetWriter()
    writer.put(300 as UInt64)  // 0b10_0101100: 0x2c with the continuation bit, then 0x02
    writer.put(-1 as Int64)  // zigzag 1
    writer.put(1 as Int64)  // zigzag 2
    writer.put(-64 as Int64)  // zigzag 127
    writer.put(fixed: 0x0102_0304_0506_0708)
    writer.put([0xaa, 0xbb])
    #expect(writer.bytes == [0xac, 0x02, 1, 2, 127, 8, 7, 6, 5, 4, 3, 2, 1, 2, 0xaa, 0xbb])
  }

  @Test func anAbsentInstantIsNoInstant() throws {
    var writer = FacetWriter()
    writer.put(nil as Instant?)
    writer.put(Instant(milliseconds: 0) as Instant?)
    writer.put(at("0000-01-01T00:00:00Z") as Instant?)
    writer.put(at("9999-12-31T23:59:59.999Z") as Instant?)
    var reader = FacetReader(writer.bytes)
    #expect(try reader.optionalInstant() == nil)
    #expect(try reader.optionalInstant() == Instant(milliseconds: 0))
    #expect(try reader.optionalInstant() == at("0000-01-01T00:00:00Z"))
    #expect(try reader.optionalInstant() == at("9999-12-31T23:59:59.999Z"))
    #expect(reader.isAtEnd)
  }

  @Test func integersOfMoreThan64BitsAreRefused() throws {
    let largest = [UInt8](repeating: 0xff, count: 9) + [0x01]
    var reader = FacetReader(largest)
    #expect(try reader.unsigned() == UInt64.max)
    for tooLarge in [[UInt8](repeating: 0xff, count: 9) + [0x02], [UInt8](repeating: 0x80, count: 10) + [0x00]] {
      var reader = FacetReader(tooLarge)
      #expect(throws: FacetError.self) { try reader.unsigned() }
    }
  }

  @Test func aLengthOrCountBeyondTheBytesIsRefusedBeforeItIsBelieved() {
    var writer = FacetWriter()
    writer.put(UInt64.max)
    var field = FacetReader(writer.bytes)
    #expect(throws: FacetError.self) { try field.field() }
    var count = FacetReader(writer.bytes)
    #expect(throws: FacetError.self) { try count.count() }
    var short = FacetReader([3, 1, 2])
    #expect(throws: FacetError.self) { try short.field() }
  }

  @Test func anIdentifierOfABadLengthIsRefused() {
    var empty = FacetReader([0])
    #expect(throws: FacetError.self) { try empty.identifier(Named.Order.self) }
    var writer = FacetWriter()
    writer.put([UInt8](repeating: 97, count: 129))
    var long = FacetReader(writer.bytes)
    #expect(throws: FacetError.self) { try long.identifier(Named.Order.self) }
  }

  @Test func whatNoEventCanHaveWrittenIsRefused() {
    var writer = FacetWriter()
    writer.put(Int64.max)
    var instant = FacetReader(writer.bytes)
    #expect(throws: FacetError.self) { try instant.optionalInstant() }
    var amount = FacetReader([1])  // zigzag -1
    #expect(throws: FacetError.self) { try amount.amount() }
  }
}
