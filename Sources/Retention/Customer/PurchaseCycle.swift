import Foundation

/// The purchases of one thing by one customer, as far as they tell when the next one is. Only days count, not how often or how
/// much was bought on them.
struct PurchaseCycle: Equatable, Sendable {
  /// Gaps between days of purchase that follow each other.
  private(set) var gaps: Int64 = 0
  /// Their sum, in days.
  private(set) var days: Int64 = 0
  /// The sum of their logarithms.
  private(set) var logGaps = 0.0
  /// The last day of purchase.
  private(set) var last: LocalDay
  /// The one before, so that an order that comes late or is cancelled can still be put in or taken out; nil when there was none, or
  /// when it is not known any more.
  private(set) var previous: LocalDay?
  /// The only order of the last day; nil when there were several.
  private(set) var lastOrder: OrderTag?
  /// When the next purchase is looked for; nil when it is not, or when it was in this cycle.
  var dueAt: Instant?
  /// The last day of purchase before the customer was reminded.
  var remindedSince: LocalDay?

  /// Tells one order from another.
  typealias OrderTag = UInt32

  init(first: LocalDay, order: OrderTag) {
    last = first
    lastOrder = order
  }

  /// Days with a purchase.
  var purchases: Int64 { gaps + 1 }

  /// Whether the customer was reminded since the last purchase.
  var isReminded: Bool { remindedSince == last }

  /// The last gap, in days.
  var lastGap: Int64? { previous.map { last.number - $0.number } }

  var history: RenewalModel.History {
    RenewalModel.History(gaps: Double(gaps), days: Double(days), logSum: logGaps)
  }

  /// Counts a purchase. One that lies before the last two days changes nothing: the gap that it would split is not known.
  mutating func add(_ day: LocalDay, order: OrderTag) {
    if day > last {
      extend(from: last, to: day)
      (previous, last, lastOrder) = (last, day, order)
    } else if day == last {
      if lastOrder != order { lastOrder = nil }
    } else if let previous {
      guard day > previous else { return }
      logGaps -= logGap(previous, last)
      gaps += 1
      logGaps += logGap(previous, day) + logGap(day, last)
      self.previous = day
    } else if gaps == 0 {
      extend(from: day, to: last)
      previous = day
    }
  }

  /// Takes out the purchase of an order, when it was the only one on the last day and the day before is known. Returns false when
  /// nothing is left then.
  mutating func remove(_ order: OrderTag) -> Bool {
    guard lastOrder == order else { return true }
    guard let previous else { return gaps > 0 }
    gaps -= 1
    days -= last.number - previous.number
    logGaps = gaps == 0 ? 0 : logGaps - logGap(previous, last)
    (last, self.previous, lastOrder) = (previous, nil, nil)
    return true
  }

  private mutating func extend(from start: LocalDay, to end: LocalDay) {
    gaps += 1
    days += end.number - start.number
    logGaps += logGap(start, end)
  }

  private func logGap(_ start: LocalDay, _ end: LocalDay) -> Double { log(Double(end.number - start.number)) }

  init(from reader: inout FacetReader) throws(FacetError) {
    gaps = try reader.amount()
    days = try reader.amount()
    logGaps = Double(bitPattern: try reader.fixed())
    last = try reader.localDay()
    previous = try reader.optionalDay()
    let tag = try reader.unsigned()
    lastOrder = tag == 0 ? nil : OrderTag(truncatingIfNeeded: tag - 1)
    dueAt = try reader.optionalInstant()
    remindedSince = try reader.optionalDay()
    guard gaps <= days, days < 8_000_000, logGaps.isFinite, abs(logGaps) < 1e9, gaps > 0 || (days == 0 && logGaps == 0)
    else { throw FacetError("holds gaps that do not fit their sum") }
    guard previous.map({ $0 < last && gaps > 0 && last.number - $0.number <= days }) ?? true, tag <= 1 << 32 else {
      throw FacetError("has a day before the last that cannot be")
    }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(gaps)
    writer.put(days)
    writer.put(fixed: logGaps.bitPattern)
    writer.put(last.number)
    writer.put(previous)
    writer.put(lastOrder.map { UInt64($0) + 1 } ?? 0)
    writer.put(dueAt)
    writer.put(remindedSince)
  }
}
