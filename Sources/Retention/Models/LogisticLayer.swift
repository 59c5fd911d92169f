import Foundation

/// Corrects a model's probability by what the model does not look at: how often something was bought for as long as the customer
/// is known, and how long ago the last time was. A logistic regression with few terms.
public struct LogisticLayer: Sendable, Equatable {
  /// The constant.
  public var intercept: Double
  /// The weight of the logit of the model's probability, at least 0.
  public var logit: Double
  /// The weight of ln(purchases / (days known + 30)), at least 0.
  public var rate: Double
  /// The weight of ln(1 + days since the last purchase), at most 0: silence never speaks for a purchase.
  public var idle: Double
  /// How many days ahead it was fitted.
  public var horizonDays: Int64

  /// A layer from its weights.
  public init(intercept: Double, logit: Double, rate: Double, idle: Double, horizonDays: Int64) {
    self.intercept = intercept
    self.logit = logit
    self.rate = rate
    self.idle = idle
    self.horizonDays = horizonDays
  }

  /// What it looks at.
  public struct Terms: Sendable, Equatable {
    /// Of the model's probability.
    public var logit: Double
    /// Of the purchases.
    public var rate: Double
    /// Of the silence.
    public var idle: Double

    /// The terms of a probability from 0 to 1, of `purchases` in `known` days, the last of them `idle` days ago.
    public init(p: Double, purchases: Double, known: Double, idle: Double) {
      let bounded = max(1e-9, min(1 - 1e-9, p))
      logit = log(bounded / (1 - bounded))
      rate = log(purchases / (known + 30))
      self.idle = log1p(idle)
    }
  }

  /// The corrected probability.
  public func probability(_ terms: Terms) -> Double {
    1 / (1 + exp(-(intercept + logit * terms.logit + rate * terms.rate + idle * terms.idle)))
  }
}
