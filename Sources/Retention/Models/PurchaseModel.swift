import Foundation

/// Whether a customer will buy again: the MBG/NBD model of purchases that come at random, at a customer's own rate, until the
/// customer is gone without a word; both vary from customer to customer.
///
/// A customer buys as a Poisson process whose rate is Gamma(r, alpha), and after each purchase, the first included, is gone with a
/// probability that is Beta(a, b). Times are in days since the first purchase; `x` are the purchases after the first one, the last
/// of them at `last`.
/// Source: Batislam, Denizel and Filiztekin, "Empirical validation and comparison of models for customer base analysis",
/// International Journal of Research in Marketing 24 (2007).
public struct PurchaseModel: Sendable, Equatable {
  /// The shape of the rates.
  public var r: Double
  /// The scale of the rates, in days.
  public var alpha: Double
  /// How much speaks for being gone after a purchase.
  public var a: Double
  /// How much speaks for staying.
  public var b: Double

  /// A model from its parameters, all above 0.
  public init(r: Double, alpha: Double, a: Double, b: Double) {
    (self.r, self.alpha, self.a, self.b) = (r, alpha, a, b)
  }

  /// What the model looks at of a customer, in days.
  public struct History: Sendable, Equatable {
    /// Purchases after the first.
    public var x: Double
    /// From the first purchase to the last.
    public var last: Double
    /// From the first purchase to the present.
    public var now: Double

    /// A history from its parts.
    public init(x: Double, last: Double, now: Double) { (self.x, self.last, self.now) = (x, last, now) }
  }

  /// The probability that the customer is not gone: `1 / (1 + a / (b + x) ((alpha + now) / (alpha + last))^(r + x))`.
  public func pAlive(_ history: History) -> Double {
    let silence = (r + history.x) * log((alpha + history.now) / (alpha + history.last))
    return 1 / (1 + a / (b + history.x) * exp(silence))
  }

  /// The probability that the customer buys within so many days: `P(alive) (1 - ((alpha + now) / (alpha + now + days))^(r + x))`.
  public func pPurchase(_ history: History, within days: Double) -> Double {
    let none = (r + history.x) * log1p(-days / (alpha + history.now + days))
    return pAlive(history) * -expm1(none)
  }

  /// The logarithm of the likelihood of the history.
  public func logLikelihood(_ history: History) -> Double {
    let x = history.x
    let purchases = lgamma(r + x) - lgamma(r) + r * log(alpha)
    let stayed = logBeta(a, b + x + 1) - (r + x) * log(alpha + history.now)
    let gone = logBeta(a + 1, b + x) - (r + x) * log(alpha + history.last)
    let larger = max(stayed, gone)
    return purchases - logBeta(a, b) + larger + log(exp(stayed - larger) + exp(gone - larger))
  }
}
