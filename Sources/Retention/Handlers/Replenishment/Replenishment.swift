/// Reminds customers of what they buy again and again, shortly before they need it.
///
/// After a purchase a timer is set to where the window of a reminder opens. Only when it fires is the day worked out at which
/// the purchase is likely enough, since most things are bought before.
final class Replenishment: Handler {
  let rules: ReplenishmentRules

  init(rules: ReplenishmentRules) { self.rules = rules }

  var facets: FacetSet { .items }
  var timedFacet: FacetKind? { .items }

  func handles(_ type: EventType) -> Bool {
    switch type {
    case .orderPaid, .orderCancelled, .customerUpdated: true
    default: false
    }
  }

  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects) {
    if case .customerUpdated(let update) = event.payload, update.timeZone != nil {
      plan(&customer, effects) { _, _ in true }
    }
    guard !effects.orderChanges.isEmpty else { return }
    for change in effects.orderChanges {
      switch change {
      case .paid(let order, let time):
        let day = effects.zone.day(of: time)
        let lines = order.lines.span
        for index in lines.indices {
          customer.items.add(lines[index], on: day, order: order.order, capacity: Int(rules.itemsPerCustomer))
        }
        plan(&customer, effects) { sku, category in
          let lines = order.lines.span
          guard let sku else { return lines.firstIndex { $0.category == category } != nil }
          return lines.firstIndex { $0.sku == sku } != nil
        }
      case .cancelled(let order):
        customer.items.remove(order.order)
        plan(&customer, effects) { _, _ in true }
      case .refunded: break
      }
    }
    withdrawOutdated(&customer, &effects)
  }

  func fire(_ customer: inout Customer, _ effects: inout Effects) {
    while let dueAt = customer.items.nextDue, dueAt <= effects.now { remind(at: dueAt, &customer, &effects) }
  }

  /// Sets the timers of the cycles that `isMeant` picks; it is given the item's sku, or nil for the cycle of a whole category.
  private func plan(_ customer: inout Customer, _ effects: Effects, where isMeant: (SKU?, CategoryID) -> Bool) {
    customer.items.changeCycles { cycle, sku, category, isOfItem in
      guard isMeant(isOfItem ? sku : nil, category) else { return }
      cycle.dueAt = window(of: cycle, of: category).map { effects.zone.start(of: $0.lowerBound) }
    }
  }

  /// The days on which a reminder helps; nil when there is none to give.
  private func window(of cycle: PurchaseCycle, of category: CategoryID) -> ClosedRange<LocalDay>? {
    guard rules.remindAt != nil, cycle.purchases >= rules.minPurchases, !cycle.isReminded else { return nil }
    let gap = rules.model.expectedGap(cycle, of: category)
    guard gap < Self.longestGap else { return nil }
    let opens = max(1, Int64((gap * rules.windowOpens).rounded(.up)))
    let closes = Int64((gap * rules.windowCloses).rounded(.down))
    return opens <= closes ? cycle.last + opens...cycle.last + closes : nil
  }

  /// Works out when the items that are due by `dueAt`, or soon after, are to be told of, and tells of them when that is now.
  private func remind(at dueAt: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    let soon = dueAt + .hours(rules.mergeHours)
    let known = customer.items
    var needs: [Need] = []
    var isDue = false
    customer.items.changeCycles { cycle, sku, category, isOfItem in
      guard let due = cycle.dueAt, due <= soon else { return }
      cycle.dueAt = nil
      // What is bought often enough is judged by itself.
      if !isOfItem, let item = known.item(sku), item.cycle.purchases >= rules.minPurchases { return }
      let day = effects.zone.day(of: due)
      guard let need = need(of: cycle, of: category, for: sku, knownSince: known.since, from: day) else { return }
      let needAt = effects.zone.start(of: need.day)
      cycle.dueAt = needAt
      if needAt <= soon { needs.append(need) }
      isDue = isDue || needAt <= dueAt
    }
    guard isDue else { return }
    customer.items.changeCycles { cycle, sku, category, isOfItem in
      guard let due = cycle.dueAt, due <= soon else { return }
      cycle.dueAt = nil
      cycle.remindedSince = cycle.last
    }
    // Of what is equally likely, the article that was bought first comes first: the sort is stable.
    needs.sort { $0.pPurchase > $1.pPurchase }
    effects.cause = .timer("replenishment.due", dueAt: dueAt)
    effects.tell(notice(of: needs.prefix(Int(rules.maxItems)), known, at: dueAt, effects))
  }

  /// Something that the customer needs again from a day on.
  struct Need {
    let sku: SKU
    let day: LocalDay
    let pPurchase: Double
    let expectedGap: Double
    let idleDays: Int64
  }

  /// The first day of the window, from `earliest` on, on which a purchase is likely enough. Long windows are looked at in steps.
  private func need(
    of cycle: PurchaseCycle, of category: CategoryID, for sku: SKU, knownSince first: LocalDay?, from earliest: LocalDay
  ) -> Need? {
    guard let remindAt = rules.remindAt, let window = window(of: cycle, of: category) else { return nil }
    let gap = rules.model.expectedGap(cycle, of: category)
    let horizon = max(Double(rules.minHorizonDays), gap / 2)
    let step = max(1, (window.upperBound.number - window.lowerBound.number) / Self.looks)
    var day = max(earliest, window.lowerBound)
    while day <= window.upperBound {
      let pPurchase = rules.model.pPurchase(
        cycle, of: category, knownSince: first ?? cycle.last, on: day, within: horizon)
      if pPurchase >= remindAt {
        return Need(
          sku: sku, day: day, pPurchase: pPurchase, expectedGap: gap, idleDays: day.number - cycle.last.number)
      }
      day = day + step
    }
    return nil
  }

  private static let longestGap = 1_000.0
  private static let looks: Int64 = 64
}
