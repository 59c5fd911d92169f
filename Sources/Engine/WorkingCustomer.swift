import Retention

/// A customer whom a unit of work touched.
struct WorkingCustomer: ~Copyable {
  /// Whom it was opened for, and the hash of that.
  let key: CustomerID
  let hash: UInt64
  /// Whose copy it is, as that says itself: the check of its owner is to see what will be written.
  private(set) var id: CustomerID
  let state: StatePartition
  /// What is to be stored, as of when the customer was closed last; of no meaning while nothing has changed.
  private(set) var stored: StoredFacets?
  /// The facets that were found to differ whenever the customer was closed.
  private(set) var changed: FacetSet = []
  /// Which of the unit's copies is worked on; nil while the customer is closed.
  private(set) var copy: Int?

  /// A customer whose hash is `hash`, and whom `state` remembers.
  init(_ id: CustomerID, _ hash: UInt64, in state: StatePartition) {
    key = id
    self.hash = hash
    self.id = id
    self.state = state
  }

  /// Works on `working` from now on, which is the unit's copy of this number.
  mutating func open(_ working: WorkingCopy, number: Int) {
    working.customer.become(id)
    copy = number
  }

  /// What the copy is loaded from and compared with: what the partition remembers, which changes when the unit of work is committed
  /// only, until something has changed.
  private var current: StoredFacets? {
    _read {
      if changed.isEmpty { yield state.customers[key, hash] } else { yield stored }
    }
  }

  /// Decodes those of `facets` that the copy does not hold yet.
  func load(_ facets: FacetSet, into working: WorkingCopy) throws(FacetError) {
    try working.customer.load(facets, from: current)
  }

  /// Encodes what was changed of the copy and gives it up.
  mutating func close(_ working: WorkingCopy, by changes: inout FacetChanges) {
    id = working.customer.id
    copy = nil
    let new = Self.replacement(for: current, &working.customer, &changes)
    guard !changes.changed.isEmpty else { return }
    stored = new
    changed.formUnion(changes.changed)
  }

  /// What is to be stored instead of `stored`; nil when nothing is, or nothing has changed. The customer is taken where it lies: to
  /// call a method of an object's property is to copy it first, with all the lists of a customer.
  private static func replacement(
    for stored: borrowing StoredFacets?, _ customer: inout Customer, _ changes: inout FacetChanges
  ) -> StoredFacets? {
    customer.put(into: &changes, changedFrom: stored)
    return changes.changed.isEmpty ? nil : StoredFacets(stored, of: customer.id, replacing: changes)
  }

  /// Gives away what is to be stored.
  mutating func takeStored() -> StoredFacets? { stored.take() }
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
