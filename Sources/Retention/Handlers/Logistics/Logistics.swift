/// What a customer is told of parcels on their way, and after they arrived.
struct Logistics: Handler {
  let rules: LogisticsRules

  var facets: FacetSet { .orders }
  var timedFacet: FacetKind? { .orders }

  func handles(_ type: EventType) -> Bool {
    switch type {
    case .orderPaid, .orderRefunded, .orderCancelled, .shipmentUpdated: true
    default: false
    }
  }

  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects) {
    switch event.payload {
    case .orderPaid(let order):
      customer.orders.change(order.order, newsAt: event.time) { $0.total = $0.total ?? order.total }
    case .orderRefunded(let refund):
      customer.orders.change(refund.order, newsAt: event.time) {
        $0.refunded = $0.refunded.addingClamped(refund.amount)
      }
    case .orderCancelled(let order):
      customer.orders.change(order, newsAt: event.time) { $0.isCancelled = true }
    case .shipmentUpdated(let update):
      customer.orders.change(update.order, newsAt: event.time) { order in
        order.change(update.shipment) { track(&$0, update, at: event.time, &effects) }
      }
    default: return
    }
    planFollowUps(event.payload, &customer, at: event.time)
  }

  /// Sends the follow-ups that are due, in order of due time.
  func fire(_ customer: inout Customer, _ effects: inout Effects) {
    while let due = customer.orders.firstFollowUp(by: effects.now) {
      let (kind, template): (NoticeKind, Template) =
        due.followUp == .careGuide ? (.careGuide, .careGuide) : (.survey, .survey)
      effects.cause = .timer(kind.rawValue, dueAt: due.dueAt)
      let deliveredAt = customer.orders.order(due.order)?.deliveredAt
      customer.orders.change(due.order, newsAt: due.dueAt) { $0.finish(due.followUp) }
      effects.tell(
        Notice(
          kind: kind, template: template, subject: due.order.bytes, parameters: [("orderId", .id(due.order))],
          reason: [("orderId", .id(due.order))] + (deliveredAt.map { [("deliveredAt", .instant($0))] } ?? []),
          cause: effects.cause, expiresAt: effects.expiry(of: kind, since: due.dueAt)))
    }
  }

  /// Follow-ups count from the last delivery; an order that is void, or under way again, has none.
  private func planFollowUps(_ payload: Event.Payload, _ customer: inout Customer, at time: Instant) {
    let id: OrderID
    switch payload {
    case .orderPaid(let order): id = order.order
    case .orderRefunded(let refund): id = refund.order
    case .orderCancelled(let order): id = order
    case .shipmentUpdated(let update): id = update.order
    default: return
    }
    customer.orders.change(id, newsAt: time) { order in
      let start = order.isVoid ? nil : order.deliveredAt
      order.careGuideAt =
        order.finished.contains(FollowUps(.careGuide)) ? nil : start.map { $0 + .hours(rules.careGuideAfterHours) }
      order.surveyAt =
        order.finished.contains(FollowUps(.survey)) ? nil : start.map { $0 + .days(rules.surveyAfterDays) }
    }
  }

  private func track(_ parcel: inout Parcel, _ update: ShipmentUpdate, at time: Instant, _ effects: inout Effects) {
    switch ShipmentProgress(update) {
    case .moved(let rank, let milestone):
      let isForward = parcel.move(to: rank, at: time)
      if let milestone { pass(milestone, of: &parcel, isTold: isForward, update, at: time, &effects) }
    case .attemptFailed:
      report(.shipmentAttemptFailed, .shipmentAttemptFailed, \.attemptToldAt, of: &parcel, update, at: time, &effects)
    case .exception:
      report(.shipmentException, exceptionTemplate(update), \.exceptionToldAt, of: &parcel, update, at: time, &effects)
    case .expired: break
    }
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
    let change: [(String, Value)] = [("oldEta", .instant(old)), ("newEta", .instant(new))]
    effects.tell(notice(kind, isDelayed ? delay : .shipmentEarly, update, at: time, effects, adding: change))
  }

  private func notice(
    _ kind: NoticeKind, _ template: Template, _ update: ShipmentUpdate, at time: Instant, _ effects: Effects,
    adding more: [(String, Value)] = []
  ) -> Notice {
    let ids: [(String, Value)] = [
      ("orderId", .id(update.order)), ("shipmentId", .id(update.shipment)), ("carrier", .text(update.carrier)),
    ]
    var reason = ids + [("status", Value.text(update.status.rawValue))]
    if let substatus = update.substatus { reason.append(("substatus", .text(substatus.rawValue))) }
    if let tracking = update.trackingNumber { reason.append(("trackingNumber", .text(tracking))) }
    if let location = update.location { reason.append(("location", .text(location))) }
    if let why = update.reason { reason.append(("carrierReason", .text(why))) }
    if let estimate = update.estimatedDelivery { reason.append(("estimatedDelivery", .instant(estimate))) }
    return Notice(
      kind: kind, template: template, subject: update.shipment.bytes, parameters: ids + more, reason: reason + more,
      cause: effects.cause, expiresAt: effects.expiry(of: kind, since: time))
  }
}
