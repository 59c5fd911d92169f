import Kafka
import Retention

/// What one Kafka transaction holds: the customers it changed, the timers it took and what it did, none of it in the
/// store before the commit. An abort drops the unit; nothing has to be undone.
struct UnitOfWork: ~Copyable {
  /// The customers touched, in the order in which they were; the order makes runs repeatable.
  private(set) var customers: [WorkingCustomer] = []
  /// Where each of them is in the list.
  private var places: PlaceTable
  /// The states of these customers.
  private(set) var states: [StatePartition] = []
  /// The customers who are open, in no particular order, and the one that is asked first whether it is used.
  private var open: [WorkingCustomer] = []
  private var hand = 0
  private let openLimit: Int
  private var changes = FacetChanges()
  /// What is to be published and was not written yet.
  var outputs: PublishedEvents
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

  /// A unit that keeps at most `openLimit` customers open, with room for as many as it is likely to touch. What it publishes says
  /// that it comes from `source`.
  init(openLimit: Int, source: String, expecting customerCount: Int = 0) {
    self.openLimit = openLimit
    outputs = PublishedEvents(source: source)
    places = PlaceTable(expecting: customerCount)
    customers.reserveCapacity(customerCount)
  }

  var isEmpty: Bool { startedAt == nil }

  mutating func begin(at elapsed: Duration) { if startedAt == nil { startedAt = elapsed } }

  mutating func take(_ entry: TimerEntry, of state: StatePartition) { takenTimers.append((state, entry)) }

  /// What is to be published, which is the caller's from then on.
  mutating func takeOutputs() -> PublishedEvents {
    var taken = PublishedEvents(like: outputs)
    swap(&taken, &outputs)
    return taken
  }

  /// Works on the customer's copy, which is made when it is the first time; loads `facets` from the store before.
  mutating func with<R>(
    _ id: CustomerID, in state: StatePartition, loading facets: FacetSet, _ body: (inout Customer) -> R
  ) throws(FacetError) -> R {
    let working: WorkingCustomer
    let hash = CustomerTable.hash(of: id)
    if let known = places.find(hash, { customers[$0].hash == hash && customers[$0].key == id }) {
      working = customers[known]
    } else {
      working = WorkingCustomer(id, hash, in: state)
      customers.append(working)
      places.append(hash) { customers[$0].hash }
      if !states.contains(where: { $0 === state }) { states.append(state) }
    }
    let copy: WorkingCopy
    if let known = working.copy {
      copy = known
      copy.isUsed = true
    } else {
      copy = working.open()
      makeRoom(for: working)
    }
    try copy.customer.load(facets)
    return body(&copy.customer)
  }

  /// Closes one customer when too many are open: one who was not used since the hand came by last, as in the clock algorithm.
  /// Some customers come again and again and stay open; most come once, and their copies would take many times the memory of
  /// what they are encoded to, and be cold when the unit ends.
  private mutating func makeRoom(for working: WorkingCustomer) {
    guard open.count >= openLimit else { return open.append(working) }
    while let copy = open[hand].copy, copy.isUsed {
      copy.isUsed = false
      hand = (hand + 1) % open.count
    }
    open[hand].close(by: &changes)
    open[hand] = working
    hand = (hand + 1) % open.count
  }

  /// Ends the work on a customer, whose `stored` is what is to be stored then. Returns whether any facet of it may differ from what
  /// is. The unit of work is committed or dropped after it.
  mutating func finish(_ working: WorkingCustomer) -> Bool {
    working.close(by: &changes)
    return !working.changed.isEmpty
  }
}
