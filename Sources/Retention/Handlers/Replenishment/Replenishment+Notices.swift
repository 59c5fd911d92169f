// What is told of things that run out.
extension Replenishment {
  func notice(of needs: ArraySlice<Need>, _ items: Items, at time: Instant, _ effects: Effects) -> Notice {
    let names = needs.map { Value.text(items.item($0.sku)?.name ?? $0.sku.description) }
    return Notice(
      kind: .replenishmentDue, template: .replenishmentDue, subject: [], parameters: [("items", .list(names))],
      reason: [
        ("skus", .list(needs.map { .id($0.sku) })), ("pPurchase", .list(needs.map { .decimal($0.pPurchase) })),
        ("expectedGapDays", .list(needs.map { .decimal($0.expectedGap) })),
        ("idleDays", .list(needs.map { .integer($0.idleDays) })), ("model", .text(rules.model.version)),
      ],
      cause: effects.cause, expiresAt: effects.expiry(of: .replenishmentDue, since: time))
  }

  /// What was bought meanwhile is left out, and nothing is told when nothing is left.
  func withdrawOutdated(_ customer: inout Customer, _ effects: inout Effects) {
    guard effects.hasWaiting(Self.revised, customer.contacts) else { return }
    let items = customer.items
    effects.revise(Self.revised, of: &customer) { notice in
      guard case .list(let skus)? = notice.reason.first(where: { $0.name == "skus" })?.value else { return true }
      let kept = skus.indices.filter { items.isReminded(skus[$0]) }
      guard kept.count < skus.count else { return true }
      notice.keep(kept)
      return !kept.isEmpty
    }
  }

  private static let revised: [NoticeKind] = [.replenishmentDue]
}

extension Items {
  /// Whether the customer was reminded of the article since they bought it, or what is like it, last.
  fileprivate func isReminded(_ sku: Value) -> Bool {
    guard let item = items.first(where: { .id($0.sku) == sku }) else { return false }
    return item.cycle.isReminded || category(item.category)?.cycle.isReminded ?? false
  }
}

extension Notice {
  /// Keeps these elements of every list.
  fileprivate mutating func keep(_ indices: [Int]) {
    func kept(_ value: Value) -> Value {
      guard case .list(let elements) = value else { return value }
      return .list(indices.map { elements[$0] })
    }
    for index in parameters.indices { parameters[index].value = kept(parameters[index].value) }
    for index in reason.indices { reason[index].value = kept(reason[index].value) }
  }
}
