import Foundation

/// When a customer needs something again, by how they have bought it so far and how others buy what is like it.
public struct ReplenishmentModel: Sendable, Equatable {
  /// Names the parameters; a reminder's evidence repeats it.
  public var version: String
  /// Whether and when the customer buys it again.
  public var renewal: RenewalModel
  /// How long the gaps usually are; what is common is that of categories that are not listed.
  public var gaps: GapModel
  /// The mean gap, in days, of categories that are not listed.
  public var meanGap: Double
  /// What is known of single categories.
  public var categories: [CategoryID: CategoryGaps]

  /// What corrects the probability of a purchase; nil when nothing does.
  public var layer: LogisticLayer?

  /// What is known of a category's gaps.
  public struct CategoryGaps: Sendable, Equatable {
    /// Their mean, in days.
    public var meanGap: Double
    /// The mean of their logarithms.
    public var logMean: Double

    /// From its parts.
    public init(meanGap: Double, logMean: Double) { (self.meanGap, self.logMean) = (meanGap, logMean) }
  }

  /// A model from its parts.
  public init(
    version: String, renewal: RenewalModel, gaps: GapModel, meanGap: Double, categories: [CategoryID: CategoryGaps],
    layer: LogisticLayer?
  ) {
    self.version = version
    self.renewal = renewal
    self.gaps = gaps
    self.meanGap = meanGap
    self.categories = categories
    self.layer = layer
  }

  /// How many days the next purchase is to be expected after the last.
  func expectedGap(_ cycle: PurchaseCycle, of category: CategoryID) -> Double {
    var gaps = gaps
    if let known = categories[category] { gaps.logMean = known.logMean }
    return exp(gaps.logMean(gaps: Double(cycle.gaps), logSum: cycle.logGaps))
  }

  /// The probability of a purchase within `horizon` days from a local day on, by a customer who is known since another.
  func pPurchase(
    _ cycle: PurchaseCycle, of category: CategoryID, knownSince first: LocalDay, on day: LocalDay,
    within horizon: Double
  ) -> Double {
    let idle = Double(max(0, day.number - cycle.last.number))
    let p = renewal.pPurchase(
      cycle.history, meanGap: categories[category]?.meanGap ?? meanGap, idle: idle, within: horizon)
    guard let layer else { return p }
    let known = Double(max(0, day.number - first.number))
    return layer.probability(
      LogisticLayer.Terms(p: p, purchases: Double(cycle.purchases), known: known, idle: idle))
  }
}
