/// The fields of `shipment.updated`, in any order; the reader stands inside the object.
struct ShipmentFields: ~Copyable {
  private var customer: CustomerID?
  private var order: OrderID?
  private var shipment: ShipmentID?
  private var carrier: String?
  private var trackingNumber: String?
  private var status: ShipmentStatus?
  private var substatus: ShipmentSubstatus?
  private var location: String?
  private var estimatedDelivery: Instant?
  private var reason: String?

  @_lifetime(reader: copy reader)
  init(from reader: inout JSONReader) throws(Fault) {
    while let name = try reader.nextField() {
      switch name {
      case "customerId": customer = try reader.identifierField("customerId")
      case "orderId": order = try reader.identifierField("orderId")
      case "shipmentId": shipment = try reader.identifierField("shipmentId")
      case "carrier": carrier = try reader.textField("carrier")
      case "trackingNumber": trackingNumber = try reader.textField("trackingNumber")
      case "status":
        status = try reader.wordField("status") { ShipmentStatus(utf8: $0) }
      case "substatus":
        substatus = try reader.wordField("substatus") { ShipmentSubstatus(utf8: $0) }
      case "location": location = try reader.textField("location")
      case "estimatedDelivery": estimatedDelivery = try reader.instantField("estimatedDelivery")
      case "reason": reason = try reader.textField("reason")
      default: try reader.skipField()
      }
    }
  }

  consuming func content() throws(Fault) -> EventContent {
    let customer = try required(customer, "customerId")
    let update = ShipmentUpdate(
      order: try required(order, "orderId"), shipment: try required(shipment, "shipmentId"),
      carrier: try required(carrier, "carrier"), trackingNumber: trackingNumber,
      status: try required(status, "status"), substatus: substatus, location: location,
      estimatedDelivery: estimatedDelivery, reason: reason)
    return EventContent(customer, .shipmentUpdated(update))
  }
}
