/// Why a notice was not sent.
public enum Suppression: String, CaseIterable, Sendable {
  /// It came too late to help.
  case stale
}

/// Decides what reaches a customer: the one place through which every notice goes.
struct Gate: Sendable {
  private let rules: Rules
  private let wording: Wording
  private let zone: LocalTime

  init(rules: Rules, wording: Wording, zone: LocalTime) {
    self.rules = rules
    self.wording = wording
    self.zone = zone
  }

  enum Verdict: Sendable {
    case send(Notification)
    case suppress(Suppression)
  }

  /// A notice too old to help is not sent, so that a first start on a long history builds state and sends nothing stale.
  func judge(_ notice: Notice, for customer: CustomerID, now: Instant) -> Verdict {
    let expiresAt = notice.causedAt + lifetime(of: notice.kind.noticeClass)
    guard now <= expiresAt else { return .suppress(.stale) }
    let text = wording.compose(notice.template, notice.parameters, in: rules.locale, at: zone)
    return .send(
      Notification(
        id: identity(of: notice, for: customer), customer: customer, kind: notice.kind, locale: rules.locale,
        title: text.title, body: text.body, template: notice.template, parameters: notice.parameters,
        channels: rules.channels, reason: notice.reason, cause: notice.cause, createdAt: now, expiresAt: expiresAt,
        rulesVersion: rules.version))
  }

  private func lifetime(of noticeClass: NoticeClass) -> TimeSpan {
    switch noticeClass {
    case .transactional: .hours(rules.gate.transactionalStaleAfterHours)
    case .service: .hours(rules.gate.serviceExpiresAfterHours)
    }
  }

  private func identity(of notice: Notice, for customer: CustomerID) -> String {
    var hash = StableHash(wide: true)
    hash.combine(field: customer.bytes)
    hash.combine(field: notice.kind.rawValue.utf8)
    notice.cause.hash(into: &hash)
    hash.combine(field: notice.subject)
    return hash.digest128()
  }
}
