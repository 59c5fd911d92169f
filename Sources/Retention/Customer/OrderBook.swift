/// A customer's orders and their parcels, as far as notices may still follow.
///
/// At most `orderCapacity` orders are kept; those with nothing due leave for `QuietOrders` when there are more than
/// `quietCapacity` of them, and the one that has been quiet longest leaves when too many are left. An order has at most `parcelCapacity` parcels; the first one known leaves first.
struct OrderBook: Facet {
  static let kind = FacetKind.orders
  static let version: UInt8 = 2
  static let orderCapacity = 64
  static let quietCapacity = 8
  static let parcelCapacity = 16

  /// In no particular order.
  private(set) var orders: [TrackedOrder] = []

  init() {}

  var nextDue: Instant? {
    var first: Instant?
    let orders = orders.span
    for index in orders.indices {
      if let dueAt = orders[index].nextDue { first = min(first ?? dueAt, dueAt) }
    }
    return first
  }

  func order(_ id: OrderID) -> TrackedOrder? { index(of: id).map { orders[$0] } }

  /// When the order was delivered; nil when it was not, or is not in the book.
  func deliveredAt(_ id: OrderID) -> Instant? { index(of: id).flatMap { orders[$0].deliveredAt } }

  /// Whether the order is in the book.
  func holds(_ id: OrderID) -> Bool { index(of: id) != nil }

  private func index(of id: OrderID) -> Int? { orders.span.firstIndex { $0.order == id } }

  /// What is due first, when that is not after `now`.
  func firstDue(by now: Instant) -> (order: OrderID, reminder: Reminder, dueAt: Instant)? {
    var first: (order: OrderID, reminder: Reminder, dueAt: Instant)?
    for order in orders where order.nextDue.map({ $0 <= now }) ?? false {
      for (reminder, dueAt) in order.reminders where dueAt <= now {
        if first.map({ dueAt < $0.dueAt }) ?? true { first = (order.order, reminder, dueAt) }
      }
    }
    return first
  }

  /// Changes the order, which is begun when it is not known yet, and notes that there was news of it at `time`.
  mutating func change<R>(_ id: OrderID, newsAt time: Instant, _ body: (inout TrackedOrder) -> R) -> R {
    let index: Int
    if let known = self.index(of: id) {
      index = known
    } else {
      makeRoom()
      orders.append(TrackedOrder(order: id, newsAt: time))
      index = orders.endIndex - 1
    }
    orders[index].newsAt = max(orders[index].newsAt, time)
    return body(&orders[index])
  }

  private mutating func makeRoom() {
    guard orders.count >= Self.orderCapacity else { return }
    if let leaving = orders.indices.min(by: { orders[$0].newsAt < orders[$1].newsAt }) { orders.remove(at: leaving) }
  }

  /// Removes and returns the orders with nothing due, those with the oldest news first, when there are too many of them or no
  /// other order fits.
  mutating func takeQuiet() -> [TrackedOrder] {
    // Mostly there are not even as many orders.
    guard orders.count > Self.quietCapacity else { return [] }
    let quietCount = orders.indices.count { orders[$0].nextDue == nil }
    guard quietCount > Self.quietCapacity || orders.count >= Self.orderCapacity else { return [] }
    let quiet = orders.filter { $0.nextDue == nil }
    orders.removeAll { $0.nextDue == nil }
    return quiet.sorted { $0.newsAt < $1.newsAt }
  }

  /// Takes an order back that had left.
  mutating func add(_ order: TrackedOrder) {
    makeRoom()
    orders.append(order)
  }

  mutating func forget() { orders.removeAll(keepingCapacity: true) }

  mutating func read(_ reader: inout FacetReader, version: UInt8) throws(FacetError) {
    try reader.list(into: &orders) { reader throws(FacetError) in try TrackedOrder(from: &reader, version: version) }
    try reader.requireDistinct(orders.span) { $0.order }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(list: orders) { $0.encode(into: &$1) }
  }
}

/// One order with its parcels and what is still to be sent about it.
struct TrackedOrder: Equatable, Sendable {
  let order: OrderID
  var newsAt: Instant
  /// What was paid, in minor units; nil until the payment was seen.
  var total: Int64?
  /// Refunded so far, in minor units.
  var refunded: Int64 = 0
  var isCancelled = false
  private(set) var parcels: [Parcel] = []
  /// When the customer is to be told that the order was not sent off yet; nil when they were, or when it is on its way.
  var lateDispatchAt: Instant?
  /// When the care guide is to be sent; nil when it was, or when it is not to be.
  var careGuideAt: Instant?
  /// When the survey is to be sent; nil when it was, or when it is not to be.
  var surveyAt: Instant?
  /// What was sent already; each is sent once, however often a delivery is reported.
  private(set) var finished: Reminders = []

