/// What a customer is told of parcels on their way, and after they arrived.
final class Logistics: Handler {
  let rules: LogisticsRules

  init(rules: LogisticsRules) { self.rules = rules }

  var facets: FacetSet { [.orders, .quietOrders] }
  var timedFacet: FacetKind? { .orders }

  func handles(_ type: EventType) -> Bool {
    switch type {
    case .orderPaid, .orderRefunded, .orderCancelled, .shipmentUpdated: true
    default: false
    }
  }

  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects) {
    guard let id = event.payload.order else { return }
    putAwayQuiet(&customer, &effects)
    if !customer.orders.holds(id) { fetch(id, &customer, &effects) }
    customer.orders.change(id, newsAt: event.time) { order in
      switch event.payload {
      case .orderPaid(let paid):
        if order.total == nil { watchForDispatch(&order, paidAt: event.time) }
        order.total = order.total ?? paid.total
      case .orderRefunded(let refund): order.refunded = order.refunded.addingClamped(refund.amount)
      case .orderCancelled: order.isCancelled = true
      case .shipmentUpdated(let update):
        order.lateDispatchAt = nil
        order.change(update.shipment) { track(&$0, update, at: event.time, &effects) }
      default: break
      }
      if order.isVoid { order.stopWatching() }
      planFollowUps(of: &order)
    }
    withdrawOutdated(&customer, &effects)
  }

  /// Sends the reminders that are due, in order of due time.
  func fire(_ customer: inout Customer, _ effects: inout Effects) {
    while let due = customer.orders.firstDue(by: effects.now) {
      let deliveredAt = customer.orders.deliveredAt(due.order)
      customer.orders.change(due.order, newsAt: due.dueAt) { $0.finish(due.reminder) }
      let (kind, template) = due.reminder.notice
      effects.cause = .timer(kind.rawValue, dueAt: due.dueAt)
      var parameters: NamedValues = [("orderId", .id(due.order))]
      var subject = due.order.bytes
      if case .stalled(let shipment) = due.reminder {
        parameters.append(("shipmentId", .id(shipment)))
        subject = stalledSubject(due.order, shipment)
      }
      effects.tell(
        Notice(
          kind: kind, template: template, subject: subject, parameters: parameters,
          reason: parameters + (deliveredAt.map { [("deliveredAt", .instant($0))] } ?? []),
          cause: effects.cause, expiresAt: effects.expiry(of: kind, since: due.dueAt)))
    }
  }

  /// Moves orders out of the book of which nothing is to be told any more.
  private func putAwayQuiet(_ customer: inout Customer, _ effects: inout Effects) {
    let quiet = customer.orders.takeQuiet()
    guard !quiet.isEmpty else { return }
    customer.quietOrders.put(quiet)
    effects.reading { () throws(FacetError) in try customer.quietOrders.removeFirst(olderThan: TrackedOrder.quietLimit)
    }
  }

  /// Moves the order back into the book, if it was put away.
  private func fetch(_ order: OrderID, _ customer: inout Customer, _ effects: inout Effects) {
    // Looked for first: a facet that is only looked at is not written.
    guard effects.reading({ () throws(FacetError) in try customer.quietOrders.record(order) }) != nil,
      let found = effects.reading({ () throws(FacetError) in try customer.quietOrders.take(order) })
    else { return }
    customer.orders.add(found)
  }

  private func watchForDispatch(_ order: inout TrackedOrder, paidAt: Instant) {
    guard rules.lateDispatchAfterHours > 0, order.parcels.isEmpty, !order.finished.contains(.lateDispatch) else {
      return
    }
    order.lateDispatchAt = paidAt + .hours(rules.lateDispatchAfterHours)
  }

  /// Follow-ups count from the last delivery; an order that is void, or under way again, has none.
  private func planFollowUps(of order: inout TrackedOrder) {
    let start = order.isVoid ? nil : order.deliveredAt
    order.careGuideAt = order.finished.contains(.careGuide) ? nil : start.map { $0 + .hours(rules.careGuideAfterHours) }
    order.surveyAt = order.finished.contains(.survey) ? nil : start.map { $0 + .days(rules.surveyAfterDays) }
  }

  /// A reminder that waits at the gate is withdrawn when what it says is not so any more.
  private func withdrawOutdated(_ customer: inout Customer, _ effects: inout Effects) {
    guard effects.hasWaiting(Self.revised, customer.contacts) else { return }
    let orders = customer.orders
    effects.revise(Self.revised, of: &customer) { notice in
      guard case .text(let name)? = notice.parameters.first(where: { $0.name == "orderId" })?.value,
        let id = OrderID(name), let order = orders.order(id)
      else { return true }
      switch notice.kind {
      case .shipmentLateDispatch: return order.parcels.isEmpty && !order.isVoid
      case .shipmentStalled:
        // News would have set another due time.
        return order.parcels.contains {
          stalledSubject(id, $0.shipment) == notice.subject && $0.isUnderWay && $0.stalledAt == nil
        }
      case .careGuide, .survey: return !order.isVoid && order.deliveredAt != nil
      default: return true
      }
    }
  }

  private static let revised: [NoticeKind] = [.shipmentLateDispatch, .shipmentStalled, .careGuide, .survey]

  private func track(_ parcel: inout Parcel, _ update: ShipmentUpdate, at time: Instant, _ effects: inout Effects) {
    switch ShipmentProgress(update) {
    case .moved(let rank, let milestone):
      let isForward = parcel.move(to: rank, at: time)
      if let milestone { pass(milestone, of: &parcel, isTold: isForward, update, at: time, &effects) }
    case .attemptFailed:
      report(.shipmentAttemptFailed, .shipmentAttemptFailed, \.attemptToldAt, of: &parcel, update, at: time, &effects)
    case .exception:
      report(.shipmentException, exceptionTemplate(update), \.exceptionToldAt, of: &parcel, update, at: time, &effects)
      if update.substatus == .returned { parcel.turnBack(at: time) }
    // The carrier says that it has nothing to say.
    case .expired: return
    }
    parcel.hear(at: time, silenceLimit: rules.stalledAfterHours > 0 ? .hours(rules.stalledAfterHours) : nil)
    compareEstimate(of: &parcel, update, at: time, &effects)
  }

  /// A milestone is told once; one that comes late is remembered as passed and not told.
  private func pass(
    _ milestone: Milestone, of parcel: inout Parcel, isTold: Bool, _ update: ShipmentUpdate, at time: Instant,
    _ effects: inout Effects
  ) {
    guard !parcel.passed.contains(Milestones(milestone)) else { return }
    parcel.passed.insert(Milestones(milestone))
    guard isTold, rules.milestones.contains(milestone) else { return }
    let (kind, template) = milestone.notice
    effects.tell(notice(kind, template, update, at: time, effects))
  }

  /// A failed attempt or an exception is told again at most every `repeatAfterHours`, and not when the parcel has moved
  /// since or was delivered.
  private func report(
    _ kind: NoticeKind, _ template: Template, _ toldAt: WritableKeyPath<Parcel, Instant?>, of parcel: inout Parcel,
    _ update: ShipmentUpdate, at time: Instant, _ effects: inout Effects
  ) {
    guard parcel.deliveredAt == nil, parcel.movedAt.map({ $0 <= time }) ?? true else { return }
    if let last = parcel[keyPath: toldAt], time < last + .hours(rules.repeatAfterHours) { return }
    parcel[keyPath: toldAt] = time
    effects.tell(notice(kind, template, update, at: time, effects))
  }

  private func exceptionTemplate(_ update: ShipmentUpdate) -> Template {
    switch update.substatus {
    case .weatherDelay: .shipmentExceptionWeather
    case .customs: .shipmentExceptionCustoms
    case .addressIssue: .shipmentExceptionAddress
    case .returned: .shipmentExceptionReturned
    default: .shipmentException
    }
  }

  /// The estimate is compared with the last one told; the first one known counts as told, as it is what the shop showed.
  private func compareEstimate(
    of parcel: inout Parcel, _ update: ShipmentUpdate, at time: Instant, _ effects: inout Effects
  ) {
    guard let new = update.estimatedDelivery, parcel.deliveredAt == nil,
      parcel.estimatedAt.map({ $0 <= time }) ?? true
    else { return }
    parcel.estimatedAt = time
    guard let old = parcel.toldEstimate else {
      parcel.toldEstimate = new
      return
    }
    let isDelayed =
      new - old > .hours(rules.delayedByHours) || (new > old && effects.zone.day(of: new) > effects.zone.day(of: old))
    guard isDelayed || old - new > .hours(rules.earlyByHours) else { return }
    parcel.toldEstimate = new
    let kind: NoticeKind = isDelayed ? .shipmentDelayed : .shipmentEarly
    let delay: Template = update.substatus == .weatherDelay ? .shipmentDelayedByWeather : .shipmentDelayed
    let change: NamedValues = [("oldEta", .instant(old)), ("newEta", .instant(new))]
    effects.tell(notice(kind, isDelayed ? delay : .shipmentEarly, update, at: time, effects, adding: change))
  }

  private func notice(
    _ kind: NoticeKind, _ template: Template, _ update: ShipmentUpdate, at time: Instant, _ effects: Effects,
    adding more: NamedValues = []
  ) -> Notice {
    var parameters: NamedValues = [
      ("orderId", .id(update.order)), ("shipmentId", .id(update.shipment)), ("carrier", .text(update.carrier)),
    ]
    var reason: NamedValues = []
    reason.reserveCapacity(9 + more.count)
    reason += parameters
    reason.append(("status", .text(update.status.rawValue)))
    if let substatus = update.substatus { reason.append(("substatus", .text(substatus.rawValue))) }
    if let tracking = update.trackingNumber { reason.append(("trackingNumber", .text(tracking))) }
    if let location = update.location { reason.append(("location", .text(location))) }
    if let why = update.reason { reason.append(("carrierReason", .text(why))) }
    if let estimate = update.estimatedDelivery { reason.append(("estimatedDelivery", .instant(estimate))) }
    parameters += more
    reason += more
    return Notice(
      kind: kind, template: template, subject: update.shipment.bytes, parameters: parameters, reason: reason,
      cause: effects.cause, expiresAt: effects.expiry(of: kind, since: time))
  }
}

/// Numbers of parcels are the carriers', and two orders can have the same.
private func stalledSubject(_ order: OrderID, _ shipment: ShipmentID) -> [UInt8] { order.bytes + [0] + shipment.bytes }

extension Event.Payload {
  /// The order that it is about.
  fileprivate var order: OrderID? {
    switch self {
    case .orderPaid(let order): order.order
    case .orderRefunded(let refund): refund.order
    case .orderCancelled(let order): order
    case .shipmentUpdated(let update): update.order
    default: nil
    }
  }
}

extension Reminder {
  /// What tells of it.
  var notice: (NoticeKind, Template) {
    switch self {
    case .lateDispatch: (.shipmentLateDispatch, .shipmentLateDispatch)
    case .stalled: (.shipmentStalled, .shipmentStalled)
    case .careGuide: (.careGuide, .careGuide)
    case .survey: (.survey, .survey)
    }
  }
}
