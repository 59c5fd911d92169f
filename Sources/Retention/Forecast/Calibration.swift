import Foundation

/// Fits the parameters of the models to a history.
///
/// It takes the events before an instant in order of time, and looks at all customers now and then: what was known then is set beside
/// what followed. Memory grows with customers and their items, not with events.
public final class Calibration {
  private let forecast: Forecast
  private let until: Instant
  private let churnHorizon: Int64
  private var looks: [(at: Instant, look: Look)]
  private var churnStart: [CustomerID: PurchaseSnapshot] = [:]
  private var itemStarts: [Int: [ItemSnapshot]] = [:]
  private var itemCases: [ItemCase] = []

  private enum Look {
    case startChurn
    case startItems(Int)
    case endItems(Int)
  }

  private struct PurchaseSnapshot {
    let history: PurchaseModel.History
    let last: LocalDay
  }

  private struct ItemSnapshot {
    let customer: CustomerID
    let sku: SKU
    let category: CategoryID
    let last: LocalDay
    let history: RenewalModel.History
    let idle: Double
    let known: Double
  }

  private struct ItemCase {
    let item: ItemSnapshot
    let isPurchase: Bool
  }

  /// A calibration on what happens before `until`; churn is looked at `churnHorizon` days ahead.
  /// Throws when the rules name a time zone that the system does not know.
  public init(
    rules: Rules, wording: Wording, decoder: EventDecoder, until: Instant, churnHorizon: Int64
  ) throws(ConfigurationError) {
    forecast = try Forecast(rules: rules, wording: wording, decoder: decoder)
    self.until = until
    self.churnHorizon = churnHorizon
    var looks: [(at: Instant, look: Look)] = [(until - .days(churnHorizon), .startChurn)]
    for index in 0..<Self.itemLooks {
      let end = until - .days(Self.itemHorizon * 2 * Int64(index))
      looks += [(end - .days(Self.itemHorizon), .startItems(index)), (end, .endItems(index))]
    }
    self.looks = looks.sorted { $0.at < $1.at }
  }

  /// Events that were read, those of no concern included.
  public var events: Int64 { forecast.events }
  /// Lines that are no valid event.
  public var rejected: Int64 { forecast.rejected }

  /// Reads one structured CloudEvent.
  public func take(line: [UInt8]) {
    guard let event = forecast.decode(line: line), event.time < until else { return }
    look(through: event.time)
    forecast.take(event)
  }

  /// Looks as often as it is time to by an instant.
  private func look(through instant: Instant) {
    while let next = looks.first, next.at <= instant {
      look(next.look, at: next.at)
      looks.removeFirst()
    }
  }

  private func look(_ look: Look, at instant: Instant) {
    switch look {
    case .startChurn:
      for history in forecast.histories {
        guard let last = history.rhythm.last,
          let past = history.rhythm.history(on: history.lastDay(before: instant))
        else { continue }
        churnStart[history.customer] = PurchaseSnapshot(history: past, last: last)
      }
    case .startItems(let index):
      itemStarts[index] = forecast.histories.flatMap { snapshots(of: $0, at: instant) }
    case .endItems(let index):
      for item in itemStarts.removeValue(forKey: index) ?? [] {
        let last = forecast.items(of: item.customer)?.item(item.sku)?.cycle.last
        itemCases.append(ItemCase(item: item, isPurchase: last.map { $0 > item.last } ?? false))
      }
    }
  }

  private func snapshots(of history: Forecast.History, at instant: Instant) -> [ItemSnapshot] {
    let day = history.lastDay(before: instant)
    return history.items.items.filter { $0.cycle.gaps > 0 }.map { item in
      ItemSnapshot(
        customer: history.customer, sku: item.sku, category: item.category, last: item.cycle.last,
        history: item.cycle.history, idle: Double(max(0, day.number - item.cycle.last.number)),
        known: Double(max(0, day.number - (history.items.since ?? item.cycle.last).number)))
    }
  }

