import Kafka
import Testing

@testable import Engine
@testable import Retention

/// Who owns a customer is what Kafka's Java clients say.
struct PartitioningTests {
  /// From the tests of Kafka's Java client, `UtilsTest.testMurmur2`.
  @Test(
    arguments: [
      ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
      ("a-little-bit-longer-string", -1_486_304_829), ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
      ("abc", 479_470_107),
    ] as [(String, Int32)])
  func murmur2IsThatOfKafkasJavaClient(_ text: String, hash: Int32) {
    #expect(Int32(bitPattern: murmur2(Array(text.utf8))) == hash)
  }

  @Test(arguments: [("foobar", 3), ("abc", 7), ("21", 100)] as [(String, Int32)])
  func thePartitionIsTheHashWithoutItsSignBitModuloTheCount(_ name: String, count: Int32) throws {
    let customer = try #require(CustomerID(name))
    let positive = Int64(murmur2(customer.bytes)) % 0x8000_0000
    #expect(Partitioning(count: count).partition(of: customer).number == Int32(positive % Int64(count)))
  }
}

/// The checksum of checkpoints.
struct CRC32Tests {
  @Test(
    arguments: [
      ("123456789", 0xcbf4_3926), ("", 0), ("a", 0xe8b7_be43),
      ("The quick brown fox jumps over the lazy dog", 0x414f_a339),
    ] as [(String, UInt32)])
  func theChecksumIsThatOfZip(_ text: String, expected: UInt32) {
    var checksum = CRC32()
    checksum.combine(Array(text.utf8))
    #expect(checksum.value == expected)
  }

  @Test func piecesAddUpToTheWhole() {
    var pieces = CRC32()
    for piece in ["12", "", "3456", "789"] { pieces.combine(Array(piece.utf8)) }
    #expect(pieces.value == 0xcbf4_3926)
  }
}

/// The keys by which the changelog is compacted.
struct ChangelogKeyTests {
  @Test(arguments: FacetKind.allCases)
  func aKeyIsReadAsItWasWritten(_ facet: FacetKind) throws {
    for name in ["c", "客户-1", String(repeating: "x", count: 128)] {
      let key = ChangelogKey(customer: try #require(CustomerID(name)), facet: facet)
      let read = ChangelogKey(key.bytes.span)
      #expect(read == key)
    }
  }

  @Test(arguments: [[], [1], [0, 99], [200, 99], [1] + [UInt8](repeating: 120, count: 129)] as [[UInt8]])
  func otherBytesAreNoKey(_ bytes: [UInt8]) {
    let key = ChangelogKey(bytes.span)
    #expect(key == nil)
  }
}
