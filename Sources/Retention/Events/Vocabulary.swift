// The closed vocabularies of the contract, recognised as bytes: `init(rawValue:)` would need a String of every word.

extension EventType {
  init?(utf8 text: Span<UInt8>) {
    switch text {
    case "order.placed": self = .orderPlaced
    case "order.paid": self = .orderPaid
    case "order.cancelled": self = .orderCancelled
    case "order.refunded": self = .orderRefunded
    case "shipment.updated": self = .shipmentUpdated
    case "browse.viewed": self = .browseViewed
    case "customer.updated": self = .customerUpdated
    case "customer.erased": self = .customerErased
    default: return nil
    }
  }
}

extension ShipmentStatus {
  init?(utf8 text: Span<UInt8>) {
    switch text {
    case "pending": self = .pending
    case "info_received": self = .infoReceived
    case "in_transit": self = .inTransit
    case "out_for_delivery": self = .outForDelivery
    case "available_for_pickup": self = .availableForPickup
    case "attempt_fail": self = .attemptFail
    case "delivered": self = .delivered
    case "exception": self = .exception
    case "expired": self = .expired
    default: return nil
    }
  }
}

extension ShipmentSubstatus {
  init?(utf8 text: Span<UInt8>) {
    switch text {
    case "picked_up": self = .pickedUp
    case "sorted": self = .sorted
    case "departed": self = .departed
    case "arrived": self = .arrived
    case "customs": self = .customs
    case "weather_delay": self = .weatherDelay
    case "address_issue": self = .addressIssue
    case "returned": self = .returned
    default: return nil
    }
  }
}

extension View.Action {
  init?(utf8 text: Span<UInt8>) {
    switch text {
    case "view": self = .view
    case "favorite": self = .favorite
    case "cart": self = .cart
    default: return nil
    }
  }
}

extension RawRepresentable where Self: CaseIterable, RawValue == String {
  /// The words as a message lists them.
  static var wordList: String {
    "one of " + allCases.map(\.rawValue).joined(separator: ", ")
  }
}
