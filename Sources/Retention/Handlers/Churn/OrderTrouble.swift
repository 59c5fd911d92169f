/// Notes with which of the last orders something went wrong on the way.
final class OrderTrouble: Handler {
  var facets: FacetSet { .rhythm }

  func handles(_ type: EventType) -> Bool { type == .shipmentUpdated }

  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects) {
    guard case .shipmentUpdated(let update) = event.payload else { return }
    guard update.status == .exception || update.status == .attemptFail else { return }
    customer.rhythm.noteTrouble(of: update.order)
  }
}
