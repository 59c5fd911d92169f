import Engine
import Kafka
import Retention

/// The events of a run: who orders what, repetitions and nonsense included, each written where some service would.
final class Workload {
  struct Written {
    /// Nil for a record that is no event.
    let customer: Int?
    let value: [UInt8]
  }

  private let scenario: Scenario
  private let dice: Dice
  private let cluster: SimulatedCluster
  /// Everything that was written, by where it stands.
  private(set) var written: [TopicPartition: [Offset: Written]] = [:]
  private(set) var events = 0
  /// How many events may still be written.
  var left = 0
  private var last: (customer: Int, value: [UInt8])?

  init(_ scenario: Scenario, _ dice: Dice, _ cluster: SimulatedCluster) {
    self.scenario = scenario
    self.dice = dice
    self.cluster = cluster
  }

  static func name(_ customer: Int) -> String { "c-\(customer)" }

  func write() {
    guard left > 0 else { return }
    left -= 1
    events += 1
    if dice.happens(oneIn: 20) { return put(nil, Array("no event \(events)".utf8)) }
    if let last, dice.happens(oneIn: 12) { return put(last.customer, last.value) }
    let customer = dice.number(0...scenario.customers - 1)
    let value = event(of: Self.name(customer))
    last = (customer, value)
    put(customer, value)
  }

  private func put(_ customer: Int?, _ value: [UInt8]) {
    let topic = dice.pick(scenario.topics.inputs) ?? scenario.topics.orders
    // Most services key by customer as Java clients do, some write anywhere.
    let key = customer.map { Array(Self.name($0).utf8) }
    let count = scenario.counts[topic] ?? 1
    let isKeyed = key != nil && !dice.happens(oneIn: 4)
    let id = cluster.write(topic, isKeyed ? nil : Int32(dice.number(0...count - 1)), key: key, value: value)
    let offset = Offset((cluster.logs[id]?.high.value ?? 1) - 1)
    written[id, default: [:]][offset] = Written(customer: customer, value: value)
  }

  private func event(of customer: String) -> [UInt8] {
    let order = "o-\(dice.number(0...3))"
    let time = cluster.timeline.now - .minutes(Int64(dice.number(0...50)))
    let id = "e-\(events)"
    if dice.happens(oneIn: 80) { return Shop.erased(customer, id: id, at: time) }
    if dice.happens(oneIn: 15) { return Shop.told(of: customer, likesSMS: dice.happens(oneIn: 2), id: id, at: time) }
    switch dice.number(0...9) {
    case 0...2: return Shop.paid(order, of: customer, total: dice.number(0...40_000), id: id, at: time)
    case 3: return Shop.refunded(order, of: customer, amount: dice.number(1...20_000), id: id, at: time)
    case 4: return Shop.cancelled(order, of: customer, at: time)
    default:
      let status = dice.pick(["in_transit", "out_for_delivery", "delivered", "delivered", "exception"]) ?? "delivered"
      return Shop.shipped("s-\(dice.number(0...2))", order: order, of: customer, status, at: time, id: id)
    }
  }
}
