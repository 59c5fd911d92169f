import Testing

@testable import Retention

@Suite("Basis points") struct BasisPointsTests {
  @Test(arguments: [
    (0, 0), (1, 10_000), (1.2, 12_000), (1.1, 11_000), (0.0001, 1), (2.3456, 23_456), (1_000, 10_000_000),
  ])
  func aFactorOfAtMostFourDecimalsIsExact(_ number: Double, _ value: Int64) {
    #expect(BasisPoints(exactly: number)?.value == value)
  }

  @Test func everyFactorOfFourDecimalsSurvivesAsANumber() {
    for value in 0...100_000 as ClosedRange<Int64> where BasisPoints(exactly: Double(value) / 10_000)?.value != value {
      Issue.record("\(value) ten-thousandths are read as something else")
    }
  }

  @Test(arguments: [-0.0001, 1_000.0001, 1.00001, 0.00005, .infinity, -.infinity, .nan])
  func anythingElseIsNone(_ number: Double) {
    #expect(BasisPoints(exactly: number) == nil)
  }

  @Test(arguments: [
    (0, "0"), (1, "0.0001"), (10, "0.001"), (10_000, "1"), (12_000, "1.2"), (12_500, "1.25"), (20_005, "2.0005"),
    (10_000_000, "1000"),
  ])
  func theDecimalHasNoTrailingZeros(_ value: Int64, _ text: String) {
    #expect(BasisPoints(value).decimal == text)
  }
}
