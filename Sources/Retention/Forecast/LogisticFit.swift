import Foundation

extension LogisticLayer {
  /// What happened, beside the terms by which a layer would have foretold it.
  struct Case {
    let terms: Terms
    let isPurchase: Bool
  }

  /// The layer under which what happened was most likely. A weight that would have a sign that a layer does not allow is left at 0.
  /// Nil when the cases decide nothing: too few, or all alike.
  init?(fitting cases: [Case], horizonDays: Int64) {
    var excluded: [Int] = []
    while let weights = Self.newton(cases, without: excluded) {
      // In the order of the terms: the constant may be anything.
      let wrong = [1: weights[1] < 0, 2: weights[2] < 0, 3: weights[3] > 0].filter(\.value).keys.min()
      guard let wrong else {
        self.init(
          intercept: weights[0], logit: weights[1], rate: weights[2], idle: weights[3], horizonDays: horizonDays)
        return
      }
      excluded.append(wrong)
    }
    return nil
  }

  /// Newton's method on the logarithm of the likelihood, which is concave.
  private static func newton(_ cases: [Case], without excluded: [Int]) -> SIMD4<Double>? {
    var weights = SIMD4<Double>(0, 1, 0, 0)
    for index in excluded { weights[index] = 0 }
    for _ in 0..<50 {
      var gradient = SIMD4<Double>.zero
      var curvature = [SIMD4<Double>](repeating: .zero, count: 4)
      for example in cases {
        var values = SIMD4(1, example.terms.logit, example.terms.rate, example.terms.idle)
        for index in excluded { values[index] = 0 }
        let p = 1 / (1 + exp(-(weights * values).sum()))
        gradient += ((example.isPurchase ? 1 : 0) - p) * values
        for row in 0..<4 { curvature[row] += p * (1 - p) * values[row] * values }
      }
      // What is left out stays where it is.
      for index in excluded { curvature[index][index] = 1 }
      guard let step = solve(curvature, gradient) else { return nil }
      weights += step
      guard (0..<4).allSatisfy({ abs(weights[$0]) < 100 }) else { return nil }
      if (0..<4).allSatisfy({ abs(step[$0]) < 1e-9 }) { return weights }
    }
    return nil
  }
}

/// Solves a symmetric, positive definite system by its Cholesky factor; nil when it is not definite.
private func solve(_ matrix: [SIMD4<Double>], _ right: SIMD4<Double>) -> SIMD4<Double>? {
  var factor = matrix
  for row in 0..<4 {
    for column in 0...row {
      let rest = matrix[row][column] - (0..<column).reduce(0) { $0 + factor[row][$1] * factor[column][$1] }
      if row == column {
        guard rest > 1e-9 else { return nil }
        factor[row][row] = rest.squareRoot()
      } else {
        factor[row][column] = rest / factor[column][column]
      }
    }
  }
  var solution = right
  for row in 0..<4 {
    solution[row] = (solution[row] - (0..<row).reduce(0) { $0 + factor[row][$1] * solution[$1] }) / factor[row][row]
  }
  for row in (0..<4).reversed() {
    let known = (row + 1..<4).reduce(0) { $0 + factor[$1][row] * solution[$1] }
    solution[row] = (solution[row] - known) / factor[row][row]
  }
  return solution
}
