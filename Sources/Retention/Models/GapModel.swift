import Foundation

/// How long it usually takes from one purchase to the next. The logarithms of gaps are normal around a mean of the history's own,
/// and those means are normal around a common one: so what a short history says of itself is shrunk towards all others.
public struct GapModel: Sendable, Equatable {
  /// The common mean of the logarithms of gaps in days.
  public var logMean: Double
  /// The variance of the logarithms within one history.
  public var within: Double
  /// The variance of the histories' means.
  public var between: Double

  /// A model from its parameters; the variances are above 0.
  public init(logMean: Double, within: Double, between: Double) {
    (self.logMean, self.within, self.between) = (logMean, within, between)
  }

  /// How many gaps the common mean weighs as much as.
  public var kappa: Double { within / between }

  /// The mean of a history's logarithms: of `gaps` gaps that sum up to `logSum`, and what is common.
  public func logMean(gaps: Double, logSum: Double) -> Double { (logSum + kappa * logMean) / (gaps + kappa) }

  /// The gap in days that the next one stays below with the probability of the standard normal quantile `z`. What is not known of
  /// the mean counts.
  public func quantile(_ z: Double, gaps: Double, logSum: Double) -> Double {
    let spread = within * (1 + 1 / (gaps + kappa))
    return exp(logMean(gaps: gaps, logSum: logSum) + z * spread.squareRoot())
  }
}
