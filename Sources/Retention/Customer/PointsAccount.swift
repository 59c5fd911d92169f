/// A customer's points: what each order granted, and the balances.
///
/// At most `orderCapacity` orders are kept; those that are settled leave for `PastOrders` when there are more than
/// `settledCapacity` of them or another does not fit. When none is settled, the one that was paid longest ago is settled early,
/// so that no points are lost; those that are held come last. A refund or
/// cancellation seen before its order waits among at most `waitingCapacity`; the one that has waited longest leaves first.
/// Available points lie in one lot for each month in which some expire, of which there are no more than the rules have ever
/// let points live months, and one.
struct PointsAccount: Facet {
  static let kind = FacetKind.account
  static let version: UInt8 = 2
  static let orderCapacity = 256
  static let settledCapacity = 8
  static let waitingCapacity = 64

  /// Points the customer can pay with; those that expire first stand first.
  private(set) var lots: [Lot] = []
  /// Points taken back that the customer had no more; paid by the next ones that become available.
  private(set) var debt: Int64 = 0
  /// How many lots have expired.
  private(set) var expiredLots: Int64 = 0
  /// In the order in which they were paid.
  private(set) var orders: [OrderPoints] = []
  /// In the order in which they came.
  private(set) var waiting: [Reversal] = []

  init() {}

  /// Points the customer can pay with.
  var available: Int64 { lots.reduce(0) { $0 + $1.points } }

  /// Points granted that are not available yet, without those held.
  var pending: Int64 {
    let orders = orders.span
    var sum: Int64 = 0
    for index in orders.indices { sum += orders[index].pending }
    return sum
  }

  var nextDue: Instant? {
    var first: Instant?
    func consider(_ dueAt: Instant?) { if let dueAt { first = min(first ?? dueAt, dueAt) } }
    let (orders, lots) = (orders.span, lots.span)
    for index in orders.indices { consider(orders[index].dueAt) }
    for index in lots.indices { consider(lots[index].term?.next.dueAt) }
    return first
  }

  func order(_ id: OrderID) -> OrderPoints? { orders.span.firstIndex { $0.order == id }.map { orders[$0] } }

  /// When the order was paid whose points are not available yet; nil when they are, or when it is not among `orders`.
  func paidAt(ofUnconfirmed id: OrderID) -> Instant? {
    let orders = orders.span
    return orders.firstIndex { $0.order == id && $0.confirmAt != nil }.map { orders[$0].paidAt }
  }

  /// Whether the order is among `orders`.
  func holds(_ id: OrderID) -> Bool { orders.span.firstIndex { $0.order == id } != nil }

  /// What has to be done next about the account.
  enum Task {
    /// The order's points are to be released or confirmed.
    case order(OrderPoints)
    /// The lot is to be told of, or expires.
    case lot(Lot)
  }

  /// What is due first, when that is not after `now`. Of what is due together, orders stand first, and of these the one that
  /// was paid first.
  func firstDue(by now: Instant) -> (Task, dueAt: Instant)? {
    var first: Instant?
    func comesFirst(_ dueAt: Instant?) -> Bool {
      guard let dueAt, dueAt <= now, first.map({ dueAt < $0 }) ?? true else { return false }
      first = dueAt
      return true
    }
    let (orders, lots) = (orders.span, lots.span)
    var (order, lot): (Int?, Int?) = (nil, nil)
    for index in orders.indices where comesFirst(orders[index].dueAt) { order = index }
    for index in lots.indices where comesFirst(lots[index].term?.next.dueAt) { lot = index }
    guard let first else { return nil }
    if let lot { return (.lot(lots[lot]), first) }
    return order.map { (.order(orders[$0]), first) }
  }

  private var isFull: Bool { orders.count >= Self.orderCapacity }

  /// Removes and returns the settled orders, when there are too many of them or no other order fits.
  mutating func takeSettled() -> [OrderPoints] {
    // Mostly there are not even as many orders.
    guard orders.count > Self.settledCapacity else { return [] }
    guard orders.indices.count(where: { orders[$0].dueAt == nil }) > Self.settledCapacity || isFull else { return [] }
    let settled = orders.filter { $0.dueAt == nil }
    orders.removeAll { $0.dueAt == nil }
    return settled
  }

  /// The order that has to be settled before another fits; nil when there is room.
  func orderToSettle() -> OrderPoints? { isFull ? orders.first { !$0.isHeld } ?? orders.first : nil }

  mutating func add(_ order: OrderPoints) {
    let index = orders.span.firstIndex { $0.paidAt > order.paidAt } ?? orders.endIndex
    orders.insert(order, at: index)
  }

  /// Sets when the order's points become available; nothing when they are already.
  mutating func schedule(_ id: OrderID, confirmAt: Instant) {
    guard let index = orders.firstIndex(where: { $0.order == id && $0.confirmAt != nil }) else { return }
    orders[index].confirmAt = confirmAt
  }

  /// Lets the order's points be pending that were held. Returns how many there were.
  mutating func release(_ id: OrderID) -> Int64 {
    guard let index = orders.firstIndex(where: { $0.order == id && $0.isHeld }) else { return 0 }
    // Not before they were released, whenever they would have been confirmed.
    if let until = orders[index].heldUntil { orders[index].confirmAt = orders[index].confirmAt.map { max($0, until) } }
    orders[index].heldUntil = nil
    return orders[index].pending
  }

