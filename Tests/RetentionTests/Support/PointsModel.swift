import Foundation

@testable import Retention

/// The rules of points once more, written from their text to be compared with: slow, point by point, in the calendar of Foundation.
struct PointsModel {
  private struct Order {
    let name: String
    let paidAt: Date
    let total: Int
    let granted: Int
    var reversed = 0
    var refunded = 0
    var isCancelled = false
    /// What it redeemed: the month of each point that was there, and how many were missing.
    var redeemedMonths: [Int] = []
    var redeemedAsDebt = 0
    var heldUntil: Date?
    var confirmAt: Date?
    var left: Int { granted - reversed }
  }

  let rules: PointsRules
  private let calendar: Calendar
  private(set) var bookings: [String] = []
  /// The last month of every single available point, counted from year 0.
  private var available: [Int] = []
  private var debt = 0
  private var orders: [Order] = []
  private var deliveries: [String: Date] = [:]
  private var now = Date.distantPast
  private var ahead: [(order: String, amount: Int?, time: Date)] = []

  init(rules: PointsRules, zone: String) throws {
    self.rules = rules
    var calendar = Calendar(identifier: .gregorian)
    guard let timeZone = TimeZone(identifier: zone) else { throw CocoaError(.featureUnsupported) }
    calendar.timeZone = timeZone
    self.calendar = calendar
  }

  // MARK: Events

  mutating func pay(_ name: String, total: Int, redeeming redeemed: Int, at time: Date) {
    guard !orders.contains(where: { $0.name == name }) else { return }
    var order = Order(name: name, paidAt: time, total: total, granted: total / 100)
    let sameDay = orders.filter { calendar.isDate($0.paidAt, inSameDayAs: time) }
    let isHeld =
      order.granted > 0
      && (sameDay.count + 1 > rules.maxOrdersPerDay ?? .max
        || sameDay.reduce(order.granted) { $0 + $1.granted } > rules.maxPointsPerDay ?? .max)
    order.confirmAt = confirmation(of: name, paidAt: time)
    if isHeld { order.heldUntil = time.addingTimeInterval(86_400 * Double(rules.holdDays)) }
    if redeemed > 0 {
      (order.redeemedMonths, order.redeemedAsDebt) = take(redeemed)
      book("redeemed", -redeemed, name)
    }
    orders.append(order)
    orders.sort { $0.paidAt < $1.paidAt }
    if order.granted > 0 { book(isHeld ? "held" : "accrued", order.granted, name) }
    let waiting = ahead.filter { $0.order == name }
    ahead.removeAll { $0.order == name }
    for reversal in waiting { reverse(name, amount: reversal.amount, at: reversal.time) }
  }

  /// `amount` is nil for a cancellation.
  mutating func reverse(_ name: String, amount: Int?, at time: Date) {
    guard let index = orders.firstIndex(where: { $0.name == name }) else {
      return ahead.append((name, amount, time))
    }
    guard !orders[index].isCancelled else { return }
    let order = orders[index]
    var target = order.granted
    if let amount {
      orders[index].refunded = min(order.total, order.refunded + amount)
      // In rational numbers, as the rule says it.
      target =
        order.total == 0
        ? order.reversed
        : Int((Double(order.granted) * Double(orders[index].refunded) / Double(order.total)).rounded(.down))
    }
    let points = target - order.reversed
    orders[index].reversed = target
    if order.heldUntil == nil, order.confirmAt == nil { _ = take(points) }
    if amount == nil {
      orders[index].isCancelled = true
      orders[index].confirmAt = nil
      orders[index].heldUntil = nil
    }
    if points > 0 { book(order.heldUntil == nil ? "reversed" : "held", -points, name) }
    if amount == nil { restore(order, at: time) }
  }

  private mutating func restore(_ order: Order, at time: Date) {
    let fresh = month(of: time) + Int(rules.expireAfterMonths)
    // What is heard of within three days still leaves time to use them.
    let present = month(of: now.timeIntervalSince(time) <= 3 * 86_400 ? max(now, time) : time)
    let months = Array(repeating: fresh, count: order.redeemedAsDebt) + order.redeemedMonths.map { max($0, present) }
    var left = months[...]
    while let month = left.first {
      let group = months.filter { $0 == month }
      left = left.filter { $0 != month }[...]
      give(group)
      book("restored", group.count, order.name, month)
    }
  }

