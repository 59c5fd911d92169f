/// Keeps what customers tell of themselves. It comes first: where the customer lives decides what day it is for the others.
final class Profiles: Handler {
  let zones: Zones

  init(zones: Zones) { self.zones = zones }

  var facets: FacetSet { .profile }

  func handles(_ type: EventType) -> Bool { type == .customerUpdated }

  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects) {
    guard case .customerUpdated(let update) = event.payload else { return }
    customer.profile.take(update, at: event.time)
    effects.zone = zones.zone(customer.profile.timeZone?.value)
  }
}
