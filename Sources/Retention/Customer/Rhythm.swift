import Foundation

/// When the customer buys, as far as it tells when they will buy again.
///
/// A purchase-day is a local day with at least one order that was paid and not cancelled. The latest `recentCapacity` of them
/// are known one by one, so that an order that comes late or is cancelled can still be put in or taken out; what is older is
/// only known in sum, and an order of that time, or its cancellation, changes nothing any more.
struct Rhythm: Facet {
  static let kind = FacetKind.rhythm
  static let version: UInt8 = 1
  static let recentCapacity = 8
  static let watchedCapacity = 3

  /// A day on which something was bought.
  struct PurchaseDay: Equatable, Sendable {
    let day: LocalDay
    var orders: Int64
  }

  /// One of the last orders, and whether something went wrong with it.
  struct WatchedOrder: Equatable, Sendable {
    let order: OrderID
    var hasTrouble = false
  }

  /// The first purchase-day of all.
  private(set) var first: LocalDay?
  /// The latest purchase-days, in order of date.
  private(set) var recent: [PurchaseDay] = []
  /// How many purchase-days were before these.
  private(set) var olderDays: Int64 = 0
  /// The sum of the logarithms of all gaps between purchase-days that follow each other, in days.
  private(set) var logGaps = 0.0
  /// Units bought, and those of them that were bought at a discount.
  private(set) var units: Int64 = 0
  private(set) var discountedUnits: Int64 = 0
  /// Orders, and those of them that used a coupon.
  private(set) var orders: Int64 = 0
  private(set) var couponOrders: Int64 = 0
  /// The last orders, as they came.
  private(set) var watched: [WatchedOrder] = []
  /// When it is judged whether the customer is about to leave; nil when that cannot be, or when they were warned in this lapse.
  var judgeAt: Instant?
  /// When they are offered something to come back; nil when they were in this lapse.
  var offerAt: Instant?
  /// The last purchase-day before the lapse in which the customer was warned last.
  var warnedSince: LocalDay?
  /// The last purchase-day before the lapse in which something was offered last.
  var offeredSince: LocalDay?

  init() {}

  var nextDue: Instant? {
    guard let judgeAt, let offerAt else { return judgeAt ?? offerAt }
    return min(judgeAt, offerAt)
  }

  /// The last purchase-day; nil before the first.
  var last: LocalDay? { recent.last?.day }

  /// Whether the customer was warned in this lapse.
  var isWarned: Bool { last != nil && warnedSince == last }

  /// Whether something was offered in this lapse.
  var isOffered: Bool { last != nil && offeredSince == last }

  /// How many gaps there are between purchase-days.
  var gaps: Int64 { recent.isEmpty ? 0 : olderDays + Int64(recent.count) - 1 }

  /// The last gap, in days; nil before the second purchase-day.
  var lastGap: Int64? {
    guard recent.count >= 2 else { return nil }
    return recent[recent.count - 1].day.number - recent[recent.count - 2].day.number
  }

  /// Whether at least so great a part of the units was bought at a discount, or so great a part of the orders with a coupon.
  func buysCheaply(units unitShare: BasisPoints, orders orderShare: BasisPoints) -> Bool {
    discountedUnits > 0 && isAtLeast(discountedUnits, unitShare, of: units)
      || couponOrders > 0 && isAtLeast(couponOrders, orderShare, of: orders)
  }

  private func isAtLeast(_ part: Int64, _ share: BasisPoints, of whole: Int64) -> Bool {
    Int128(part) * 10_000 >= Int128(whole) * Int128(share.value)
  }

  /// What the purchase model looks at, on a day.
  func history(on day: LocalDay) -> PurchaseModel.History? {
    guard let first, let last else { return nil }
    return PurchaseModel.History(
      x: Double(gaps), last: Double(last.number - first.number), now: Double(max(0, day.number - first.number)))
  }

  /// Counts an order of the day; false when the day is too old to be put in.
  @discardableResult
  mutating func add(orderOn day: LocalDay) -> Bool {
    let index = recent.firstIndex { $0.day >= day } ?? recent.endIndex
    if index < recent.endIndex, recent[index].day == day {
      recent[index].orders += 1
      return true
    }
    // Before the days that are known one by one there are others: the gap it would split is not known.
    guard index > 0 || olderDays == 0 else { return false }
    change(around: index) { $0.insert(PurchaseDay(day: day, orders: 1), at: index) }
    if olderDays == 0 { first = recent.first?.day }
    if recent.count > Self.recentCapacity {
      recent.removeFirst()
      olderDays += 1
    }
    return true
  }