  mutating func deliver(_ name: String, at time: Date) {
    deliveries[name] = time
    guard let index = orders.firstIndex(where: { $0.name == name }), orders[index].confirmAt != nil else { return }
    orders[index].confirmAt = confirmation(of: name, paidAt: orders[index].paidAt)
  }

  private func confirmation(of name: String, paidAt: Date) -> Date {
    let day = 86_400.0
    return deliveries[name].map { $0.addingTimeInterval(day * Double(rules.confirmAfterDays)) }
      ?? paidAt.addingTimeInterval(day * Double(rules.confirmAtLatestDays))
  }

  // MARK: Time

  /// Does what is due by `now`, one thing after the other.
  mutating func advance(to instant: Date) {
    now = max(now, instant)
    while let (due, step) = nextStep(), due <= now {
      switch step {
      case .order(let index) where orders[index].heldUntil != nil:
        orders[index].heldUntil = nil
        orders[index].confirmAt = orders[index].confirmAt.map { max($0, due) }
        if orders[index].left > 0 { book("released", orders[index].left, orders[index].name) }
      case .order(let index):
        orders[index].confirmAt = nil
        let last = month(of: due) + Int(rules.expireAfterMonths)
        give(Array(repeating: last, count: orders[index].left))
        if orders[index].left > 0 { book("confirmed", orders[index].left, orders[index].name, last) }
      case .expiry(let month):
        let gone = available.count { $0 == month }
        available.removeAll { $0 == month }
        book("expired", -gone, nil, month)
      }
    }
  }

  private enum Step {
    case order(Int)
    case expiry(Int)
  }

  private func nextStep() -> (Date, Step)? {
    var steps = orders.indices.compactMap { index in
      (orders[index].heldUntil ?? orders[index].confirmAt).map { ($0, Step.order(index)) }
    }
    if let month = available.min() { steps.append((start(ofMonth: month + 1), .expiry(month))) }
    // `min` keeps the first of equals.
    return steps.min { $0.0 < $1.0 }
  }

  private func month(of time: Date) -> Int {
    let parts = calendar.dateComponents([.year, .month], from: time)
    return (parts.year ?? 0) * 12 + (parts.month ?? 0) - 1
  }

  private func start(ofMonth month: Int) -> Date {
    calendar.date(from: DateComponents(year: month / 12, month: month % 12 + 1, day: 1)) ?? .distantFuture
  }

  // MARK: Points

  private mutating func give(_ months: [Int]) {
    let paid = min(debt, months.count)
    debt -= paid
    available += months.dropFirst(paid)
  }

  private mutating func take(_ points: Int) -> (months: [Int], missing: Int) {
    available.sort()
    let taken = Array(available.prefix(points))
    available.removeFirst(taken.count)
    debt += points - taken.count
    return (taken, points - taken.count)
  }

  private mutating func book(_ kind: String, _ points: Int, _ order: String?, _ month: Int? = nil) {
    let pending = orders.reduce(0) { $0 + ($1.confirmAt == nil || $1.heldUntil != nil ? 0 : $1.left) }
    let lastDay = month.map { start(ofMonth: $0 + 1).addingTimeInterval(-1) }
    let until = lastDay.map { calendar.dateComponents([.year, .month, .day], from: $0) }
    let date = until.map { "\($0.year ?? 0)-\($0.month ?? 0)-\($0.day ?? 0)" }
    bookings.append(
      "\(kind) \(points) of \(order ?? "-") until \(date ?? "-"): \(available.count) \(pending) \(debt)")
  }
}

extension LedgerEntry {
  /// The entry as the model writes it.
  var asBooking: String {
    let date = expiresOn.map { "\($0.civil.year)-\($0.civil.month)-\($0.civil.day)" }
    return
      "\(kind) \(points) of \(order.map(\.description) ?? "-") until \(date ?? "-"): \(available) \(pending) \(debt)"
  }
}
