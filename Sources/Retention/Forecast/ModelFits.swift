import Foundation

// The parameters under which a history was most likely.

extension PurchaseModel {
  /// A history and how many customers have the same.
  typealias Counted = (history: History, count: Double)

  /// Fits the four parameters. `step` is told at each look at the data.
  init(fitting histories: [Counted], step: () -> Void) {
    func model(_ logs: [Double]) -> PurchaseModel {
      PurchaseModel(r: exp(logs[0]), alpha: exp(logs[1]), a: exp(logs[2]), b: exp(logs[3]))
    }
    let count = histories.reduce(0) { $0 + $1.count }
    let longest = histories.map(\.history.now).max() ?? 1
    self = withoutActuallyEscaping(step) { step in
      var simplex = Simplex(around: [0, log(max(1, longest / 4)), 0, 0], step: 0.5) { logs in
        step()
        // Far out, where the data decide nothing any more, the model is the same and only numbers grow.
        guard logs.allSatisfy({ abs($0) < 16 }) else { return .infinity }
        let model = model(logs)
        return -histories.reduce(0) { $0 + $1.count * model.logLikelihood($1.history) } / count
      }
      simplex.minimize(tolerance: 1e-10, limit: 1_500)
      return model(simplex.best.point)
    }
  }
}

extension GapModel {
  /// The last gap of a history, beside the gaps before it.
  struct Case {
    let gaps: Double
    let logSum: Double
    /// The mean of the logarithms of gaps like these.
    let common: Double
    /// The logarithm of the gap that followed.
    let next: Double
  }

  /// Fits both variances so that each last gap is foretold best by those before it; `logMean` is given.
  init(fitting cases: [Case], logMean: Double) {
    func within(_ kappa: Double) -> (variance: Double, cost: Double) {
      var (sum, logs) = (0.0, 0.0)
      for example in cases {
        let residual = example.next - (example.logSum + kappa * example.common) / (example.gaps + kappa)
        let spread = 1 + 1 / (example.gaps + kappa)
        sum += residual * residual / spread
        logs += log(spread)
      }
      let variance = max(1e-3, sum / Double(max(1, cases.count)))
      return (variance, log(variance) + logs / Double(max(1, cases.count)))
    }
    var simplex = Simplex(around: [1], step: 0.5) { abs($0[0]) < 7 ? within(exp($0[0])).cost : .infinity }
    simplex.minimize(tolerance: 1e-9, limit: 200)
    let kappa = exp(simplex.best.point[0])
    let variance = within(kappa).variance
    self.init(logMean: logMean, within: variance, between: variance / kappa)
  }
}

extension GapModel.Case {
  /// The gap that followed, in days, is the `last` of `gaps` whose logarithms sum up to `logSum`; nil when it is not known or the
  /// only one.
  init?(gaps: Int64, logSum: Double, last: Int64?, common: Double) {
    guard let last, gaps >= 2 else { return nil }
    next = log(Double(last))
    self.gaps = Double(gaps - 1)
    self.logSum = logSum - next
    self.common = common
  }
}

extension RenewalModel {
  /// An item at a moment, and whether it was bought within `horizon` days from then on.
  struct Case {
    let history: History
    let meanGap: Double
    let idle: Double
    let horizon: Double
    let isPurchase: Bool
  }

  /// Fits the five parameters. `step` is told at each look at the data.
  init(fitting cases: [Case], step: () -> Void) {
    func model(_ logs: [Double]) -> RenewalModel {
      RenewalModel(a0: exp(logs[0]), k0: exp(logs[1]), a: exp(logs[2]), b: exp(logs[3]), m: 1 + exp(logs[4]))
    }
    self = withoutActuallyEscaping(step) { step in
      var simplex = Simplex(around: [0.5, 0.1, -1, 0, 2], step: 0.4) { logs in
        step()
        guard logs.allSatisfy({ abs($0) < 12 }) else { return .infinity }
        return model(logs).loss(of: cases)
      }
      simplex.minimize(tolerance: 1e-7, limit: 250)
      return model(simplex.best.point)
    }
  }

  /// The mean of what is lost on each case, -ln of the probability given to what happened.
  private func loss(of cases: [Case]) -> Double {
    let sum = cases.reduce(0) { sum, example in
      let p = pPurchase(
        example.history, meanGap: example.meanGap, idle: example.idle, within: example.horizon)
      return sum - log(max(1e-9, example.isPurchase ? p : 1 - p))
    }
    return sum / Double(max(1, cases.count))
  }
}
