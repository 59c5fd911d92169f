import Retention

/// A customer whom a unit of work touched.
final class WorkingCustomer {
  /// Whom it was opened for, and the hash of that.
  let key: CustomerID
  let hash: UInt64
  /// Whose copy it is, as that says itself: the check of its owner is to see what will be written.
  private(set) var id: CustomerID
  let state: StatePartition
  /// What is to be stored, as of when the customer was closed last.
  private(set) var stored: StoredFacets?
  /// The facets that were found to differ whenever the customer was closed.
  private(set) var changed: FacetSet = []
  /// What is worked on; nil while the customer is closed.
  private(set) var copy: WorkingCopy?

  /// A customer whose hash is `hash`, as stored in `state`.
  init(_ id: CustomerID, _ hash: UInt64, in state: StatePartition) {
    key = id
    self.hash = hash
    self.id = id
    // What is stored changes when the unit of work is committed only.
    stored = state.customers.stored(of: id, hash)
    self.state = state
  }

  /// Makes a copy to work on.
  func open() -> WorkingCopy {
    let copy = WorkingCopy(Customer(id: id, stored: stored))
    self.copy = copy
    return copy
  }

  /// Encodes what was changed and gives the copy up.
  func close(by changes: inout FacetChanges) {
    guard let copy else { return }
    let (stored, changed) = copy.storing(by: &changes)
    self.stored = stored
    self.changed.formUnion(changed)
    id = copy.id
    self.copy = nil
  }
}

/// The decoded copy of a customer. An object, because it is large and passed around.
final class WorkingCopy {
  var customer: Customer
  /// Whether it was used again, since it was made or this was asked.
  var isUsed = false

  var id: CustomerID { customer.id }

  init(_ customer: Customer) { self.customer = customer }

  fileprivate func storing(by changes: inout FacetChanges) -> (stored: StoredFacets?, changed: FacetSet) {
    Self.storing(&customer, by: &changes)
  }

  /// Where the customer lies: to call a method of an object's property is to copy it first, with all the lists of a customer.
  private static func storing(
    _ customer: inout Customer, by changes: inout FacetChanges
  ) -> (stored: StoredFacets?, changed: FacetSet) {
    customer.storing(by: &changes)
  }
}
