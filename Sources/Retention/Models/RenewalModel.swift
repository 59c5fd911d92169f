import Foundation

/// Whether a customer will buy an item again, who may have given it up.
///
/// The gaps between purchases of a customer's item are Gamma(k, rate): the greater k, the more regular they are. The rate is
/// Gamma(a0, a0 m / k) before anything is known, with m the mean gap of the item's category, so that n gaps that sum up to G
/// leave it Gamma(A, B) with A = a0 + n k and B = a0 m / k + G. After each purchase the item is given up with a probability that is
/// Beta(a, b), which n gaps leave at a mean of a / (a + b + n).
/// Source of the gamma mixture of gamma gaps: Allenby, Leone and Jen, "A Dynamic Model of Purchase Timing with Application to
/// Direct Marketing", Journal of the American Statistical Association 94 (1999).
public struct RenewalModel: Sendable, Equatable {
  /// The shape of the rates, which says how alike the customers are.
  public var a0: Double
  /// The shape of the gaps that is common.
  public var k0: Double
  /// How much speaks for giving an item up after a purchase.
  public var a: Double
  /// How much speaks for staying.
  public var b: Double
  /// How many gaps the common shape weighs as much as.
  public var m: Double
  /// ln k0 - digamma(k0): by how much the common shape's mean of logarithms stays behind the logarithm of its mean.
  private let s0: Double

  /// A model from its parameters, all above 0.
  public init(a0: Double, k0: Double, a: Double, b: Double, m: Double) {
    (self.a0, self.k0, self.a, self.b, self.m) = (a0, k0, a, b, m)
    s0 = log(k0) - digamma(k0)
  }

  /// What the model looks at of a customer's item: `gaps` gaps that sum up to `days`, and their logarithms to `logSum`.
  public struct History: Sendable, Equatable {
    /// How many.
    public var gaps: Double
    /// Their sum, in days.
    public var days: Double
    /// The sum of their logarithms.
    public var logSum: Double

    /// A history from its parts.
    public init(gaps: Double, days: Double, logSum: Double) {
      (self.gaps, self.days, self.logSum) = (gaps, days, logSum)
    }
  }

  /// How regular the gaps are, k: what they say of themselves, shrunk towards what is common.
  /// Source of the approximation: Minka, "Estimating a Gamma distribution" (2002).
  public func shape(_ history: History) -> Double {
    let n = history.gaps
    let own = n > 0 ? n * log(history.days / n) - history.logSum : 0
    let s = n > 0 ? max(0, own + m * s0) / (n - 1 + m) : s0
    // Equal gaps would be regular without limit.
    guard s > 1e-4 else { return Self.largestShape }
    return min(Self.largestShape, (3 - s + ((s - 3) * (s - 3) + 24 * s).squareRoot()) / (12 * s))
  }

  /// The probability that the next gap is longer than `days`, of an item that is not given up; `meanGap` is the category's.
  public func survival(_ history: History, meanGap: Double, days: Double) -> Double {
    let k = shape(history)
    let scale = a0 * meanGap / k + history.days
    return incompleteBeta(scale / (scale + days), a0 + history.gaps * k, k)
  }

  /// The probability of a purchase within `horizon` days when the last one was `idle` days ago.
  public func pPurchase(_ history: History, meanGap: Double, idle: Double, within horizon: Double) -> Double {
    let silent = survival(history, meanGap: meanGap, days: idle)
    guard silent > 0 else { return 0 }
    let next = 1 - survival(history, meanGap: meanGap, days: idle + horizon) / silent
    let q = a / (a + b + history.gaps)
    return max(0, next) * (1 - q) * silent / ((1 - q) * silent + q)
  }

  private static let largestShape = 100.0
}
