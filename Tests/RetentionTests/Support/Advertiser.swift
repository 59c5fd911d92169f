@testable import Retention

/// A handler that wants to tell everything that is marketing, whenever an article is looked at.
final class Advertiser: Handler {
  /// What it tells, in this order.
  let kinds: [(NoticeKind, Template)]
  let lifetime: TimeSpan

  init(kinds: [(NoticeKind, Template)] = Advertiser.marketing, lifetime: TimeSpan = .days(3)) {
    self.kinds = kinds
    self.lifetime = lifetime
  }

  static let marketing: [(NoticeKind, Template)] = [
    (.browseOffer, .browseOffer), (.winbackOffer, .winbackOffer), (.replenishmentDue, .replenishmentDue),
    (.churnWarning, .churnWarningPrice), (.churnWarning, .churnWarningService), (.churnWarning, .churnWarningQuality),
  ]

  var facets: FacetSet { [] }

  func handles(_ type: EventType) -> Bool { type == .browseViewed }

  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects) {
    for (kind, template) in kinds {
      effects.tell(
        Notice(
          kind: kind, template: template, subject: Array(template.rawValue.utf8),
          parameters: template.parameters.map { ($0, .integer(3)) }, reason: [], cause: effects.cause,
          expiresAt: event.time + lifetime))
    }
  }
}
