import Retention

/// Writes structured CloudEvents as another service would.
struct EventWriter {
  private var count = 0

  mutating func event(_ type: String, _ time: Instant, _ data: (EventWriter, inout JSONWriter) -> Void) -> [UInt8] {
    count += 1
    var json = JSONWriter(capacity: 512)
    json.object { json in
      json.member("specversion", "1.0")
      json.member("id", "demo-\(count)")
      json.member("source", "/demo-shop")
      json.member("type", type)
      json.member("time", time)
      json.member("datacontenttype", "application/json")
      json.key("data")
      data(self, &json)
    }
    return json.bytes
  }

  func order(_ order: String, _ customer: String, total: Int64, currency: String = "CNY", _ json: inout JSONWriter) {
    json.object { json in
      json.member("customerId", customer)
      json.member("orderId", order)
      json.member("currency", currency)
      json.member("total", total)
      json.member("lines") { json in
        json.array { json in
          json.object { json in
            json.member("sku", "cat-food-2kg")
            json.member("category", "pet-food")
            json.member("quantity", 1)
            json.member("unitPrice", total)
          }
        }
      }
    }
  }

  func shipment(
    _ order: String, _ customer: String, _ step: Story.Step, estimate: Instant, _ json: inout JSONWriter
  ) {
    json.object { json in
      json.member("customerId", customer)
      json.member("orderId", order)
      json.member("shipmentId", "s-\(order.dropFirst(2))")
      json.member("carrier", "顺丰速运")
      json.member("status", step.status)
      json.member("substatus", ifPresent: step.substatus)
      if step.estimateShift != nil { json.member("estimatedDelivery", estimate) }
    }
  }

  func refund(_ order: String, _ customer: String, amount: Int64, _ json: inout JSONWriter) {
    json.object { json in
      json.member("customerId", customer)
      json.member("orderId", order)
      json.member("amount", amount)
    }
  }

  func cancellation(_ order: String, _ customer: String, _ json: inout JSONWriter) {
    json.object { json in
      json.member("customerId", customer)
      json.member("orderId", order)
    }
  }

  func view(_ sku: String, _ customer: String, _ json: inout JSONWriter) {
    json.object { json in
      json.member("customerId", customer)
      json.member("sku", sku)
      json.member("category", "demo")
    }
  }
}
