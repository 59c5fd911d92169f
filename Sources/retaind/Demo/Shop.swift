import Retention

/// A small shop whose fortnight is always the same: what its services would write to Kafka, in order of time.
struct Shop {
  /// A record of one of the input topics.
  struct Message {
    let time: Instant
    let topic: Topic
    let key: String
    let value: [UInt8]
  }

  /// The input topics; the shop keys shipments by order, as the carriers' gateway knows no customers.
  enum Topic {
    case orders
    case shipments
    case browsing
    case customers
  }

  let start: Instant
  private var events = EventWriter()
  private var random = SplitMix(seed: 20_261_106)
  private(set) var messages: [Message] = []

  /// The shop's days from `start` on.
  init(start: Instant) {
    self.start = start
    for (number, story) in Story.all.enumerated() { play(story, number) }
    browse()
    spoil()
    messages.sort { $0.time < $1.time }
  }

  private mutating func play(_ story: Story, _ number: Int) {
    let customer = "c-\(1_001 + number)"
    let order = "o-\(5_001 + number)"
    let paidAt = start + .hours(Int64(2 + number * 5))
    let total: Int64 = 4_900 + Int64(number) * 3_700
    publish(.orders, customer, paidAt, "order.paid") { events, json in
      events.order(order, customer, total: total, &json)
    }
    var estimate = paidAt + .hours(60)
    for step in story.steps {
      let at = paidAt + .hours(step.afterHours)
      if let shift = step.estimateShift { estimate = estimate + .hours(shift) }
      let expected = estimate
      publish(.shipments, order, at, "shipment.updated") { events, json in
        events.shipment(order, customer, step, estimate: expected, &json)
      }
    }
    if let refund = story.refundAfterHours {
      publish(.orders, customer, paidAt + .hours(refund), "order.refunded") { events, json in
        events.refund(order, customer, amount: total / 2, &json)
      }
    }
    if story.isCancelled {
      publish(.orders, customer, paidAt + .hours(3), "order.cancelled") { events, json in
        events.cancellation(order, customer, &json)
      }
    }
  }

  private mutating func browse() {
    let skus = ["yoga-mat", "cat-food-2kg", "green-tea", "running-shoes", "face-cream"]
    for _ in 0..<200 {
      let customer = "c-\(1_001 + random.below(Story.all.count))"
      let sku = skus[random.below(skus.count)]
      let at = start + .minutes(Int64(random.below(13 * 1_440)))
      publish(.browsing, customer, at, "browse.viewed") { events, json in events.view(sku, customer, &json) }
    }
  }

  /// What a bad day upstream looks like: broken JSON, a lost field, an unknown currency, a type nobody knows.
  private mutating func spoil() {
    let noon = start + .hours(28)
    messages.append(Message(time: noon, topic: .orders, key: "c-1001", value: Array("{\"specversion\":\"1.0\",".utf8)))
    publish(.orders, "c-1002", noon + .hours(1), "order.paid") { events, json in
      events.order("o-9001", "c-1002", total: 1_000, currency: "RMB", &json)
    }
    publish(.orders, "c-1003", noon + .hours(2), "order.refunded") { _, json in
      json.object { $0.member("customerId", "c-1003") }
    }
    publish(.customers, "c-1004", noon + .hours(3), "customer.waved") { _, json in
      json.object { $0.member("customerId", "c-1004") }
    }
    publish(.customers, "c-1005", noon + .hours(4), "customer.updated") { _, json in
      json.object {
        $0.member("customerId", "c-1005")
        $0.member("salutation", "米粒的主人")
      }
    }
  }

  private mutating func publish(
    _ topic: Topic, _ key: String, _ time: Instant, _ type: String,
    _ data: (EventWriter, inout JSONWriter) -> Void
  ) {
    let value = events.event(type, time, data)
    messages.append(Message(time: time, topic: topic, key: key, value: value))
  }
}

/// A generator whose numbers are the same at every run. Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom
/// Number Generators" (2014).
private struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((word ^ (word >> 31)) % UInt64(bound))
  }
}
