import Retention

extension Event {
  /// The event as a structured CloudEvent, to be decoded again.
  var structured: [UInt8] {
    var json = JSONWriter()
    json.object {
      $0.member("data") { payload.write(for: customer, to: &$0) }
      $0.member("time", time)
      $0.member("type", type.rawValue)
      $0.member("source", "/test")
      $0.member("id", id)
      $0.member("specversion", "1.0")
    }
    return json.bytes
  }
}

extension Event.Payload {
  fileprivate func write(for customer: CustomerID, to json: inout JSONWriter) {
    json.object {
      $0.member("customerId", customer)
      switch self {
      case .orderPlaced(let order):
        write(order.order, order.currency, order.total, order.lines, to: &$0)
      case .orderPaid(let order):
        write(order.order, order.currency, order.total, order.lines, to: &$0)
        $0.member("pointsRedeemed", order.pointsRedeemed)
        $0.member("couponUsed", order.couponUsed)
      case .orderCancelled(let order): $0.member("orderId", order)
      case .orderRefunded(let refund):
        $0.member("orderId", refund.order)
        $0.member("amount", refund.amount)
      case .shipmentUpdated(let update): update.write(to: &$0)
      case .browseViewed(let view): view.write(to: &$0)
      case .customerUpdated(let update): update.write(to: &$0)
      case .customerErased: break
      }
    }
  }

  private func write(
    _ order: OrderID, _ currency: Currency, _ total: Int64, _ lines: [OrderLine], to json: inout JSONWriter
  ) {
    json.member("orderId", order)
    json.member("currency", currency)
    json.member("total", total)
    json.member("lines", lines)
  }
}

extension OrderLine: JSONWritable {
  /// Writes the line as the contract has it.
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.member("sku", sku)
      $0.member("name", ifPresent: name)
      $0.member("category", category)
      $0.member("quantity", quantity)
      $0.member("unitPrice", unitPrice)
      $0.member("discount", discount)
    }
  }
}

extension ShipmentUpdate {
  fileprivate func write(to json: inout JSONWriter) {
    json.member("orderId", order)
    json.member("shipmentId", shipment)
    json.member("carrier", carrier)
    json.member("trackingNumber", ifPresent: trackingNumber)
    json.member("status", status.rawValue)
    json.member("substatus", ifPresent: substatus?.rawValue)
    json.member("location", ifPresent: location)
    json.member("estimatedDelivery", ifPresent: estimatedDelivery)
    json.member("reason", ifPresent: reason)
  }
}

extension View {
  fileprivate func write(to json: inout JSONWriter) {
    json.member("sku", sku)
    json.member("name", ifPresent: name)
    json.member("category", category)
    json.member("action", action.rawValue)
    json.member("dwellSeconds", ifPresent: dwellSeconds)
  }
}

extension ProfileUpdate {
  fileprivate func write(to json: inout JSONWriter) {
    json.member("displayName", ifPresent: displayName)
    json.member("salutation", ifPresent: salutation)
    json.member("locale", ifPresent: locale)
    json.member("timeZone", ifPresent: timeZone)
    json.member("birthday", ifPresent: birthday.map { two(Int($0.month)) + "-" + two(Int($0.day)) })
    if let consent {
      json.member("consent") {
        $0.object {
          $0.member("push", ifPresent: consent.push)
          $0.member("sms", ifPresent: consent.sms)
          $0.member("email", ifPresent: consent.email)
          $0.member("phone", ifPresent: consent.phone)
          $0.member("wechat", ifPresent: consent.wechat)
          $0.member("marketing", ifPresent: consent.marketing)
        }
      }
    }
    if let quietHours {
      json.member("quietHours") {
        $0.object {
          $0.member("start", clock(quietHours.start))
          $0.member("end", clock(quietHours.end))
        }
      }
    }
  }

  private func clock(_ minute: Int) -> String { two(minute / 60) + ":" + two(minute % 60) }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
