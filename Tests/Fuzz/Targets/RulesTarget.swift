@testable import Retention

/// A rules file of any bytes. What is refused is refused with its path and a problem; under rules that are accepted a
/// customer's history runs to its end with every balance right.
struct RulesTarget: FuzzTarget {
  static let name = "rules"

  func run(_ bytes: [UInt8]) {
    let rules: Rules
    do throws(ConfigurationError) {
      rules = try Rules(json5: bytes)
    } catch {
      return require(!error.problem.isEmpty, "refused without a reason")
    }
    let program = Present.program(rules)
    var customer = StoredCustomer(id("c-1"), program, now: Present.instant)
    for (number, payload) in payloads.enumerated() {
      let event = Event(id: id("e-\(number)"), time: customer.now, customer: customer.id, payload: payload)
      customer.take(event, origin: Present.origin)
      customer.advance(to: customer.now + .hours(13))
    }
    customer.advance(to: Present.instant + .days(12_000))
    require(customer.stored[.account] != nil, "the account is forgotten")
  }

  private var payloads: [Event.Payload] {
    [
      .paid("o-1", total: 12_345_678, lines: [.line("books", price: 12_345_678)], redeeming: 10),
      .scan(.inTransit, .sorted, order: "o-1", eta: Present.instant + .days(2)),
      .scan(.exception, .weatherDelay, order: "o-1", eta: Present.instant + .days(3)),
      .refunded("o-1", 45_678), .scan(.delivered, order: "o-1"),
      .paid("o-2", total: 100_000_000_000, currency: "JPY"), .cancelled("o-2"),
    ]
  }
}