  init(order: OrderID, newsAt: Instant) {
    self.order = order
    self.newsAt = newsAt
  }

  /// When the first of `reminders` is due. Asked of every order at every event, so that it makes no list.
  var nextDue: Instant? {
    var first: Instant?
    func consider(_ dueAt: Instant?) { if let dueAt { first = min(first ?? dueAt, dueAt) } }
    consider(lateDispatchAt)
    consider(careGuideAt)
    consider(surveyAt)
    for index in parcels.indices { consider(parcels[index].stalledAt) }
    return first
  }

  /// What is to be sent, and when.
  var reminders: [(Reminder, Instant)] {
    let ofOrder = [(Reminder.lateDispatch, lateDispatchAt), (.careGuide, careGuideAt), (.survey, surveyAt)]
    let ofParcels = parcels.map { (Reminder.stalled($0.shipment), $0.stalledAt) }
    return (ofOrder + ofParcels).compactMap { reminder, dueAt in dueAt.map { (reminder, $0) } }
  }

  /// When the last of the order's parcels was delivered, those aside that went back; nil while one is under way or none came.
  var deliveredAt: Instant? {
    var last: Instant?
    for index in parcels.indices where parcels[index].returnedAt == nil {
      guard let deliveredAt = parcels[index].deliveredAt else { return nil }
      last = max(last ?? deliveredAt, deliveredAt)
    }
    return last
  }

  /// Whether nothing of the order was left to the customer: cancelled, or refunded in full.
  var isVoid: Bool { isCancelled || (total.map { $0 > 0 && refunded >= $0 } ?? false) }

  /// Notes that the reminder was sent.
  mutating func finish(_ reminder: Reminder) {
    switch reminder {
    case .lateDispatch:
      lateDispatchAt = nil
      finished.insert(.lateDispatch)
    case .careGuide:
      careGuideAt = nil
      finished.insert(.careGuide)
    case .survey:
      surveyAt = nil
      finished.insert(.survey)
    case .stalled(let shipment): change(shipment) { $0.stalledAt = nil }
    }
  }

  /// Nothing is to be said any more of whether it is on its way.
  mutating func stopWatching() {
    lateDispatchAt = nil
    for index in parcels.indices { parcels[index].stalledAt = nil }
  }

  /// Changes the parcel, which is begun when it is not known yet.
  mutating func change<R>(_ id: ShipmentID, _ body: (inout Parcel) -> R) -> R {
    if let index = parcels.firstIndex(where: { $0.shipment == id }) { return body(&parcels[index]) }
    if parcels.count == OrderBook.parcelCapacity { parcels.removeFirst() }
    parcels.append(Parcel(shipment: id))
    return body(&parcels[parcels.endIndex - 1])
  }

  init(from reader: inout FacetReader, version: UInt8) throws(FacetError) {
    order = try reader.identifier(Named.Order.self)
    newsAt = try reader.instant()
    let paid = try reader.signed()
    total = paid < 0 ? nil : paid
    refunded = try reader.amount()
    let flags = try reader.byte()
    isCancelled = flags & 1 != 0
    finished = Reminders(rawValue: flags >> 1)
    if version >= 2 { lateDispatchAt = try reader.optionalInstant() }
    careGuideAt = try reader.optionalInstant()
    surveyAt = try reader.optionalInstant()
    parcels = try reader.list { reader throws(FacetError) in try Parcel(from: &reader, version: version) }
    try reader.requireDistinct(parcels.span) { $0.shipment }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(order)
    writer.put(newsAt)
    writer.put(total ?? -1)
    writer.put(refunded)
    writer.put(byte: (isCancelled ? 1 : 0) | (finished.rawValue << 1))
    writer.put(lateDispatchAt)
    writer.put(careGuideAt)
    writer.put(surveyAt)
    writer.put(list: parcels) { $0.encode(into: &$1) }
  }
}

/// What a customer is told of an order without an event that says it.
enum Reminder: Equatable, Sendable {
  /// It was not sent off for long.
  case lateDispatch
  /// A parcel of it has not been heard of for long.
  case stalled(ShipmentID)
  /// It has arrived: how to use it.
  case careGuide
  /// It has been there for some days: how is it?
  case survey
}

/// Those reminders that are sent once an order.
struct Reminders: OptionSet, Equatable, Sendable {
  let rawValue: UInt8

  static let careGuide = Reminders(rawValue: 1)
  static let survey = Reminders(rawValue: 2)
  static let lateDispatch = Reminders(rawValue: 4)
}
