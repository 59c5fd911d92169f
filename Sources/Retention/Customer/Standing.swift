/// Where the customer stands with the shop, and what that is judged by.
///
/// Months are remembered for as long as they count: the present one and the twelve before it.
struct Standing: Facet {
  static let kind = FacetKind.standing
  static let version: UInt8 = 1
  /// How many months before the present one count.
  static let monthsBack: Int64 = 12

  var tier = Tier.base
  /// When the tier is judged; nil for the lowest, which cannot be lost.
  var judgement: Judgement?
  var stage = LifecycleStage.new
  /// Orders that were paid and not cancelled.
  var paidOrders: Int64 = 0
  /// In order of month.
  private(set) var spend: [MonthlySpend] = []
  /// That of the order paid last; in it the customer is told what is missing.
  var currency: Currency?

  /// The day on which it is judged whether the customer keeps the tier.
  struct Judgement: Equatable, Sendable {
    let day: LocalDay
    /// When the customer is warned, or it is judged.
    var next: Countdown
  }

  init() {}

  var nextDue: Instant? { judgement?.next.dueAt }

  /// What was paid and not refunded in `month` and the twelve before it, in ten-thousandths of major units.
  func qualifyingSpend(in month: LocalMonth) -> Int64 {
    spend.reduce(0) { sum, spent in
      month - Self.monthsBack <= spent.month && spent.month <= month ? sum.addingClamped(spent.amount) : sum
    }
  }

  /// The newest month in which something was spent.
  var newestMonth: LocalMonth? { spend.last?.month }

  /// Counts what was paid in a month.
  mutating func add(_ amount: Int64, in month: LocalMonth) {
    let index = spend.firstIndex { $0.month >= month } ?? spend.endIndex
    if index == spend.endIndex || spend[index].month != month {
      spend.insert(MonthlySpend(month: month, amount: 0), at: index)
    }
    spend[index].amount = spend[index].amount.addingClamped(amount)
    dropOld()
  }

  /// Takes back what was paid in a month.
  mutating func remove(_ amount: Int64, from month: LocalMonth) {
    guard let index = spend.firstIndex(where: { $0.month == month }) else { return }
    spend[index].amount -= min(amount, spend[index].amount)
    dropOld()
  }

  private mutating func dropOld() {
    guard let newest = newestMonth else { return }
    spend.removeAll { $0.amount == 0 || $0.month < newest - Self.monthsBack }
  }

  mutating func forget() {
    var anew = Standing()
    spend.removeAll(keepingCapacity: true)
    swap(&anew.spend, &spend)
    self = anew
  }

  mutating func read(_ reader: inout FacetReader, version: UInt8) throws(FacetError) {
    guard let tier = Tier(rawValue: try reader.byte()) else { throw FacetError("holds a tier that nobody knows") }
    guard let stage = LifecycleStage(rawValue: try reader.byte()) else {
      throw FacetError("holds a stage that nobody knows")
    }
    (self.tier, self.stage) = (tier, stage)
    if try reader.byte() != 0 { judgement = Judgement(day: try reader.localDay(), next: try Countdown(from: &reader)) }
    paidOrders = try reader.amount()
    guard paidOrders <= 1 << 32 else { throw FacetError("counts more orders than there can be") }
    try reader.list(into: &spend) { reader throws(FacetError) in try MonthlySpend(from: &reader) }
    guard zip(spend, spend.dropFirst()).allSatisfy({ $0.month < $1.month }) else {
      throw FacetError("has its months out of order")
    }
    currency = try reader.optionalCurrency()
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(byte: tier.rawValue)
    writer.put(byte: stage.rawValue)
    writer.put(byte: judgement == nil ? 0 : 1)
    if let judgement {
      writer.put(judgement.day.number)
      judgement.next.encode(into: &writer)
    }
    writer.put(paidOrders)
    writer.put(list: spend) { $0.encode(into: &$1) }
    writer.put(currency)
  }
}

/// What was spent in a month.
struct MonthlySpend: Equatable, Sendable {
  let month: LocalMonth
  /// In ten-thousandths of a major unit, which every currency's minor unit divides.
  var amount: Int64

  init(month: LocalMonth, amount: Int64) {
    self.month = month
    self.amount = amount
  }

  /// How many of them make a major unit.
  static let perMajorUnit: Int64 = 10_000

  init(from reader: inout FacetReader) throws(FacetError) {
    guard let month = try reader.optionalMonth() else { throw FacetError("lacks a month") }
    self.init(month: month, amount: try reader.amount())
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(month)
    writer.put(amount)
  }
}