  /// Makes the order's pending points available for the term, debt first. Returns how many there were.
  mutating func confirm(_ id: OrderID, for term: LotTerm?) -> Int64 {
    guard let index = orders.firstIndex(where: { $0.order == id }) else { return 0 }
    let points = orders[index].pending
    orders[index].confirmAt = nil
    credit(points, for: term)
    return points
  }

  /// Takes `points` off available, those first that expire first; what is missing becomes debt. Returns what was missing, and
  /// which points were taken.
  @discardableResult
  mutating func debit(_ points: Int64) -> (missing: Int64, taken: [LotPart]) {
    var missing = points
    var taken: [LotPart] = []
    for index in lots.indices where missing > 0 {
      let part = min(missing, lots[index].points)
      lots[index].points -= part
      missing -= part
      taken.append(LotPart(month: lots[index].month, points: part))
    }
    lots.removeAll { $0.points == 0 }
    debt = debt.addingClamped(missing)
    return (missing, taken)
  }

  /// Adds `points` that are available for the term, or for ever; debt first.
  mutating func credit(_ points: Int64, for term: LotTerm?) {
    let paid = min(points, debt)
    debt -= paid
    let rest = min(points - paid, Int64.max - available)
    guard rest > 0 else { return }
    let index = lots.firstIndex { !$0.expires(before: term?.month) } ?? lots.endIndex
    if index == lots.endIndex || lots[index].month != term?.month {
      lots.insert(Lot(term: term, points: 0), at: index)
    }
    lots[index].points += rest
  }

  /// Sets what is done next about the lot of the month.
  mutating func schedule(_ month: LocalMonth, _ next: Countdown) {
    guard let index = lots.firstIndex(where: { $0.month == month }) else { return }
    lots[index].term?.next = next
  }

  /// Takes away the lot of the month, which there is.
  mutating func expire(_ month: LocalMonth) {
    lots.removeAll { $0.month == month }
    expiredLots = expiredLots.addingClamped(1)
  }

  /// Records a refund of `amount` minor units and takes back the share of the points that it stands for:
  /// `floor(granted x refundedSoFar / total) - reversedSoFar`. Returns how many points that is.
  mutating func refund(_ id: OrderID, amount: Int64) -> Int64 {
    guard let index = orders.firstIndex(where: { $0.order == id }), !orders[index].isCancelled else { return 0 }
    orders[index].refunded = min(orders[index].total, orders[index].refunded.addingClamped(amount))
    let order = orders[index]
    guard order.total > 0 else { return 0 }
    let due = Int64(Int128(order.granted) * Int128(order.refunded) / Int128(order.total))
    return takeBack(due - order.reversed, at: index)
  }

  /// Takes back all that is left of the order's points and forbids any more. Returns how many points that is.
  mutating func cancel(_ id: OrderID) -> Int64 {
    guard let index = orders.firstIndex(where: { $0.order == id }), !orders[index].isCancelled else { return 0 }
    orders[index].isCancelled = true
    let reversed = takeBack(orders[index].granted - orders[index].reversed, at: index)
    orders[index].confirmAt = nil
    orders[index].heldUntil = nil
    return reversed
  }

  private mutating func takeBack(_ points: Int64, at index: Int) -> Int64 {
    orders[index].reversed += points
    if orders[index].confirmAt == nil { debit(points) }
    return points
  }

  /// Keeps what came before its order; returns the one that had to leave for it.
  mutating func wait(for reversal: Reversal) -> Reversal? {
    waiting.append(reversal)
    return waiting.count > Self.waitingCapacity ? waiting.removeFirst() : nil
  }

  /// Removes and returns what has waited for the order.
  mutating func takeWaiting(for id: OrderID) -> [Reversal] {
    let found = waiting.filter { $0.order == id }
    waiting.removeAll { $0.order == id }
    return found
  }

  mutating func forget() {
    (debt, expiredLots) = (0, 0)
    lots.removeAll(keepingCapacity: true)
    orders.removeAll(keepingCapacity: true)
    waiting.removeAll(keepingCapacity: true)
  }

  mutating func read(_ reader: inout FacetReader, version: UInt8) throws(FacetError) {
    if version >= 2 {
      try reader.list(into: &lots) { reader throws(FacetError) in try Lot(from: &reader) }
    } else {
      // Points of before there were lots never expire: nobody was told that they would.
      credit(try reader.amount(), for: nil)
    }
    guard zip(lots, lots.dropFirst()).allSatisfy({ $0.expires(before: $1.month) }) else {
      throw FacetError("has its lots out of order")
    }
    guard lots.reduce(Int128(0), { $0 + Int128($1.points) }) <= Int64.max else {
      throw FacetError("holds more points than there can be")
    }
    debt = try reader.amount()
    if version >= 2 { expiredLots = try reader.amount() }
    guard debt == 0 || lots.isEmpty else { throw FacetError("holds points and owes points") }
    try reader.list(into: &orders) { reader throws(FacetError) in try OrderPoints(from: &reader, version: version) }
    try reader.requireDistinct(orders.span) { $0.order }
    try reader.list(into: &waiting) { reader throws(FacetError) in try Reversal(from: &reader) }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(list: lots) { $0.encode(into: &$1) }
    writer.put(debt)
    writer.put(expiredLots)
    writer.put(list: orders) { $0.encode(into: &$1) }
    writer.put(list: waiting) { $0.encode(into: &$1) }
  }
}

extension Int64 {
  /// The sum, or the largest value where it does not fit; for sums of amounts that are at least 0.
  func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? Int64.max : sum
  }
}
