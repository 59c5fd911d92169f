@testable import Retention

/// The identifier of a text.
func id<Subject>(_ text: String) -> Identifier<Subject> {
  guard let identifier = Identifier<Subject>(text) else { preconditionFailure("\(text) is no identifier") }
  return identifier
}

/// The instant of an RFC 3339 time.
func at(_ text: String) -> Instant {
  guard let instant = Instant(rfc3339: text) else { preconditionFailure("\(text) is no RFC 3339 time") }
  return instant
}

extension TimeSpan {
  /// The shortest span there is.
  static let millisecond = TimeSpan(milliseconds: 1)
}

extension Event.Payload {
  /// An order is paid; `total` in minor units.
  static func paid(
    _ order: String = "o-1", total: Int64, currency: String = "CNY", lines: [OrderLine] = [],
    redeeming points: Int64 = 0
  ) -> Event.Payload {
    guard let currency = Currency(code: currency) else { preconditionFailure("\(currency) is no currency") }
    return .orderPaid(
      PaidOrder(order: id(order), currency: currency, total: total, lines: lines, pointsRedeemed: points))
  }

  /// Part of an order is paid back; `amount` in minor units.
  static func refunded(_ order: String = "o-1", _ amount: Int64) -> Event.Payload {
    .orderRefunded(Refund(order: id(order), amount: amount))
  }

  /// An order is cancelled.
  static func cancelled(_ order: String = "o-1") -> Event.Payload { .orderCancelled(id(order)) }

  /// A customer tells of themselves.
  static func told(_ tell: (inout ProfileUpdate) -> Void) -> Event.Payload {
    var update = ProfileUpdate()
    tell(&update)
    return .customerUpdated(update)
  }

  /// A customer answers for channels and for marketing.
  static func consent(_ answer: (inout ConsentUpdate) -> Void) -> Event.Payload {
    var consent = ConsentUpdate()
    answer(&consent)
    return .told { $0.consent = consent }
  }

  /// An article is looked at.
  static let viewed = Event.Payload.browseViewed(View(sku: id("s-1"), category: id("cat-food")))

  /// A parcel is scanned.
  static func scan(
    _ status: ShipmentStatus, _ substatus: ShipmentSubstatus? = nil, of shipment: String = "p-1",
    order: String = "o-1", eta: Instant? = nil
  ) -> Event.Payload {
    .shipmentUpdated(
      ShipmentUpdate(
        order: id(order), shipment: id(shipment), carrier: "SF", trackingNumber: "SF1", status: status,
        substatus: substatus,
        location: "Shanghai", estimatedDelivery: eta, reason: "snow"))
  }
}

extension OrderLine {
  /// A line of one article of a category.
  static func line(_ category: String, _ quantity: Int64 = 1, price: Int64, discount: Int64 = 0) -> OrderLine {
    OrderLine(sku: id("s-1"), category: id(category), quantity: quantity, unitPrice: price, discount: discount)
  }
}
