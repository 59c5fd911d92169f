import Foundation
import Testing

@testable import Retention

@Suite("The model of gaps") struct GapModelTests {
  /// Means of logarithms around ln 30 with a variance of 0.25, gaps within with one of 0.5: the common mean weighs as much as two gaps.
  private let model = GapModel(logMean: log(30), within: 0.5, between: 0.25)

  @Test func nothingKnownIsWhatIsCommon() {
    #expect(isClose(model.quantile(0, gaps: 0, logSum: 0), 30, 1e-12))
  }

  @Test func whatAHistorySaysIsShrunkByItsLength() {
    // Two gaps of 120 days and a common mean that weighs two: half way between the logarithms, which is 60 days.
    #expect(isClose(model.quantile(0, gaps: 2, logSum: 2 * log(120)), 60, 1e-12))
    #expect(isClose(model.quantile(0, gaps: 1e9, logSum: 1e9 * log(120)), 120, 1e-6))
  }

  @Test func aQuantileKnowsHowLittleIsKnown() {
    // ln 60 + 0.8416 sqrt(0.5 (1 + 1/4)) = 4.0943 + 0.6654.
    #expect(isClose(model.quantile(0.8416, gaps: 2, logSum: 2 * log(120)), exp(4.0943446 + 0.6653449), 1e-5))
  }

  @Test func fittingFindsBothVariancesAgain() {
    var random = SeededRandom(seed: 5)
    func normal() -> Double { normalQuantile(Double.random(in: 1e-9..<1, using: &random)) }
    let cases = (0..<20_000).map { _ -> GapModel.Case in
      let mean = 3 + 0.5 * normal()
      let logs = (0..<Int.random(in: 1...12, using: &random)).map { _ in mean + 0.8 * normal() }
      return .init(gaps: Double(logs.count), logSum: logs.reduce(0, +), common: 3, next: mean + 0.8 * normal())
    }
    let fit = GapModel(fitting: cases, logMean: 3)
    #expect(isClose(fit.within, 0.64, 0.04) && isClose(fit.between, 0.25, 0.06))
  }
}
