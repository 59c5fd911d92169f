/// The data of an event: what happened, and to whom.
struct EventContent {
  let customer: CustomerID
  let payload: Event.Payload

  /// Content from its parts.
  init(customer: CustomerID, payload: Event.Payload) {
    self.customer = customer
    self.payload = payload
  }

  /// Reads the data of an event of `type`; paths start at `data`.
  @_lifetime(reader: copy reader)
  init(_ type: EventType, from reader: inout JSONReader) throws(Fault) {
    do throws(Fault) {
      guard try reader.objectField("") else { throw Fault(.missingField, "", "is missing") }
      switch type {
      case .orderPlaced, .orderPaid: self = try OrderFields(from: &reader, paid: type == .orderPaid).content()
      case .orderCancelled, .orderRefunded:
        self = try OrderChangeFields(from: &reader, refunded: type == .orderRefunded).content()
      case .shipmentUpdated: self = try ShipmentFields(from: &reader).content()
      case .browseViewed: self = try ViewFields(from: &reader).content()
      case .customerUpdated: self = try ProfileFields(from: &reader).content()
      case .customerErased: self = try ErasureFields(from: &reader).content()
      }
    } catch { throw error.inside("data") }
  }

  init(_ customer: consuming CustomerID?, _ payload: consuming Event.Payload) throws(Fault) {
    self.customer = try required(customer, "customerId")
    self.payload = payload
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
