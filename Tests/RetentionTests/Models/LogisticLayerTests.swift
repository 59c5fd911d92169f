import Foundation
import Testing

@testable import Retention

@Suite("The logistic layer") struct LogisticLayerTests {
  @Test func theProbabilityIsTheLogisticOfTheTerms() {
    let layer = LogisticLayer(intercept: 1, logit: 0.5, rate: 0.7, idle: -0.2, horizonDays: 30)
    // 3 purchases in 60 days, the last 10 days ago: 1 + 0.5 ln(0.2 / 0.8) + 0.7 ln(3 / 90) - 0.2 ln 11 = -2.5536.
    let p = layer.probability(.init(p: 0.2, purchases: 3, known: 60, idle: 10))
    #expect(isClose(p, 1 / (1 + exp(2.5535695)), 1e-4))
  }

  @Test func certaintyIsBounded() {
    let layer = LogisticLayer(intercept: 0, logit: 1, rate: 0, idle: 0, horizonDays: 30)
    for p in [0.0, 1.0] {
      let corrected = layer.probability(.init(p: p, purchases: 1, known: 0, idle: 0))
      #expect(corrected.isFinite && abs(corrected - p) < 1e-8)
    }
  }

  @Test func fittingFindsTheWeightsAgain() throws {
    let truth = LogisticLayer(intercept: 0.8, logit: 0.6, rate: 0.5, idle: -0.3, horizonDays: 7)
    let fit = try #require(LogisticLayer(fitting: cases(60_000, by: truth), horizonDays: 7))
    #expect(abs(fit.intercept - 0.8) < 0.15 && abs(fit.logit - 0.6) < 0.05)
    #expect(abs(fit.rate - 0.5) < 0.05 && abs(fit.idle + 0.3) < 0.05)
  }

  @Test func aWeightOfTheWrongSignIsLeftAtNothing() throws {
    // Silence that speaks for a purchase would make a customer who is gone for longer a better one.
    let odd = LogisticLayer(intercept: 0, logit: 1, rate: 0.2, idle: 0.4, horizonDays: 7)
    let fit = try #require(LogisticLayer(fitting: cases(20_000, by: odd), horizonDays: 7))
    #expect(fit.idle == 0 && fit.logit > 0 && fit.rate >= 0)
  }

  @Test func casesThatAreAllAlikeDecideNothing() {
    let terms = LogisticLayer.Terms(p: 0.3, purchases: 2, known: 10, idle: 3)
    #expect(
      LogisticLayer(
        fitting: [LogisticLayer.Case](repeating: .init(terms: terms, isPurchase: true), count: 500), horizonDays: 7)
        == nil)
    #expect(LogisticLayer(fitting: [], horizonDays: 7) == nil)
  }

  private func cases(_ count: Int, by truth: LogisticLayer) -> [LogisticLayer.Case] {
    var random = SeededRandom(seed: 3)
    return (0..<count).map { _ in
      let terms = LogisticLayer.Terms(
        p: Double.random(in: 0.01...0.99, using: &random), purchases: Double(Int.random(in: 1...30, using: &random)),
        known: Double.random(in: 0...300, using: &random), idle: Double.random(in: 0...100, using: &random))
      return .init(terms: terms, isPurchase: Double.random(in: 0..<1, using: &random) < truth.probability(terms))
    }
  }
}
