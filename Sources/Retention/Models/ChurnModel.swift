/// When a customer seems to leave, by how they have bought so far.
public struct ChurnModel: Sendable, Equatable {
  /// Names the parameters; a warning's evidence repeats it.
  public var version: String
  /// Whether the customer buys again.
  public var purchases: PurchaseModel
  /// How long the customer usually waits.
  public var gaps: GapModel
  /// What corrects the probability of a purchase; nil when nothing does.
  public var layer: LogisticLayer?

  /// A model from its parts.
  public init(version: String, purchases: PurchaseModel, gaps: GapModel, layer: LogisticLayer?) {
    (self.version, self.purchases, self.gaps, self.layer) = (version, purchases, gaps, layer)
  }
}

extension ChurnModel {
  /// The usual gap of a customer in days, by purchase-days.
  func usualGap(_ rhythm: Rhythm) -> Double {
    gaps.quantile(0, gaps: Double(rhythm.gaps), logSum: rhythm.logGaps)
  }

  /// The probability of a purchase within `days` from a local day on; nil when there never was one.
  func pPurchase(_ rhythm: Rhythm, on day: LocalDay, within days: Int64) -> Double? {
    guard let history = rhythm.history(on: day) else { return nil }
    let p = purchases.pPurchase(history, within: Double(days))
    return layer?.probability(history.terms(p)) ?? p
  }

  /// The first local day, from the `earliest` on, on which a customer who buys nothing has been idle for longer than gaps like
  /// theirs last with the standard normal quantile `z`, and buys nothing within `horizon` days with a probability of
  /// at least `warnAt`. Both only become truer with time, so halving finds it; the first day of all is tried before, as it mostly is
  /// the one. Nil when it is not within ten years.
  func firstSuspicion(
    _ rhythm: Rhythm, from earliest: LocalDay, warnAt: Double, horizon: Int64, idleBeyond z: Double
  ) -> LocalDay? {
    guard let last = rhythm.last else { return nil }
    let patience = gaps.quantile(z, gaps: Double(rhythm.gaps), logSum: rhythm.logGaps)
    guard patience < Double(Self.longest) else { return nil }
    var low = max(earliest, last + Int64(patience) + 1)
    var high = last + Self.longest
    func isSuspicious(_ day: LocalDay) -> Bool {
      pPurchase(rhythm, on: day, within: horizon).map { 1 - $0 >= warnAt } ?? false
    }
    guard low <= high, isSuspicious(high) else { return nil }
    if isSuspicious(low) { return low }
    while low < high {
      let middle = LocalDay(floorDivide(low.number + high.number, by: 2))
      if isSuspicious(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private static let longest: Int64 = 3_650
}

extension PurchaseModel.History {
  /// What a layer looks at, beside a model's probability.
  func terms(_ p: Double) -> LogisticLayer.Terms {
    LogisticLayer.Terms(p: p, purchases: x + 1, known: now, idle: now - last)
  }
}
