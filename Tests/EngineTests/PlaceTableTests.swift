import Testing

@testable import Engine

@Suite("Place table") struct PlaceTableTests {
  /// Elements and their hashes, of which some are the same and many lie side by side.
  private let hashes: [UInt64] = (0..<3_000).map { UInt64($0 / 3 * 7 % 1_000) }

  @Test(arguments: [0, 5, 10_000]) func everyElementIsFoundHoweverManyAreExpected(_ expected: Int) {
    var table = PlaceTable(expecting: expected)
    for place in hashes.indices {
      #expect(table.find(hashes[place]) { $0 == place } == nil)
      table.append(hashes[place])
    }
    #expect(table.count == hashes.count)
    #expect(hashes.indices.allSatisfy { place in table.find(hashes[place]) { $0 == place } == place })
  }

  @Test func anElementOfAnotherHashIsNotFound() {
    var table = PlaceTable()
    table.append(1)
    #expect(table.find(2) { _ in true } == nil)
    // In the same slot.
    #expect(table.find(1 | 1 << 20) { _ in true } == nil)
    #expect(table.find(1) { _ in true } == 0)
    #expect(table.find(1) { _ in false } == nil)
  }
}
