/// Why a notice was not sent.
public enum Suppression: String, CaseIterable, Sendable {
  /// The customer does not want it, or leaves no channel for it.
  case consent
  /// Enough was sent already, and there is no room before it expires.
  case cap
  /// It would expire before the quiet hours end.
  case quiet
  /// It came too late to help.
  case stale
  /// What it was about changed while it waited.
  case withdrawn
  /// The same notice waits already.
  case duplicate
  /// The customer was erased while it waited.
  case erased
}

/// Decides what reaches a customer: the one place through which every notice goes.
struct Gate: Sendable {
  private let rules: Rules
  private let wording: Wording
  /// The channels of customers who said nothing of them.
  private let standardChannels: [Channel]

  init(rules: Rules, wording: Wording) {
    self.rules = rules
    self.wording = wording
    standardChannels = Channel.allCases.filter { rules.defaultChannels.contains($0) && !$0.needsConsent }
  }

  private enum Verdict {
    case send([Channel])
    case hold(until: Instant)
    case suppress(Suppression)
  }

  /// Sends, holds or suppresses the notices, those of the highest value first.
  func pass(_ notices: [Notice], _ customer: inout Customer, _ effects: inout Effects) {
    guard !notices.isEmpty else { return }
    for notice in ranked(notices) {
      switch judge(notice, customer, effects) {
      case .send(let channels):
        if notice.kind.isCapped {
          customer.contacts.count(notice.kind.noticeClass, on: effects.zone.day(of: effects.now))
        }
        effects.send(notification(of: notice, on: channels, to: customer, effects))
      case .hold(let until):
        if let leaving = customer.contacts.hold(HeldNotice(notice, until: until)) {
          effects.suppress(leaving.notice.kind, .cap)
        }
      case .suppress(let why): effects.suppress(notice.kind, why)
      }
    }
  }

  /// Those of the highest value first, equals in their order, which sorting keeps only when it is told to.
  private func ranked(_ notices: [Notice]) -> [Notice] {
    guard notices.count > 1 else { return notices }
    return notices.enumerated().sorted { ($0.element.kind.rank, $0.offset) < ($1.element.kind.rank, $1.offset) }
      .map(\.element)
  }

  /// Judges what has waited anew, with what is known now.
  func release(_ customer: inout Customer, _ effects: inout Effects) {
    pass(customer.contacts.release(by: effects.now), &customer, &effects)
  }

  private func judge(_ notice: Notice, _ customer: Customer, _ effects: Effects) -> Verdict {
    // A first start on a long history builds state and sends nothing stale.
    guard effects.now <= notice.expiresAt else { return .suppress(.stale) }
    guard !customer.contacts.held.contains(where: { $0.notice.isSame(as: notice) }) else {
      return .suppress(.duplicate)
    }
    guard notice.kind.isForCustomers else { return .send([]) }
    let channels = channels(for: customer.profile)
    let isRefused = notice.kind.noticeClass == .marketing && customer.profile.marketingConsent == false
    guard !channels.isEmpty, !isRefused else { return .suppress(.consent) }
    let quiet = quietHours(of: customer.profile)
    if notice.kind.noticeClass != .transactional || rules.gate.quietTransactional,
      let end = quiet?.end(at: effects.now, in: effects.zone)
    {
      return end <= notice.expiresAt ? .hold(until: end) : .suppress(.quiet)
    }
    guard notice.kind.isCapped else { return .send(channels) }
    let today = effects.zone.day(of: effects.now)
    guard let day = freeDay(for: notice.kind.noticeClass, from: today, customer.contacts) else {
      return .suppress(.cap)
    }
    if day == today { return .send(channels) }
    let midnight = effects.zone.start(of: day)
    let slot = quiet?.end(at: midnight, in: effects.zone) ?? midnight
    return slot <= notice.expiresAt ? .hold(until: slot) : .suppress(.cap)
  }

  /// Those of the default channels that the customer does not refuse, and those beyond that they ask for. Calls and WeChat
  /// need to be asked for.
  private func channels(for profile: Profile) -> [Channel] {
    guard profile.hasConsent else { return standardChannels }
    return Channel.allCases.filter { channel in
      switch profile.consent(to: channel) {
      case .some(let answer): answer
      case nil: standardChannels.contains(channel)
      }
    }
  }

  private func quietHours(of profile: Profile) -> QuietHours? { profile.quietHours?.value ?? rules.gate.quietHours }

  /// The first day, today or later, on which the caps leave room for one more; nil when they never do.
  private func freeDay(for noticeClass: NoticeClass, from today: LocalDay, _ contacts: Contacts) -> LocalDay? {
    let isMarketing = noticeClass == .marketing
    let daily = isMarketing ? rules.gate.marketingPerDay : rules.gate.servicePerDay
    let weekly = isMarketing ? rules.gate.marketingPerWeek : Int64.max
    // Behind the memory of the caps every day is free.
    return (0...Contacts.memory).lazy.map { today + $0 }.first { day in
      contacts.count(noticeClass, from: day, through: day) < daily
        && contacts.count(noticeClass, from: day - (Contacts.memory - 1), through: day) < weekly
    }
  }

  private func notification(
    of notice: Notice, on channels: [Channel], to customer: Customer, _ effects: Effects
  ) -> Notification {
    let locale = customer.profile.locale.flatMap { Locale(tag: $0.value) } ?? rules.locale
    let name = customer.profile.salutation ?? customer.profile.displayName
    let text = wording.compose(
      notice.template, notice.parameters, to: name?.value, in: locale, at: effects.zone)
    return Notification(
      id: notice.identity(for: customer.id), customer: customer.id, kind: notice.kind, locale: locale,
      title: text.title, body: text.body, template: notice.template, parameters: notice.parameters, channels: channels,
      reason: notice.reason, cause: notice.cause, createdAt: effects.now, expiresAt: notice.expiresAt,
      rulesVersion: rules.version)
  }
}

extension Channel {
  /// Whether the channel is used only for customers who said yes to it.
  var needsConsent: Bool { self == .phone || self == .wechat }
}

extension QuietHours {
  /// When the quiet hours that hold at `instant` end; nil when none do. A window that ends as it starts is none.
  func end(at instant: Instant, in zone: LocalTime) -> Instant? {
    let minute = zone.minuteOfDay(of: instant)
    let isQuiet = start <= end ? start <= minute && minute < end : start <= minute || minute < end
    guard isQuiet else { return nil }
    let day = zone.day(of: instant) + (minute < end ? 0 : 1)
    let end = zone.instant(of: day, minute: self.end)
    // Clocks that were set back show the end a second time; what is left then passes at one offset.
    return end > instant ? end : instant + .minutes(Int64(self.end - minute))
  }
}
