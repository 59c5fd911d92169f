import Foundation
import Retention

/// The benchmark's input: 15 % paid orders of two lines, 25 % scans of their parcels, 60 % views, of customers of whom some do
/// much and most do little (Zipf's law with exponent 0.8). The same seed gives the same events, but for their times.
struct Mix {
  /// An event as it is written to Kafka.
  struct Message {
    let topic: Topic
    /// The customer, by which the topic is keyed.
    let key: [UInt8]
    let value: [UInt8]
  }

  /// The input topics that are used.
  enum Topic: String, CaseIterable {
    case orders
    case shipments
    case browsing
  }

  private let customers: Int
  private let now: Instant
  private var random: SplitMix
  /// The number in the id of the last event.
  private(set) var serial = 0
  /// The last orders, of which parcels are scanned: a ring.
  private var orders: [(customer: Int, number: Int)] = []
  private static let ring = 10_000

  /// Events of `customers` customers that happen about `now`.
  init(customers: Int, seed: UInt64, now: Instant) {
    self.customers = customers
    self.now = now
    random = SplitMix(state: seed)
  }

  /// The next event.
  mutating func next() -> Message {
    serial += 1
    switch random.next(below: 100) {
    case ..<15: return order()
    case ..<40 where !orders.isEmpty: return scan()
    default: return view()
    }
  }

  private mutating func order() -> Message {
    let customer = drawCustomer()
    let order = (customer: customer, number: serial)
    if orders.count < Self.ring { orders.append(order) } else { orders[serial % Self.ring] = order }
    let prices = (0..<2).map { _ in 1_000 + random.next(below: 20_000) }
    return message(.orders, "order.paid", of: customer) { json in
      json.member("orderId", "o-\(order.number)")
      json.member("currency", "CNY")
      json.member("total", prices.reduce(0, +))
      json.member("lines") { json in
        json.array { json in
          for price in prices {
            json.object { json in
              json.member("sku", "sku-\(price % 5_000)")
              json.member("category", "category-\(price % 50)")
              json.member("quantity", 1)
              json.member("unitPrice", price)
            }
          }
        }
      }
    }
  }

  private mutating func scan() -> Message {
    let order = orders[random.next(below: orders.count)]
    let statuses = ["in_transit", "in_transit", "out_for_delivery", "delivered"]
    let status = statuses[random.next(below: statuses.count)]
    return message(.shipments, "shipment.updated", of: order.customer) { json in
      json.member("orderId", "o-\(order.number)")
      json.member("shipmentId", "p-\(order.number)")
      json.member("carrier", "carrier")
      json.member("status", status)
    }
  }

  private mutating func view() -> Message {
    let article = random.next(below: 5_000)
    return message(.browsing, "browse.viewed", of: drawCustomer()) { json in
      json.member("sku", "sku-\(article)")
      json.member("category", "category-\(article % 50)")
    }
  }

  private func message(
    _ topic: Topic, _ type: String, of customer: Int, _ data: (inout JSONWriter) -> Void
  ) -> Message {
    let name = "customer-\(customer)"
    var json = JSONWriter()
    json.object { json in
      json.member("specversion", "1.0")
      json.member("id", "event-\(serial)")
      json.member("source", "/benchmark")
      json.member("type", type)
      json.member("time", now + TimeSpan(milliseconds: Int64(serial % 60_000)))
      json.member("datacontenttype", "application/json")
      json.member("data") { json in
        json.object { json in
          json.member("customerId", name)
          data(&json)
        }
      }
    }
    return Message(topic: topic, key: Array(name.utf8), value: json.bytes)
  }

  /// A rank by the inverse of the continuous law's distribution; ranks are spread over the names by a fixed permutation, so that
  /// the busiest customers do not all lie in neighbouring slots of anything.
  private mutating func drawCustomer() -> Int {
    let exponent = 1 - 0.8
    let share = random.unit()
    let rank = pow(share * (pow(Double(customers), exponent) - 1) + 1, 1 / exponent)
    return Int(UInt64(min(Double(customers), rank)) &* 0x9e37_79b9 % UInt64(customers))
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
