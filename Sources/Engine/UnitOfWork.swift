import Kafka
import Retention

/// What one Kafka transaction holds: the customers it changed, the timers it took and what it did, none of it in the
/// store before the commit. An abort drops the unit; nothing has to be undone.
struct UnitOfWork {
  /// The customers touched, in the order in which they were; the order makes runs repeatable.
  private(set) var customers: [WorkingCustomer] = []
  /// The states of these customers.
  private(set) var states: [StatePartition] = []
  private var byID: [CustomerID: WorkingCustomer] = [:]
  /// Timers taken out of their partition's index, to be put back when the unit is dropped.
  private(set) var takenTimers: [(state: StatePartition, entry: TimerEntry)] = []
  /// Whether a transaction was begun for it.
  var isOpen = false
  /// When its first record or timer came; nil when it is empty.
  private(set) var startedAt: Duration?
  /// What it did.
  var tally = Tally()
  /// When the records were appended that it took, in milliseconds since 1970, as far as the brokers said so.
  var appended: [Int64] = []

  var isEmpty: Bool { startedAt == nil }

  mutating func begin(at elapsed: Duration) { if startedAt == nil { startedAt = elapsed } }

  mutating func take(_ entry: TimerEntry, of state: StatePartition) { takenTimers.append((state, entry)) }

  /// Works on the customer's copy, which is made when it is the first time; loads `facets` from the store before.
  mutating func with<R>(
    _ id: CustomerID, in state: StatePartition, loading facets: FacetSet, _ body: (inout Customer) -> R
  ) throws(FacetError) -> R {
    let working: WorkingCustomer
    if let known = byID[id] {
      working = known
    } else {
      working = WorkingCustomer(id, in: state)
      byID[id] = working
      customers.append(working)
      if !states.contains(where: { $0 === state }) { states.append(state) }
    }
    try working.customer.load(facets)
    return body(&working.customer)
  }
}

/// The copy of a customer that a unit of work changes, with the partition it belongs to. An object, because it is large and
/// passed around.
final class WorkingCustomer {
  fileprivate(set) var customer: Customer
  let state: StatePartition

  init(_ id: CustomerID, in state: StatePartition) {
    // What is stored changes when the unit of work is committed only.
    customer = Customer(id: id, stored: state.customers[id])
    self.state = state
  }

  /// Ends the work on the copy: what is to be stored, and which facets of it differ from what is. Nil when none does. The unit
  /// of work is committed or dropped after it.
  ///
  /// The copy is given up at once, while it lies in the processor's cache: a unit's customers are many, and each would be
  /// fetched once more only to be released.
  func finish(by changes: inout FacetChanges) -> FinishedCustomer? { Self.finish(&customer, state, by: &changes) }

  /// Where the copy lies: to read a property of an object is to copy it, with all the lists of a customer.
  private static func finish(
    _ customer: inout Customer, _ state: StatePartition, by changes: inout FacetChanges
  ) -> FinishedCustomer? {
    let (stored, changed) = customer.storing(by: &changes)
    let id = customer.id
    customer = Customer(id: id, stored: stored)
    return changed.isEmpty ? nil : FinishedCustomer(id: id, state: state, stored: stored, changed: changed)
  }
}

/// What a unit of work makes of a customer.
struct FinishedCustomer {
  let id: CustomerID
  let state: StatePartition
  /// What is to be stored; nil when nothing is.
  let stored: StoredFacets?
  /// The facets that differ from what is stored.
  let changed: FacetSet
}
