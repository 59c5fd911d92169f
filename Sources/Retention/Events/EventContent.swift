/// The data of an event: what happened, and to whom. An object, because it is large and passed around.
final class EventContent: Sendable, Equatable {
  let customer: CustomerID
  let payload: Event.Payload
  let type: EventType

  /// Content from its parts.
  init(_ customer: CustomerID, _ payload: consuming Event.Payload) {
    self.customer = customer
    type = payload.type
    self.payload = payload
  }

  /// Content whose customer must be there.
  convenience init(_ customer: consuming CustomerID?, _ payload: consuming Event.Payload) throws(Fault) {
    self.init(try required(customer, "customerId"), payload)
  }

  static func == (a: EventContent, b: EventContent) -> Bool { a.customer == b.customer && a.payload == b.payload }

  /// Reads the data of an event of `type`; paths start at `data`.
  @_lifetime(reader: copy reader)
  static func read(_ type: EventType, from reader: inout JSONReader) throws(Fault) -> EventContent {
    do throws(Fault) {
      guard try reader.objectField("") else { throw Fault(.missingField, "", "is missing") }
      switch type {
      case .orderPlaced, .orderPaid: return try OrderFields(from: &reader, paid: type == .orderPaid).content()
      case .orderCancelled, .orderRefunded:
        return try OrderChangeFields(from: &reader, refunded: type == .orderRefunded).content()
      case .shipmentUpdated: return try ShipmentFields(from: &reader).content()
      case .browseViewed: return try ViewFields(from: &reader).content()
      case .customerUpdated: return try ProfileFields(from: &reader).content()
      case .customerErased: return try ErasureFields(from: &reader).content()
      }
    } catch { throw error.inside("data") }
  }
}

/// The fields of `customer.erased`.
private struct ErasureFields: ~Copyable {
  private var customer: CustomerID?

  @_lifetime(reader: copy reader)
  init(from reader: inout JSONReader) throws(Fault) {
    while let name = try reader.nextField() {
      switch name {
      case "customerId": customer = try reader.identifierField("customerId")
      default: try reader.skipField()
      }
    }
  }

  consuming func content() throws(Fault) -> EventContent { try EventContent(customer, .customerErased) }
}
