import Engine
import Foundation
import Kafka
import Retention

/// A shop's events as it would write them, and the program that digests them.
package enum Shop {
  /// 2026-11-22T04:39:43.123Z, the present of most tests.
  package static let now = Instant(milliseconds: 1_795_322_383_123)

  /// Rules by which every notice goes out at once, at any time of day, and nobody is told that nothing happens, and
  /// nothing is foretold.
  package static var openRules: Rules {
    var rules = Rules()
    rules.gate.quietHours = nil
    rules.gate.servicePerDay = 1_000
    rules.logistics.lateDispatchAfterHours = 0
    rules.logistics.stalledAfterHours = 0
    rules.churn.warnAt = nil
    rules.winback.afterDays = 0
    rules.replenishment.remindAt = nil
    rules.browsing.offerAfterDays = 0
    return rules
  }

  /// The program with the wording that is delivered.
  package static func program(_ rules: Rules = openRules) throws -> RetentionProgram {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    func wording(_ locale: Retention.Locale) throws -> [UInt8] {
      Array(try Data(contentsOf: root.appendingPathComponent("Config/wording.\(locale.rawValue).json")))
    }
    let files = [Retention.Locale.chinese: try wording(.chinese), .english: try wording(.english)]
    return try RetentionProgram(rules: rules, wording: try Wording(json5: files), decoder: EventDecoder())
  }

  /// A structured CloudEvent; `data` is the inside of its JSON object, behind the customer's id.
  package static func event(
    _ type: String, id: String, of customer: String, at time: Instant = now - .minutes(1), _ data: String
  ) -> [UInt8] {
    Array(
      """
      {"specversion":"1.0","id":"\(id)","source":"/shop","type":"\(type)","time":"\(time.rfc3339)",\
      "data":{"customerId":"\(customer)",\(data)}}
      """.utf8)
  }

  package static func paid(
    _ order: String, of customer: String, total: Int = 10_000, id: String? = nil, at time: Instant = now - .minutes(1)
  ) -> [UInt8] {
    event(
      "order.paid", id: id ?? "paid-\(order)", of: customer, at: time,
      #""orderId":"\#(order)","currency":"CNY","total":\#(total),"lines":[]"#)
  }

  package static func refunded(
    _ order: String, of customer: String, amount: Int, id: String, at time: Instant = now - .minutes(1)
  ) -> [UInt8] {
    event("order.refunded", id: id, of: customer, at: time, #""orderId":"\#(order)","amount":\#(amount)"#)
  }

  package static func cancelled(_ order: String, of customer: String, at time: Instant = now - .minutes(1)) -> [UInt8] {
    event("order.cancelled", id: "cancelled-\(order)", of: customer, at: time, #""orderId":"\#(order)""#)
  }

  /// The customer tells of themselves: where they live, when they sleep, and whether they want text messages.
  static func told(of customer: String, likesSMS: Bool, id: String, at time: Instant) -> [UInt8] {
    event(
      "customer.updated", id: id, of: customer, at: time,
      #""timeZone":"Europe/Berlin","quietHours":{"start":"21:00","end":"09:30"},"consent":{"sms":\#(likesSMS)}"#)
  }

  package static func erased(_ customer: String, id: String, at time: Instant) -> [UInt8] {
    event("customer.erased", id: id, of: customer, at: time, #""reason":"asked to be forgotten""#)
  }

  package static func shipped(
    _ shipment: String, order: String, of customer: String, _ status: String, at time: Instant = now - .minutes(1),
    id: String? = nil
  ) -> [UInt8] {
    event(
      "shipment.updated", id: id ?? "\(shipment)-\(status)", of: customer, at: time,
      #""orderId":"\#(order)","shipmentId":"\#(shipment)","carrier":"SF","status":"\#(status)""#)
  }

  /// The `n`th customer whose state is in a partition.
  package static func customer(in partition: Int32, of count: Int32 = 2, _ n: Int = 0) -> String {
    let partitioning = Partitioning(count: count)
    var left = n
    for number in 0... {
      let name = "c-\(number)"
      guard let id = CustomerID(name), partitioning.partition(of: id) == Partition(partition) else { continue }
      if left == 0 { return name }
      left -= 1
    }
    return ""
  }
}
