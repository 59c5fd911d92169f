import Foundation

/// How good probabilities are.
struct Accuracy: CustomStringConvertible {
  /// The probability that something that happened was given a higher one than something that did not.
  let auc: Double
  /// The mean squared difference to what happened.
  let brier: Double

  /// Of at least one case that happened and one that did not.
  init(_ probabilities: [Double], _ outcomes: [Bool]) {
    let ranked = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
    var (rankSum, index) = (0.0, 0)
    while index < ranked.count {
      var end = index
      while end < ranked.count, probabilities[ranked[end]] == probabilities[ranked[index]] { end += 1 }
      // Equals share their ranks.
      let rank = Double(index + end + 1) / 2
      rankSum += rank * Double(ranked[index..<end].count { outcomes[$0] })
      index = end
    }
    let happened = Double(outcomes.count { $0 })
    auc = (rankSum - happened * (happened + 1) / 2) / (happened * (Double(outcomes.count) - happened))
    let squares = zip(probabilities, outcomes).reduce(0) { $0 + pow($1.0 - ($1.1 ? 1 : 0), 2) }
    brier = squares / Double(outcomes.count)
  }

  var description: String { "AUC \(rounded(auc)), Brier \(rounded(brier))" }
}

/// To four decimals.
func rounded(_ number: Double) -> String { String(format: "%.4f", number) }
