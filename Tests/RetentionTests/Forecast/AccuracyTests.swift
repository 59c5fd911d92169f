import Testing

@testable import Retention

@Suite("Accuracy") struct AccuracyTests {
  @Test func pairsInTheRightOrderAreCountedAndEqualsByHalf() {
    // Of what happened 0.9 and 0.5, of what did not 0.5 and 0.1: three pairs in order, one equal.
    let accuracy = Accuracy([0.5, 0.9, 0.1, 0.5], [true, true, false, false])
    #expect(accuracy.auc == 3.5 / 4)
    // (0.25 + 0.01 + 0.01 + 0.25) / 4
    #expect(isClose(accuracy.brier, 0.13, 1e-12))
  }

  @Test func theWrongOrderIsNothing() {
    #expect(Accuracy([0.1, 0.9], [true, false]).auc == 0)
    #expect(Accuracy([0.9, 0.1], [true, false]).auc == 1)
  }
}
