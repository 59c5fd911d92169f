import Retention

/// A customer whom a unit of work touched.
struct WorkingCustomer: ~Copyable {
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
  /// Which of the unit's copies is worked on; nil while the customer is closed.
  private(set) var copy: Int?

  /// A customer whose hash is `hash`, as stored in `state`.
  init(_ id: CustomerID, _ hash: UInt64, in state: StatePartition) {
    key = id
    self.hash = hash
    self.id = id
    // What is stored changes when the unit of work is committed only.
    stored = state.customers.stored(of: id, hash)
    self.state = state
  }

  /// Works on `working` from now on, which is the unit's copy of this number.
  mutating func open(_ working: WorkingCopy, number: Int) {
    working.customer.become(id, stored: stored)
    copy = number
  }

  /// Encodes what was changed of the copy and gives it up.
  mutating func close(_ working: WorkingCopy, by changes: inout FacetChanges) {
    let (stored, changed) = Self.storing(&working.customer, by: &changes)
    self.stored = stored
    self.changed.formUnion(changed)
    id = working.customer.id
    copy = nil
  }

  /// Where the customer lies: to call a method of an object's property is to copy it first, with all the lists of a customer.
  private static func storing(
    _ customer: inout Customer, by changes: inout FacetChanges
  ) -> (stored: StoredFacets?, changed: FacetSet) {
    customer.storing(by: &changes)
  }
}

/// A decoded customer. An object, because it is large and passed around; it serves one customer after the other.
final class WorkingCopy {
  var customer: Customer
  /// The place of the unit's customer whose copy it is.
  var place = 0
  /// Whether it was used again, since it was made or this was asked.
  var isUsed = false

  init(_ customer: Customer) { self.customer = customer }
}
