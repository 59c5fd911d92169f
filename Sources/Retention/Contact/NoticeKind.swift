/// What a notice is about. The raw value is its `kind`, and behind `retention.` the CloudEvents type.
public enum NoticeKind: String, CaseIterable, Sendable {
  case pointsAccrued = "points.accrued"
  case pointsReversed = "points.reversed"
  case pointsExpiring = "points.expiring"
  case pointsExpired = "points.expired"
  case tierUpgraded = "tier.upgraded"
  case tierKept = "tier.kept"
  case tierDowngraded = "tier.downgraded"
  case tierAtRisk = "tier.at_risk"
  case lifecycleChanged = "lifecycle.changed"
  case shipmentPickedUp = "shipment.picked_up"
  case shipmentSorted = "shipment.sorted"
  case shipmentInTransit = "shipment.in_transit"
  case shipmentOutForDelivery = "shipment.out_for_delivery"
  case shipmentAvailableForPickup = "shipment.available_for_pickup"
  case shipmentDelivered = "shipment.delivered"
  case shipmentAttemptFailed = "shipment.attempt_fail"
  case shipmentException = "shipment.exception"
  case shipmentDelayed = "shipment.delayed"
  case shipmentEarly = "shipment.early"
  case shipmentLateDispatch = "shipment.late_dispatch"
  case shipmentStalled = "shipment.stalled"
  case careGuide = "order.care_guide"
  case survey = "feedback.survey"
  case churnWarning = "churn.warning"
  case replenishmentDue = "replenishment.due"
  case winbackOffer = "winback.offer"
  case browseOffer = "browse.offer"

  /// The class, which decides what the gate lets through.
  public var noticeClass: NoticeClass {
    switch self {
    case .pointsExpiring, .pointsExpired, .tierUpgraded, .tierKept, .tierDowngraded, .tierAtRisk, .lifecycleChanged,
      .careGuide, .survey:
      .service
    case .churnWarning, .replenishmentDue, .winbackOffer, .browseOffer: .marketing
    default: .transactional
    }
  }

  /// Whether it is told to customers, or only to other services.
  var isForCustomers: Bool { self != .lifecycleChanged }

  /// Whether the gate counts how many are sent.
  var isCapped: Bool { noticeClass != .transactional && isForCustomers }

  /// The place among what is to be told at the same time: where there is not room for all, the most valuable goes first.
  var rank: Int {
    switch self {
    case .churnWarning: 1
    case .replenishmentDue: 2
    case .winbackOffer: 3
    case .browseOffer: 4
    default: 0
    }
  }
}

/// How strictly the gate treats a notice.
public enum NoticeClass: String, Sendable {
  /// What the customer waits for.
  case transactional
  /// What helps after a purchase.
  case service
  /// What invites to the next one.
  case marketing
}

/// A text a notice can be worded by; a kind has one, or several variants. The raw value is its key in the wording files.
public enum Template: String, CaseIterable, Sendable {
  case pointsAccrued = "points.accrued"
  case pointsAccruedInCampaign = "points.accrued.campaign"
  case pointsReversed = "points.reversed"
  case pointsExpiring = "points.expiring"
  case pointsExpired = "points.expired"
  case tierUpgraded = "tier.upgraded"
  case tierKept = "tier.kept"
  case tierDowngraded = "tier.downgraded"
  case tierAtRisk = "tier.at_risk"
  case lifecycleChanged = "lifecycle.changed"
  case shipmentPickedUp = "shipment.picked_up"
  case shipmentSorted = "shipment.sorted"
  case shipmentInTransit = "shipment.in_transit"
  case shipmentOutForDelivery = "shipment.out_for_delivery"
  case shipmentAvailableForPickup = "shipment.available_for_pickup"
  case shipmentDelivered = "shipment.delivered"
  case shipmentAttemptFailed = "shipment.attempt_fail"
  case shipmentException = "shipment.exception"
  case shipmentExceptionWeather = "shipment.exception.weather"
  case shipmentExceptionCustoms = "shipment.exception.customs"
  case shipmentExceptionAddress = "shipment.exception.address"
  case shipmentExceptionReturned = "shipment.exception.returned"
  case shipmentDelayed = "shipment.delayed"
  case shipmentDelayedByWeather = "shipment.delayed.weather"
  case shipmentEarly = "shipment.early"
  case shipmentLateDispatch = "shipment.late_dispatch"
  case shipmentStalled = "shipment.stalled"
  case careGuide = "order.care_guide"
  case survey = "feedback.survey"
  case churnWarningPrice = "churn.warning.price"
  case churnWarningService = "churn.warning.service"
  case churnWarningQuality = "churn.warning.quality"
  case replenishmentDue = "replenishment.due"
  case winbackOffer = "winback.offer"
  case browseOffer = "browse.offer"

  /// The parameters a notice of this template carries; a wording may use these and no others.
  public var parameters: [String] {
    switch self {
    case .pointsAccrued: ["orderId", "points", "pending", "available"]
    case .pointsAccruedInCampaign: ["orderId", "points", "pending", "available", "campaign", "multiplier"]
    case .pointsReversed: ["orderId", "points", "available", "debt"]
    case .pointsExpiring, .pointsExpired: ["points", "expiresOn", "available"]
    case .shipmentDelayed, .shipmentDelayedByWeather, .shipmentEarly:
      ["orderId", "shipmentId", "carrier", "oldEta", "newEta"]
    case .tierUpgraded, .tierKept: ["tier", "multiplier", "validUntil"]
    case .tierDowngraded: ["tier", "multiplier"]
    case .tierAtRisk: ["tier", "missing", "validUntil"]
    case .lifecycleChanged: ["from", "to"]
    case .shipmentLateDispatch, .careGuide, .survey: ["orderId"]
    case .shipmentStalled: ["orderId", "shipmentId"]
    case .churnWarningPrice, .churnWarningService, .churnWarningQuality: ["idleDays"]
    case .replenishmentDue, .browseOffer: ["items"]
    case .winbackOffer: ["discount", "minTotal"]
    default: ["orderId", "shipmentId", "carrier"]
    }
  }
}

extension Milestone {
  /// The kind and the template that tell a customer of the milestone.
  var notice: (NoticeKind, Template) {
    switch self {
    case .pickedUp: (.shipmentPickedUp, .shipmentPickedUp)
    case .sorted: (.shipmentSorted, .shipmentSorted)
    case .inTransit: (.shipmentInTransit, .shipmentInTransit)
    case .outForDelivery: (.shipmentOutForDelivery, .shipmentOutForDelivery)
    case .availableForPickup: (.shipmentAvailableForPickup, .shipmentAvailableForPickup)
    case .delivered: (.shipmentDelivered, .shipmentDelivered)
    }
  }
}
