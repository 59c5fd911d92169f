import Kafka
import Retention

/// What one Kafka transaction holds: the customers it changed, the timers it took and what it did, none of it in the
/// store before the commit. An abort drops the unit; nothing has to be undone.
struct UnitOfWork: ~Copyable {
  /// The customers touched, in the order in which they were; the order makes runs repeatable.
  private(set) var customers: UniqueArray<WorkingCustomer>
  /// Where each of them is in the list.
  private var places: PlaceTable
  /// The states of these customers.
  private(set) var states: [StatePartition] = []
  /// What customers who are open are worked on with, of which the first `openCount` are in use, and the one that is asked first
  /// whether it is used. It is many times what the customer is encoded to, and made once for many units of work.
  private var copies: [WorkingCopy]
  private var openCount = 0
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

  /// A unit that keeps at most `openLimit` customers open. What it publishes says that it comes from `source`.
  init(openLimit: Int, source: String) {
    self.openLimit = openLimit
    outputs = PublishedEvents(source: source)
    customers = UniqueArray()
    places = PlaceTable()
    copies = []
  }

  /// A unit that follows another, whose memory it takes, and which it is likely to resemble.
  init(after last: inout UnitOfWork) {
    openLimit = last.openLimit
    outputs = last.takeOutputs()
    outputs.removeAll()
    swap(&appended, &last.appended)
    appended.removeAll(keepingCapacity: true)
    places = PlaceTable(expecting: last.places.count)
    customers = UniqueArray(capacity: last.places.count)
    copies = []
    swap(&copies, &last.copies)
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
    let place = place(of: id, in: state)
    let copy = open(place)
    try customers[place].load(facets, into: copy)
    return body(&copy.customer)
  }

  /// Where the customer is in the list, which they are taken into when it is the first time.
  private mutating func place(of id: CustomerID, in state: StatePartition) -> Int {
    let hash = CustomerTable.hash(of: id)
    if let known = places.find(hash, { customers[$0].hash == hash && customers[$0].key == id }) { return known }
    customers.append(WorkingCustomer(id, hash, in: state))
    places.append(hash)
    if !states.contains(where: { $0 === state }) { states.append(state) }
    return customers.count - 1
  }

  /// The customer's copy; one is made when there is none, which another customer's may have to give way to.
  private mutating func open(_ place: Int) -> WorkingCopy {
    if let number = customers[place].copy {
      copies[number].isUsed = true
      return copies[number]
    }
    let number = freeCopy(for: customers[place].id)
    customers[place].open(copies[number], number: number)
    copies[number].place = place
    return copies[number]
  }

  /// A copy that nobody works on. When too many customers are open, it is that of one who was not used since the hand came by last,
  /// as in the clock algorithm: some customers come again and again and stay open; most come once, and their copies would be cold
  /// when the unit ends.
  private mutating func freeCopy(for id: CustomerID) -> Int {
    if openCount < openLimit {
      if openCount == copies.count { copies.append(WorkingCopy(Customer(id: id))) }
      openCount += 1
      return openCount - 1
    }
    while copies[hand].isUsed {
      copies[hand].isUsed = false
      hand = (hand + 1) % openCount
    }
    let free = hand
    hand = (hand + 1) % openCount
    customers[copies[free].place].close(copies[free], by: &changes)
    return free
  }

  /// Ends the work on all customers and gives them away: their `stored` is what is to be stored then. The unit of work is committed
  /// or dropped after it.
  mutating func finish() -> UniqueArray<WorkingCustomer> {
    for copy in copies[..<openCount] { customers[copy.place].close(copy, by: &changes) }
    openCount = 0
    var finished = UniqueArray<WorkingCustomer>()
    swap(&finished, &customers)
    return finished
  }
}
