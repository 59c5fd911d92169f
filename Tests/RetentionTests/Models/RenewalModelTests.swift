import Foundation
import Testing

@testable import Retention

/// Against values of mpmath with 40 digits; `deploy/test` compares with it over 10,000 histories too.
@Suite("The model of renewals") struct RenewalModelTests {
  private let model = RenewalModel(a0: 1.657, k0: 1.142, a: 0.457, b: 1, m: 6.9)

  /// Gaps, and what mpmath says of them.
  struct Golden: Sendable {
    let gaps: [Double]
    let meanGap: Double
    let idle: Double
    let days: Double
    let shape: Double
    let survival: Double
    let pPurchase: Double

    var history: RenewalModel.History { .init(gaps) }
  }

  static let golden = [
    Golden(
      gaps: [], meanGap: 28, idle: 10, days: 7, shape: 1.1329440714468236, survival: 0.7451228380627102,
      pPurchase: 0.10928908862234602),
    Golden(
      gaps: [28, 30, 29], meanGap: 25, idle: 25, days: 7, shape: 1.4299401619216793, survival: 0.46715470964328034,
      pPurchase: 0.17072677880688679),
    Golden(
      gaps: [28, 30, 29], meanGap: 25, idle: 60, days: 7, shape: 1.4299401619216793, survival: 0.14895556396819685,
      pPurchase: 0.10745936533892942),
    Golden(
      gaps: [7, 7, 7, 7, 7, 7, 7, 7], meanGap: 20, idle: 6, days: 7, shape: 2.1673360238892909,
      survival: 0.58217467895367178, pPurchase: 0.61792306128333859),
    Golden(
      gaps: [3, 40, 11, 90, 2], meanGap: 30, idle: 15, days: 15, shape: 0.80529587970138694,
      survival: 0.5753724842894953, pPurchase: 0.30795829491583857),
  ]

  @Test(arguments: golden) func theProbabilitiesAreThoseOfTheFormula(_ golden: Golden) {
    #expect(isClose(model.shape(golden.history), golden.shape, 1e-12))
    #expect(isClose(model.survival(golden.history, meanGap: golden.meanGap, days: golden.idle), golden.survival, 1e-11))
    let p = model.pPurchase(golden.history, meanGap: golden.meanGap, idle: golden.idle, within: golden.days)
    #expect(isClose(p, golden.pPurchase, 1e-10))
  }

  @Test func equalGapsAreRegularButNotWithoutLimit() {
    let sure = RenewalModel(a0: 2, k0: 50, a: 0.1, b: 5, m: 1)
    let shape = sure.shape(.init([Double](repeating: 30, count: 1_000)))
    #expect(shape > 50 && shape <= 100)
    // A month after the last of a thousand monthly purchases the next one is all but certain.
    let p = sure.pPurchase(.init([Double](repeating: 30, count: 1_000)), meanGap: 30, idle: 28, within: 7)
    #expect(p > 0.9 && p <= 1)
  }

  @Test func fittingFindsParametersThatForetellAsWell() {
    var random = SeededRandom(seed: 11)
    let truth = RenewalModel(a0: 2.5, k0: 1.6, a: 0.5, b: 1.5, m: 8)
    let cases = (0..<8_000).map { _ -> RenewalModel.Case in
      let gaps = (0..<Int.random(in: 1...8, using: &random)).map { _ in
        Double.random(in: 1...60, using: &random).rounded(.up)
      }
      let idle = Double.random(in: 0...60, using: &random).rounded()
      let p = truth.pPurchase(.init(gaps), meanGap: 25, idle: idle, within: 7)
      return RenewalModel.Case(
        history: .init(gaps), meanGap: 25, idle: idle, horizon: 7,
        isPurchase: Double.random(in: 0..<1, using: &random) < p)
    }
    let fit = RenewalModel(fitting: cases) {}
    let errors = cases.map { example in
      let mine = fit.pPurchase(example.history, meanGap: 25, idle: example.idle, within: 7)
      return abs(mine - truth.pPurchase(example.history, meanGap: 25, idle: example.idle, within: 7))
    }
    #expect(errors.reduce(0, +) / Double(errors.count) < 0.01)
  }
}

extension RenewalModel.History {
  init(_ gaps: [Double]) {
    self.init(gaps: Double(gaps.count), days: gaps.reduce(0, +), logSum: gaps.reduce(0) { $0 + log($1) })
  }
}