  /// Fits everything that there is enough to fit for. `step` is told now and then that it goes on.
  public func fit(step: () -> Void) -> CalibrationResult {
    look(through: until)
    let histories = forecast.histories
    var findings: [CalibrationResult.Finding] = [
      .init(name: "events", value: "\(events)"), .init(name: "rejected lines", value: "\(rejected)"),
      .init(name: "customers with a purchase", value: "\(histories.count)"),
    ]
    let churn = fitChurn(histories, &findings, step)
    let replenishment = fitReplenishment(histories, &findings, step)
    return CalibrationResult(churn: churn, replenishment: replenishment, findings: findings)
  }

  private var version: String { "calibrated-" + LocalDay(floorDivide(until.milliseconds, by: 86_400_000)).iso8601 }

  private static let itemHorizon: Int64 = 7
  private static let itemLooks = 7
  /// The least customers, or cases, from which anything is fitted.
  private static let fewest = 100
  /// So many cases say enough of five parameters; more of them only take longer.
  private static let mostRenewals = 60_000
}

// Churn.
extension Calibration {
  private func fitChurn(
    _ histories: [Forecast.History], _ findings: inout [CalibrationResult.Finding], _ step: () -> Void
  ) -> ChurnModel? {
    var counts: [[Double]: Double] = [:]
    var (gapCount, logSum) = (0.0, 0.0)
    for history in histories {
      guard let past = history.rhythm.history(on: history.lastDay(before: until)) else { continue }
      counts[[past.x, past.last, past.now], default: 0] += 1
      gapCount += past.x
      logSum += history.rhythm.logGaps
    }
    let common = logSum / max(1, gapCount)
    let gapCases = histories.compactMap { history in
      GapModel.Case(
        gaps: history.rhythm.gaps, logSum: history.rhythm.logGaps, last: history.rhythm.lastGap, common: common)
    }
    guard gapCases.count >= Self.fewest else {
      findings.append(.init(name: "churn", value: "not fitted: only \(gapCases.count) customers bought three times"))
      return nil
    }
    let sorted = counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let data = sorted.map {
      (history: PurchaseModel.History(x: $0.key[0], last: $0.key[1], now: $0.key[2]), count: $0.value)
    }
    let purchases = PurchaseModel(fitting: data, step: step)
    let likelihood = data.reduce(0) { $0 + $1.count * purchases.logLikelihood($1.history) }
    findings.append(.init(name: "purchases: log-likelihood", value: "\(likelihood)"))
    let cases = churnStart.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }.map { id, start in
      let p = purchases.pPurchase(start.history, within: Double(churnHorizon))
      let last = forecast.rhythm(of: id)?.last
      return LogisticLayer.Case(terms: start.history.terms(p), isPurchase: last.map { $0 > start.last } ?? false)
    }
    let layer = cases.count < Self.fewest ? nil : LogisticLayer(fitting: cases, horizonDays: churnHorizon)
    findings += diagnostics("churn, \(churnHorizon) days ahead", cases, layer)
    return ChurnModel(
      version: version, purchases: purchases, gaps: GapModel(fitting: gapCases, logMean: common), layer: layer)
  }
}

