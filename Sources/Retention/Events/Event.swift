/// What happened to one customer, decoded from a CloudEvent and valid in every field.
public struct Event: Sendable, Equatable {
  /// The CloudEvents `id`: within the dedupe window the same id of the same customer changes nothing twice.
  public let id: EventID
  /// When it happened, by the producer's clock; events of one customer may arrive late and out of order.
  public let time: Instant
  private let content: EventContent

  /// An event from its parts.
  public init(id: EventID, time: Instant, customer: CustomerID, payload: Payload) {
    self.init(id: id, time: time, content: EventContent(customer, payload))
  }

  init(id: EventID, time: Instant, content: EventContent) {
    self.id = id
    self.time = time
    self.content = content
  }

  /// The CloudEvents `type`.
  public var type: EventType { content.type }
  /// Whom it happened to.
  public var customer: CustomerID { content.customer }
  /// What happened.
  public var payload: Payload { _read { yield content.payload } }

  /// What happened, one case an event type.
  public enum Payload: Sendable, Equatable {
    /// `order.placed`
    case orderPlaced(PlacedOrder)
    /// `order.paid`
    case orderPaid(PaidOrder)
    /// `order.cancelled`
    case orderCancelled(OrderID)
    /// `order.refunded`
    case orderRefunded(Refund)
    /// `shipment.updated`
    case shipmentUpdated(ShipmentUpdate)
    /// `browse.viewed`
    case browseViewed(View)
    /// `customer.updated`
    case customerUpdated(ProfileUpdate)
    /// `customer.erased`
    case customerErased

    /// The CloudEvents `type` of the case.
    public var type: EventType {
      switch self {
      case .orderPlaced: .orderPlaced
      case .orderPaid: .orderPaid
      case .orderCancelled: .orderCancelled
      case .orderRefunded: .orderRefunded
      case .shipmentUpdated: .shipmentUpdated
      case .browseViewed: .browseViewed
      case .customerUpdated: .customerUpdated
      case .customerErased: .customerErased
      }
    }
  }
}

/// The event types retaind understands, by their CloudEvents `type`.
public enum EventType: String, CaseIterable, Sendable {
  case orderPlaced = "order.placed"
  case orderPaid = "order.paid"
  case orderCancelled = "order.cancelled"
  case orderRefunded = "order.refunded"
  case shipmentUpdated = "shipment.updated"
  case browseViewed = "browse.viewed"
  case customerUpdated = "customer.updated"
  case customerErased = "customer.erased"
}
