// Points that are not used expire.
extension Points {
  /// The last month in which points can be used that were confirmed at `instant`; nil when they never expire.
  func lastMonth(ofPointsConfirmedAt instant: Instant, at zone: LocalTime) -> LocalMonth? {
    rules.expireAfterMonths > 0 ? zone.day(of: instant).month + rules.expireAfterMonths : nil
  }

  /// The term of points that can be used until the end of `month`, or for ever. What the customer would have been told before
  /// the present is not told any more.
  func term(until month: LocalMonth?, _ effects: Effects) -> LotTerm? {
    month.map { month in
      let next = Countdown(
        to: month.lastDay + 1, stops: rules.expiryNoticeDays, after: effects.now, at: effects.zone)
      return LotTerm(month: month, next: next)
    }
  }

  /// Tells of the lot, or lets it expire.
  func serve(_ lot: Lot, _ customer: inout Customer, _ effects: inout Effects) {
    guard let term = lot.term else { return }
    guard term.next.daysBefore == 0 else {
      customer.account.schedule(
        term.month, term.next.next(to: term.end, stops: rules.expiryNoticeDays, at: effects.zone))
      effects.cause = .timer("points.expiring", dueAt: term.next.dueAt)
      // The rules may have changed since the day was chosen.
      if lot.points >= rules.minNotice, rules.expiryNoticeDays.contains(term.next.daysBefore) {
        effects.tell(expiryNotice(.pointsExpiring, .pointsExpiring, lot, term, customer.account, effects))
      }
      return
    }
    effects.cause = .timer("points.expire", dueAt: term.next.dueAt)
    customer.account.expire(term.month)
    effects.enter(.expired, -lot.points, until: term.month.lastDay, in: customer.account)
    if lot.points >= rules.minNotice {
      effects.tell(expiryNotice(.pointsExpired, .pointsExpired, lot, term, customer.account, effects))
    }
  }

  /// A customer who moved loses points, and is told of it, by the days of the new place.
  func moveLots(_ customer: inout Customer, _ effects: Effects) {
    for term in customer.account.lots.compactMap(\.term) {
      let next = Countdown(to: term.end, daysBefore: term.next.daysBefore, at: effects.zone)
      // Told apart first: a facet that is only looked at is not written.
      if next != term.next { customer.account.schedule(term.month, next) }
    }
  }

  /// A notice of points that will expire and that waits at the gate says how many there are when it is sent, and is withdrawn
  /// when too few are left.
  func reviseExpiryNotices(_ customer: inout Customer, _ effects: inout Effects) {
    guard effects.hasWaiting(Self.revised, customer.contacts) else { return }
    let account = customer.account
    effects.revise(Self.revised, of: &customer) { notice in
      if notice.kind == .pointsExpired {
        notice.set("available", .integer(account.available))
        return true
      }
      guard let lot = account.lots.first(where: { $0.term.map { subject($0.month) } == notice.subject }),
        lot.points >= rules.minNotice
      else { return false }
      notice.set("points", .integer(lot.points))
      notice.set("available", .integer(account.available))
      return true
    }
  }

  private static let revised: [NoticeKind] = [.pointsExpired, .pointsExpiring]

  private func subject(_ month: LocalMonth) -> [UInt8] { Array(month.lastDay.iso8601.utf8) }

  private func expiryNotice(
    _ kind: NoticeKind, _ template: Template, _ lot: Lot, _ term: LotTerm, _ account: PointsAccount, _ effects: Effects
  ) -> Notice {
    let values: NamedValues = [
      ("points", .integer(lot.points)), ("expiresOn", .day(term.month.lastDay)),
      ("available", .integer(account.available)),
    ]
    // Points can come late into a month that is over, again and again.
    let subject = subject(term.month) + (kind == .pointsExpired ? Array("/\(account.expiredLots)".utf8) : [])
    let evidence: NamedValues = kind == .pointsExpiring ? [("daysBefore", .integer(term.next.daysBefore))] : []
    return Notice(
      kind: kind, template: template, subject: subject, parameters: values, reason: values + evidence,
      cause: effects.cause, expiresAt: effects.expiry(of: kind, since: term.next.dueAt))
  }
}