// Replenishment.
extension Calibration {
  private func fitReplenishment(
    _ histories: [Forecast.History], _ findings: inout [CalibrationResult.Finding], _ step: () -> Void
  ) -> ReplenishmentModel? {
    guard itemCases.count >= Self.fewest else {
      findings.append(.init(name: "replenishment", value: "not fitted: only \(itemCases.count) cases"))
      return nil
    }
    let common = CommonGaps(histories)
    let gapCases = histories.flatMap(\.items.items).compactMap { item in
      GapModel.Case(
        gaps: item.cycle.gaps, logSum: item.cycle.logGaps, last: item.cycle.lastGap,
        common: common[item.category].logMean)
    }
    let stride = max(1, itemCases.count / Self.mostRenewals)
    let renewalCases = Swift.stride(from: 0, to: itemCases.count, by: stride).map { index in
      let example = itemCases[index]
      return RenewalModel.Case(
        history: example.item.history, meanGap: common[example.item.category].meanGap,
        idle: example.item.idle, horizon: Double(Self.itemHorizon), isPurchase: example.isPurchase)
    }
    let renewal = RenewalModel(fitting: renewalCases, step: step)
    let cases = itemCases.map { example in
      let p = renewal.pPurchase(
        example.item.history, meanGap: common[example.item.category].meanGap,
        idle: example.item.idle, within: Double(Self.itemHorizon))
      return LogisticLayer.Case(
        terms: .init(
          p: p, purchases: example.item.history.gaps + 1, known: example.item.known, idle: example.item.idle),
        isPurchase: example.isPurchase)
    }
    let layer = LogisticLayer(fitting: cases, horizonDays: Self.itemHorizon)
    findings += diagnostics("replenishment, \(Self.itemHorizon) days ahead", cases, layer)
    return ReplenishmentModel(
      version: version, renewal: renewal, gaps: GapModel(fitting: gapCases, logMean: common.all.logMean),
      meanGap: common.all.meanGap, categories: common.categories, layer: layer)
  }
}

/// What the gaps of all items have in common, and of each category those of its items, shrunk towards all as if by `weight` gaps.
private struct CommonGaps {
  let all: ReplenishmentModel.CategoryGaps
  let categories: [CategoryID: ReplenishmentModel.CategoryGaps]
  private static let weight = 20.0

  init(_ histories: [Forecast.History]) {
    var sums: [CategoryID: RenewalModel.History] = [:]
    var total = RenewalModel.History(gaps: 0, days: 0, logSum: 0)
    for item in histories.lazy.flatMap(\.items.items) where item.cycle.gaps > 0 {
      sums[item.category, default: .init(gaps: 0, days: 0, logSum: 0)].add(item.cycle.history)
      total.add(item.cycle.history)
    }
    let count = max(1, total.gaps)
    let all = ReplenishmentModel.CategoryGaps(meanGap: max(1, total.days / count), logMean: total.logSum / count)
    self.all = all
    categories = sums.mapValues { sum in
      ReplenishmentModel.CategoryGaps(
        meanGap: (sum.days + Self.weight * all.meanGap) / (sum.gaps + Self.weight),
        logMean: (sum.logSum + Self.weight * all.logMean) / (sum.gaps + Self.weight))
    }
  }

  subscript(category: CategoryID) -> ReplenishmentModel.CategoryGaps { categories[category] ?? all }
}

extension RenewalModel.History {
  fileprivate mutating func add(_ other: RenewalModel.History) {
    gaps += other.gaps
    days += other.days
    logSum += other.logSum
  }
}

extension Calibration {
  /// How well probabilities tell apart what followed from what did not, on the very cases that were fitted.
  private func diagnostics(
    _ name: String, _ cases: [LogisticLayer.Case], _ layer: LogisticLayer?
  ) -> [CalibrationResult.Finding] {
    let outcomes = cases.map(\.isPurchase)
    let bought = Double(outcomes.count { $0 })
    guard bought > 0, bought < Double(outcomes.count) else {
      return [.init(name: name, value: "nothing to tell: all cases are alike")]
    }
    let plain = cases.map { 1 / (1 + exp(-$0.terms.logit)) }
    let share = bought / Double(cases.count)
    var findings: [CalibrationResult.Finding] = [
      .init(name: name, value: "\(cases.count) cases, \(rounded(share)) with a purchase"),
      .init(name: "  constant", value: "AUC 0.5, Brier \(rounded(share * (1 - share)))"),
      .init(name: "  model", value: Accuracy(plain, outcomes).description),
    ]
    if let layer {
      let layered = cases.map { layer.probability($0.terms) }
      findings.append(.init(name: "  model and layer", value: Accuracy(layered, outcomes).description))
    } else {
      findings.append(.init(name: "  layer", value: "not fitted: the cases decide nothing"))
    }
    return findings
  }
}
