/// Offers customers what they look at day after day and do not buy.
final class BrowseOffers: Handler {
  let rules: BrowsingRules

  init(rules: BrowsingRules) { self.rules = rules }

  var facets: FacetSet { .browsing }

  func handles(_ type: EventType) -> Bool { type == .browseViewed || type == .orderPaid }

  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects) {
    if case .browseViewed(let view) = event.payload { take(view, at: event.time, &customer, &effects) }
    for case .paid(let order, let time) in effects.orderChanges { take(order, at: time, &customer, &effects) }
  }

  private func take(_ view: View, at time: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    let day = effects.zone.day(of: time)
    guard let days = customer.browsing.note(view, on: day), rules.offerAfterDays > 0, days >= rules.offerAfterDays,
      let category = customer.browsing.category(view.category)
    else { return }
    guard !isWithin(rules.quietDaysAfterPurchase, before: day, category.boughtOn) else { return }
    guard !isWithin(rules.onceInDays, before: day, category.offeredOn) else { return }
    customer.browsing.noteOffer(of: category.category, on: day)
    effects.tell(notice(of: category, customer.browsing.items(of: category.category), at: time, effects))
  }

  /// Whether something happened on one of so many days up to and with `day`.
  private func isWithin(_ days: Int64, before day: LocalDay, _ happened: LocalDay?) -> Bool {
    happened.map { $0 > day - days } ?? false
  }

  /// What was bought is not offered any more.
  private func take(_ order: PaidOrder, at time: Instant, _ customer: inout Customer, _ effects: inout Effects) {
    let day = effects.zone.day(of: time)
    let lines = order.lines.span
    for index in lines.indices { customer.browsing.noteBought(lines[index].category, on: day) }
    effects.revise(Self.revised, of: &customer) { notice in
      !order.lines.contains { $0.category.bytes == notice.subject }
    }
  }

  private static let revised: [NoticeKind] = [.browseOffer]

  private func notice(
    of category: Browsing.Category, _ seen: ArraySlice<Browsing.Item>, at time: Instant, _ effects: Effects
  ) -> Notice {
    // Of what was looked at equally often, the article that was seen first comes first: the sort is stable.
    let items = seen.sorted { $0.views > $1.views }.prefix(Int(rules.maxItems))
    return Notice(
      kind: .browseOffer, template: .browseOffer, subject: category.category.bytes,
      parameters: [("items", .list(items.map { .text($0.name ?? $0.sku.description) }))],
      reason: [
        ("category", .id(category.category)), ("streakDays", .integer(category.streakDays)),
        ("skus", .list(items.map { .id($0.sku) })),
        ("views", .list(items.map { .integer($0.views) })),
      ],
      cause: effects.cause, expiresAt: effects.expiry(of: .browseOffer, since: time))
  }
}
