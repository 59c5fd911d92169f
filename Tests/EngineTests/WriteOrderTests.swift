import Testing

@testable import Engine

@Suite("The order of writing") struct WriteOrderTests {
  private func order(_ groups: [Character?]) -> [Int] {
    let order = WriteOrder(groups.count) { groups[$0] }
    var written: [Int] = []
    order.forEachFirst { written.append($0) }
    order.forEachOther { written.append($0) }
    return written
  }

  @Test func theFirstOfEachGroupComesFirstAndTheOthersAsTheyCame() {
    #expect(order(["a", "a", "b", "b", "a", "c", "b"]) == [0, 2, 5, 1, 3, 4, 6])
    #expect(order(["a", "b", "c"]) == [0, 1, 2])
    #expect(order([]) == [])
  }

  @Test func whatHasNothingToWriteIsOfNoGroup() {
    #expect(order([nil, "a", nil, "a", "b", nil]) == [1, 4, 0, 2, 3, 5])
    #expect(order([nil, nil]) == [0, 1])
  }
}
