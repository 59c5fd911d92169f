import Foundation

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
  /// at least `warnAt`. Nil when it is not within ten years.
  ///
  /// Both only become truer with time, so that halving finds it. The odds fall nearly as a power of the silence, so that a straight
  /// line through the logarithms of the ends finds it sooner: three or four days are tried instead of twelve.
  func firstSuspicion(
    _ rhythm: Rhythm, from earliest: LocalDay, warnAt: Double, horizon: Int64, idleBeyond z: Double
  ) -> LocalDay? {
    guard let last = rhythm.last else { return nil }
    let patience = gaps.quantile(z, gaps: Double(rhythm.gaps), logSum: rhythm.logGaps)
    guard patience < Double(Self.longest) else { return nil }
    /// The probability of a purchase so many days after the last one.
    func p(_ idle: Int64) -> Double { pPurchase(rhythm, on: last + idle, within: horizon) ?? 1 }
    func isSuspicious(_ p: Double) -> Bool { 1 - p >= warnAt }
    // `low` is not suspicious, `high` is.
    var (low, high) = (max(earliest.number - last.number, Int64(patience) + 1), Self.longest)
    guard low <= high else { return nil }
    var (pLow, pHigh) = (p(low), p(high))
    guard isSuspicious(pHigh) else { return nil }
    if isSuspicious(pLow) { return last + low }
    var isHalving = false
    while high - low > 1 {
      let width = high - low
      let guess = isHalving ? nil : crossing(of: 1 - warnAt, (low, pLow), (high, pHigh))
      let middle = guess.map { max(low + 1, min(high - 1, $0)) } ?? low + width / 2
      let pMiddle = p(middle)
      if isSuspicious(pMiddle) { (high, pHigh) = (middle, pMiddle) } else { (low, pLow) = (middle, pMiddle) }
      isHalving = (high - low) * 2 > width
    }
    return last + high
  }

  /// Where a straight line through two points, in the logarithms of the silence and of the odds, has the probability `p`; nil when
  /// there is no such place.
  private func crossing(of p: Double, _ a: (idle: Int64, p: Double), _ b: (idle: Int64, p: Double)) -> Int64? {
    func logit(_ p: Double) -> Double { log(p / (1 - p)) }
    let (start, end) = (log1p(Double(a.idle)), log1p(Double(b.idle)))
    let (high, low) = (logit(a.p), logit(b.p))
    let idle = expm1(start + (end - start) * (high - logit(p)) / (high - low))
    return idle.isFinite && abs(idle) < 1e9 ? Int64(idle.rounded()) : nil
  }

  private static let longest: Int64 = 3_650
}

extension PurchaseModel.History {
  /// What a layer looks at, beside a model's probability.
  func terms(_ p: Double) -> LogisticLayer.Terms {
    LogisticLayer.Terms(p: p, purchases: x + 1, known: now, idle: now - last)
  }
}