  /// Takes an order of the day out, and the day with its last one.
  mutating func remove(orderOn day: LocalDay) {
    guard let index = recent.firstIndex(where: { $0.day == day }), recent[index].orders > 0 else { return }
    recent[index].orders -= 1
    // The gap before the first of them is not known, unless it is the first of all.
    guard recent[index].orders == 0, index > 0 || olderDays == 0 else { return }
    change(around: index) { $0.remove(at: index) }
    if olderDays == 0 { first = recent.first?.day }
  }

  /// Changes the days in one place, and the sum of the gaps with them.
  private mutating func change(around index: Int, _ body: (inout [PurchaseDay]) -> Void) {
    let before = max(0, index - 1)
    let end = recent.count
    logGaps -= Self.logGaps(recent[before..<min(end, index + 2)])
    body(&recent)
    logGaps += Self.logGaps(recent[before..<min(recent.count, index + 2 + recent.count - end)])
    // What rounding leaves of nothing.
    if recent.count < 2, olderDays == 0 { logGaps = 0 }
  }

  private static func logGaps(_ days: ArraySlice<PurchaseDay>) -> Double {
    zip(days, days.dropFirst()).reduce(0) { $0 + log(Double($1.1.day.number - $1.0.day.number)) }
  }

  /// Notes what was bought and how it was paid.
  mutating func note(_ order: PaidOrder) {
    orders += 1
    if order.couponUsed { couponOrders += 1 }
    for line in order.lines {
      units = units.addingClamped(line.quantity)
      if line.discount > 0 { discountedUnits = discountedUnits.addingClamped(line.quantity) }
    }
    watched.append(WatchedOrder(order: order.order))
    if watched.count > Self.watchedCapacity { watched.removeFirst() }
  }

  /// Notes that something went wrong with the order.
  mutating func noteTrouble(of order: OrderID) {
    guard let index = watched.firstIndex(where: { $0.order == order }), !watched[index].hasTrouble else { return }
    watched[index].hasTrouble = true
  }

  mutating func forget() {
    var anew = Rhythm()
    recent.removeAll(keepingCapacity: true)
    watched.removeAll(keepingCapacity: true)
    swap(&anew.recent, &recent)
    swap(&anew.watched, &watched)
    self = anew
  }

  mutating func read(_ reader: inout FacetReader, version: UInt8) throws(FacetError) {
    try reader.list(into: &recent) { reader throws(FacetError) in
      PurchaseDay(day: try reader.localDay(), orders: try reader.amount())
    }
    guard zip(recent, recent.dropFirst()).allSatisfy({ $0.day < $1.day }), recent.allSatisfy({ $0.orders < 1 << 32 })
    else { throw FacetError("has its days out of order") }
    olderDays = try reader.amount()
    guard olderDays < 1 << 32 else { throw FacetError("counts more days than there can be") }
    if !recent.isEmpty { first = try reader.localDay() }
    if let first, let known = recent.first?.day, olderDays == 0 ? first != known : first >= known {
      throw FacetError("has a first day that is not the first")
    }
    logGaps = Double(bitPattern: try reader.fixed())
    guard logGaps.isFinite, abs(logGaps) < 1e12 else { throw FacetError("holds a sum that is none") }
    units = try reader.amount()
    discountedUnits = try reader.amount()
    orders = try reader.amount()
    couponOrders = try reader.amount()
    guard orders < 1 << 32, couponOrders <= orders, discountedUnits <= units else {
      throw FacetError("counts more parts than the whole")
    }
    try reader.list(into: &watched) { reader throws(FacetError) in
      WatchedOrder(order: try reader.identifier(Named.Order.self), hasTrouble: try reader.byte() != 0)
    }
    judgeAt = try reader.optionalInstant()
    offerAt = try reader.optionalInstant()
    warnedSince = try reader.optionalDay()
    offeredSince = try reader.optionalDay()
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(list: recent) { day, writer in
      writer.put(day.day.number)
      writer.put(day.orders)
    }
    writer.put(olderDays)
    if let first, !recent.isEmpty { writer.put(first.number) }
    writer.put(fixed: logGaps.bitPattern)
    writer.put(units)
    writer.put(discountedUnits)
    writer.put(orders)
    writer.put(couponOrders)
    writer.put(list: watched) { order, writer in
      writer.put(order.order)
      writer.put(byte: order.hasTrouble ? 1 : 0)
    }
    writer.put(judgeAt)
    writer.put(offerAt)
    writer.put(warnedSince)
    writer.put(offeredSince)
  }
}
