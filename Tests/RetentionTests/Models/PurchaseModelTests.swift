import Foundation
import Testing

@testable import Retention

/// Against values of mpmath with 40 digits; `deploy/test` compares with it over 10,000 histories too.
@Suite("The model of purchases") struct PurchaseModelTests {
  private let model = PurchaseModel(r: 0.6, alpha: 56, a: 0.64, b: 1.2)

  /// A history, and what mpmath says of it.
  struct Golden: Sendable {
    let history: PurchaseModel.History
    let days: Double
    let pAlive: Double
    let pPurchase: Double
    let logLikelihood: Double
  }

  static let golden = [
    Golden(
      history: .init(x: 0, last: 0, now: 0), days: 30, pAlive: 0.65217391304347826, pPurchase: 0.14800371739578272,
      logLikelihood: 0),
    Golden(
      history: .init(x: 0, last: 0, now: 400), days: 30, pAlive: 0.34758400476668608,
      pPurchase: 0.013037168836748145, logLikelihood: -0.62897978323849192),
    Golden(
      history: .init(x: 3, last: 100, now: 130), days: 30, pAlive: 0.7769820918846187,
      pPurchase: 0.32343320626554267, logLikelihood: -16.237392042640573),
    Golden(
      history: .init(x: 40, last: 900, now: 905), days: 7, pAlive: 0.98116337042954714,
      pPurchase: 0.25040910498535318, logLikelihood: -170.32782526064165),
    Golden(
      history: .init(x: 12, last: 300, now: 1_500), days: 90, pAlive: 1.7512291925059182e-7,
      pPurchase: 8.8894984069687564e-8, logLikelihood: -57.714087878328478),
  ]

  @Test(arguments: golden) func theProbabilitiesAreThoseOfTheFormula(_ golden: Golden) {
    #expect(isClose(model.pAlive(golden.history), golden.pAlive, 1e-12))
    #expect(isClose(model.pPurchase(golden.history, within: golden.days), golden.pPurchase, 1e-12))
    #expect(abs(model.logLikelihood(golden.history) - golden.logLikelihood) < 1e-10)
  }

  @Test func silenceOnlyEverLowersTheProbabilityOfAPurchase() {
    for x in [0, 1, 5, 30] as [Double] {
      let last = x * 20
      let p = (0..<400).map { model.pPurchase(.init(x: x, last: last, now: last + Double($0)), within: 30) }
      #expect(zip(p, p.dropFirst()).allSatisfy { $1 < $0 })
    }
  }

  /// The parameters come back from histories that were made with them.
  @Test func fittingFindsTheParametersAgain() {
    var random = SeededRandom(seed: 7)
    let truth = PurchaseModel(r: 0.8, alpha: 40, a: 0.7, b: 1.5)
    let histories = (0..<20_000).map { _ in truth.history(until: Double.random(in: 100...500, using: &random), &random)
    }
    var looks = 0
    let fit = PurchaseModel(fitting: histories.map { (history: $0, count: 1) }) { looks += 1 }
    #expect(looks > 100)
    #expect(isClose(fit.r, truth.r, 0.08) && isClose(fit.alpha, truth.alpha, 0.1))
    #expect(isClose(fit.a / (fit.a + fit.b), truth.a / (truth.a + truth.b), 0.08))
    let likelihood = { (model: PurchaseModel) in histories.reduce(0) { $0 + model.logLikelihood($1) } }
    #expect(likelihood(fit) >= likelihood(truth))
  }

  /// Fader, Hardie and Lee fitted the BG/NBD model to 2,357 customers of CDNOW; whoever finds the same has the likelihood and
  /// the search right. The data are downloaded by `deploy/test`, which names the file.
  @Test(.enabled(if: cdnowSummary != nil, "the data are not at hand: run deploy/test"))
  func theParametersOfThePublishedFitAreFound() throws {
    let text = try String(contentsOfFile: try #require(cdnowSummary), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
    let header = try #require(lines.first)
    let columns = try ["frequency", "recency", "T"].map { try #require(header.firstIndex(of: $0)) }
    let customers = try lines.dropFirst().map { line in try columns.map { try #require(Double(line[$0])) } }
    #expect(customers.count == 2_357)
    var simplex = Simplex(around: [0, 0, 0, 0], step: 0.5) { logs in
      let (r, alpha, a, b) = (exp(logs[0]), exp(logs[1]), exp(logs[2]), exp(logs[3]))
      return -customers.reduce(0) { sum, customer in
        let (x, last, now) = (customer[0], customer[1], customer[2])
        let rate = lgamma(r + x) - lgamma(r) + r * log(alpha)
        let stayed = logBeta(a, b + x) - logBeta(a, b) - (r + x) * log(alpha + now)
        guard x > 0 else { return sum + rate + stayed }
        let gone = logBeta(a + 1, b + x - 1) - logBeta(a, b) - (r + x) * log(alpha + last)
        return sum + rate + log(exp(stayed) + exp(gone))
      }
    }
    simplex.minimize(tolerance: 1e-12, limit: 3_000)
    let fit = simplex.best.point.map { exp($0) }
    for (found, published) in zip(fit, [0.2426, 4.4135, 0.7929, 2.4258]) { #expect(isClose(found, published, 5e-4)) }
    #expect(abs(simplex.best.value - 9_582.4) < 0.05)
  }
}

private let cdnowSummary = ProcessInfo.processInfo.environment["RETAIND_TEST_CDNOW_SUMMARY"]

extension PurchaseModel {
  /// What such a customer does until a time.
  fileprivate func history(until end: Double, _ random: inout SeededRandom) -> History {
    let rate = gamma(r, &random) / alpha
    let (up, down) = (gamma(a, &random), gamma(b, &random))
    let dropOut = up / (up + down)
    var (x, last) = (0.0, 0.0)
    while Double.random(in: 0..<1, using: &random) >= dropOut {
      let next = last - log(1 - Double.random(in: 0..<1, using: &random)) / rate
      guard next <= end else { break }
      x += 1
      last = next
    }
    return History(x: x, last: last, now: end)
  }
}

/// A random number with the gamma distribution of this shape and scale 1, by Ahrens and Dieter's rejection for shapes up to 1; larger
/// ones are sums.
private func gamma(_ shape: Double, _ random: inout SeededRandom) -> Double {
  guard shape <= 1 else { return gamma(1, &random) + gamma(shape - 1, &random) }
  while true {
    let bound = 1 + shape / M_E
    let p = bound * Double.random(in: 0..<1, using: &random)
    let x = p <= 1 ? pow(p, 1 / shape) : -log((bound - p) / shape)
    let accepts = p <= 1 ? exp(-x) : pow(x, shape - 1)
    if Double.random(in: 0..<1, using: &random) <= accepts { return x }
  }
}
