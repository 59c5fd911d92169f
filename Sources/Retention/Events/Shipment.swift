/// The data of `shipment.updated`.
public struct ShipmentUpdate: Sendable, Equatable {
  /// The order that the shipment belongs to.
  public let order: OrderID
  /// The shipment; an order may have several.
  public let shipment: ShipmentID
  /// Who carries it, as the shop names the carrier.
  public let carrier: String
  /// The carrier's number for the parcel.
  public let trackingNumber: String?
  /// Where the parcel stands.
  public let status: ShipmentStatus
  /// What refines the status.
  public let substatus: ShipmentSubstatus?
  /// Where the parcel is, in words.
  public let location: String?
  /// When it is expected to arrive.
  public let estimatedDelivery: Instant?
  /// Why, in the carrier's words.
  public let reason: String?

  /// An update from its parts.
  public init(
    order: OrderID, shipment: ShipmentID, carrier: String, trackingNumber: String? = nil, status: ShipmentStatus,
    substatus: ShipmentSubstatus? = nil, location: String? = nil, estimatedDelivery: Instant? = nil,
    reason: String? = nil
  ) {
    self.order = order
    self.shipment = shipment
    self.carrier = carrier
    self.trackingNumber = trackingNumber
    self.status = status
    self.substatus = substatus
    self.location = location
    self.estimatedDelivery = estimatedDelivery
    self.reason = reason
  }
}

/// Where a parcel stands; AfterShip's vocabulary.
public enum ShipmentStatus: String, CaseIterable, Sendable {
  case pending
  case infoReceived = "info_received"
  case inTransit = "in_transit"
  case outForDelivery = "out_for_delivery"
  case availableForPickup = "available_for_pickup"
  case attemptFail = "attempt_fail"
  case delivered
  case exception
  case expired
}

/// What refines a shipment's status.
public enum ShipmentSubstatus: String, CaseIterable, Sendable {
  case pickedUp = "picked_up"
  case sorted
  case departed
  case arrived
  case customs
  case weatherDelay = "weather_delay"
  case addressIssue = "address_issue"
  case returned
}
