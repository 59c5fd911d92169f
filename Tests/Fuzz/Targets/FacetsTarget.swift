@testable import Retention

/// A facet from any bytes: what is read is what is stored again, due when its first bytes say so. A customer with it
/// takes events and fires timers, so that no stored state, however damaged, ends the process.
struct FacetsTarget: FuzzTarget {
  static let name = "facets"

  func run(_ bytes: [UInt8]) {
    var input = Input(bytes)
    let kind = input.choice(FacetKind.allCases)
    let stored = input.remainder()
    do throws(FacetError) {
      _ = try restored(stored, kind)
    } catch {
      return require(error.description.hasPrefix("facet \(kind) "), "an error without its facet: \(error)")
    }
    var customer = StoredCustomer(id("c-1"), Present.program, now: Present.instant, stored: [kind: stored])
    customer.sleep(until: Present.instant)
    for (number, payload) in payloads.enumerated() {
      let event = Event(id: id("e-\(number)"), time: customer.now, customer: customer.id, payload: payload)
      customer.take(event, origin: Present.origin)
    }
    customer.advance(to: Present.instant + .days(800))
  }

  /// About the order `o`, which the corpus knows.
  private var payloads: [Event.Payload] {
    [
      .told { $0.timeZone = "America/Los_Angeles" }, .paid("o", total: 10_000, redeeming: 50), .refunded("o", 3_000),
      .scan(.delivered, of: "s", order: "o"), .scan(.exception, of: "s", order: "o"), .viewed,
      .paid("p", total: 10_000, lines: [.line("cat-food", 1, price: 10_000)]), .cancelled("o"),
    ]
  }
}
