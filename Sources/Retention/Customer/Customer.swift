/// A set of facets.
public struct FacetSet: OptionSet, Sendable {
  /// A bit for each facet, by its number.
  public let rawValue: UInt32

  /// A set from its bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The set of one facet.
  public init(_ kind: FacetKind) { rawValue = 1 << UInt32(kind.rawValue) }

  /// The set of the facets that change.
  public init(of changes: [FacetChange]) { self = changes.reduce(into: []) { $0.insert(FacetSet($1.kind)) } }

  /// The facets in it, in order of their numbers.
  public var kinds: Kinds { Kinds(rest: rawValue) }

  /// The facets of a set, one after the other.
  public struct Kinds: Sequence, IteratorProtocol {
    fileprivate var rest: UInt32

    /// How many there are, so that a list of them is made at once.
    public var underestimatedCount: Int { rest.nonzeroBitCount }

    /// The facet with the next higher number; nil behind the last.
    public mutating func next() -> FacetKind? {
      guard rest != 0 else { return nil }
      defer { rest &= rest - 1 }
      return FacetKind(rawValue: UInt8(rest.trailingZeroBitCount))
    }
  }

  /// `SeenEvents`
  public static let seen = FacetSet(.seen)
  /// `PointsAccount`
  public static let account = FacetSet(.account)
  /// `OrderBook`
  public static let orders = FacetSet(.orders)
  /// `Profile`
  public static let profile = FacetSet(.profile)
  /// `Erasure`
  public static let erasure = FacetSet(.erasure)
  /// `Contacts`
  public static let contacts = FacetSet(.contacts)
  /// `Standing`
  public static let standing = FacetSet(.standing)
  /// `Rhythm`
  public static let rhythm = FacetSet(.rhythm)
  /// `Items`
  public static let items = FacetSet(.items)
  /// `Browsing`
  public static let browsing = FacetSet(.browsing)
  /// `PastOrders`
  public static let pastOrders = FacetSet(.pastOrders)
  /// `QuietOrders`
  public static let quietOrders = FacetSet(.quietOrders)
  /// Every facet.
  public static let all = FacetKind.allCases.reduce(into: FacetSet()) { $0.insert(FacetSet($1)) }
}

/// What is remembered of one customer: the working copy that handlers change. Facets are decoded when they are loaded
/// and encoded when the unit of work ends; what was not loaded is not touched.
public struct Customer: Sendable {
  /// Who.
  public private(set) var id: CustomerID
  private var loaded: FacetSet = []
  private var seenSlot = FacetSlot<SeenEvents>()
  private var accountSlot = FacetSlot<PointsAccount>()
  private var ordersSlot = FacetSlot<OrderBook>()
  private var profileSlot = FacetSlot<Profile>()
  private var erasureSlot = FacetSlot<Erasure>()
  private var contactsSlot = FacetSlot<Contacts>()
  private var standingSlot = FacetSlot<Standing>()
  private var rhythmSlot = FacetSlot<Rhythm>()
  private var itemsSlot = FacetSlot<Items>()
  private var browsingSlot = FacetSlot<Browsing>()
  private var pastOrdersSlot = FacetSlot<PastOrders>()
  private var quietOrdersSlot = FacetSlot<QuietOrders>()

  /// A customer of whom nothing is loaded yet.
  public init(id: CustomerID) { self.id = id }

  /// Becomes another customer, of whom nothing is loaded yet: as `init`, in the same memory. Nothing of the one before is left,
  /// not of a load that failed halfway either.
  public mutating func become(_ id: CustomerID) {
    seenSlot.forget()
    accountSlot.forget()
    ordersSlot.forget()
    profileSlot.forget()
    erasureSlot.forget()
    contactsSlot.forget()
    standingSlot.forget()
    rhythmSlot.forget()
    itemsSlot.forget()
    browsingSlot.forget()
    pastOrdersSlot.forget()
    quietOrdersSlot.forget()
    loaded = []
    self.id = id
  }

  /// A customer of whom nothing is stored: every facet is loaded.
  init(unknown id: CustomerID) {
    self.init(id: id)
    // Nothing stored is never damaged.
    try? load(.all) { _ in nil }
  }

  /// Decodes those of `facets` that are not loaded yet from what is remembered of the customer; nil when nothing is.
  /// Throws when a stored form is damaged or was written by a newer version.
  public mutating func load(_ facets: FacetSet, from stored: borrowing StoredFacets?) throws(FacetError) {
    let missing = facets.subtracting(loaded)
    try stored?.forEach { kind, bytes throws(FacetError) in
      if missing.contains(FacetSet(kind)) { try decode(kind, bytes) }
    }
    loaded.formUnion(missing)
  }

  private mutating func decode(_ kind: FacetKind, _ bytes: UnsafeBufferPointer<UInt8>) throws(FacetError) {
    switch kind {
    case .seen: try seenSlot.decode(bytes)
    case .account: try accountSlot.decode(bytes)
    case .orders: try ordersSlot.decode(bytes)
    case .profile: try profileSlot.decode(bytes)
    case .erasure: try erasureSlot.decode(bytes)
    case .contacts: try contactsSlot.decode(bytes)
    case .standing: try standingSlot.decode(bytes)
    case .rhythm: try rhythmSlot.decode(bytes)
    case .items: try itemsSlot.decode(bytes)
    case .browsing: try browsingSlot.decode(bytes)
    case .pastOrders: try pastOrdersSlot.decode(bytes)
    case .quietOrders: try quietOrdersSlot.decode(bytes)
    }
  }

  /// The same from stored forms that lie apart.
  public mutating func load(_ facets: FacetSet, from stored: (FacetKind) -> [UInt8]?) throws(FacetError) {
    try load(facets, from: StoredFacets(customer: id, facets.subtracting(loaded), stored))
  }

  /// What differs from the stored forms that the facets were loaded from: the new form of each changed facet, nil where nothing is
  /// left to remember.
  public func changes(from stored: borrowing StoredFacets?) -> [FacetChange] {
    var changes = FacetChanges()
    put(into: &changes, changedFrom: stored)
    return changes.changed.kinds.map { FacetChange(kind: $0, bytes: changes[$0]) }
  }

  /// The same for stored forms that lie apart.
  public func changes(from stored: (FacetKind) -> [UInt8]?) -> [FacetChange] {
    changes(from: StoredFacets(customer: id, loaded, stored))
  }

  /// Puts into `changes` what differs from the stored forms that the facets were loaded from. What was in it is lost: one serves
  /// all customers of a unit of work.
  public func put(into changes: inout FacetChanges, changedFrom stored: borrowing StoredFacets?) {
    changes.removeAll()
    seenSlot.putChange(into: &changes, stored)
    accountSlot.putChange(into: &changes, stored)
    ordersSlot.putChange(into: &changes, stored)
    profileSlot.putChange(into: &changes, stored)
    erasureSlot.putChange(into: &changes, stored)
    contactsSlot.putChange(into: &changes, stored)
    standingSlot.putChange(into: &changes, stored)
    rhythmSlot.putChange(into: &changes, stored)
    itemsSlot.putChange(into: &changes, stored)
    browsingSlot.putChange(into: &changes, stored)
    pastOrdersSlot.putChange(into: &changes, stored)
    quietOrdersSlot.putChange(into: &changes, stored)
  }

  /// When `facet` of this working copy is due next; nil when never or when it is not loaded.
  public func nextDue(of facet: FacetKind) -> Instant? {
    switch facet {
    case .seen, .profile, .erasure: nil
    case .account: accountSlot.value.nextDue
    case .orders: ordersSlot.value.nextDue
    case .contacts: contactsSlot.value.nextDue
    case .standing: standingSlot.value.nextDue
    case .rhythm: rhythmSlot.value.nextDue
    case .items: itemsSlot.value.nextDue
    case .browsing, .pastOrders, .quietOrders: nil
    }
  }

  var seen: SeenEvents {
    _read { yield seenSlot.value }
    _modify { yield &seenSlot[changing: loaded] }
  }

  var account: PointsAccount {
    _read { yield accountSlot.value }
    _modify { yield &accountSlot[changing: loaded] }
  }

  var orders: OrderBook {
    _read { yield ordersSlot.value }
    _modify { yield &ordersSlot[changing: loaded] }
  }

  var profile: Profile {
    _read { yield profileSlot.value }
    _modify { yield &profileSlot[changing: loaded] }
  }

  var erasure: Erasure {
    _read { yield erasureSlot.value }
    _modify { yield &erasureSlot[changing: loaded] }
  }

  var contacts: Contacts {
    _read { yield contactsSlot.value }
    _modify { yield &contactsSlot[changing: loaded] }
  }

  var standing: Standing {
    _read { yield standingSlot.value }
    _modify { yield &standingSlot[changing: loaded] }
  }

  var rhythm: Rhythm {
    _read { yield rhythmSlot.value }
    _modify { yield &rhythmSlot[changing: loaded] }
  }

  var items: Items {
    _read { yield itemsSlot.value }
    _modify { yield &itemsSlot[changing: loaded] }
  }

  var browsing: Browsing {
    _read { yield browsingSlot.value }
    _modify { yield &browsingSlot[changing: loaded] }
  }

  var pastOrders: PastOrders {
    _read { yield pastOrdersSlot.value }
    _modify { yield &pastOrdersSlot[changing: loaded] }
  }

  var quietOrders: QuietOrders {
    _read { yield quietOrdersSlot.value }
    _modify { yield &quietOrdersSlot[changing: loaded] }
  }

  /// Forgets everything but that it was forgotten. Every facet must be loaded.
  mutating func erase(at time: Instant) {
    seen = SeenEvents()
    account = PointsAccount()
    orders = OrderBook()
    profile = Profile()
    contacts = Contacts()
    standing = Standing()
    rhythm = Rhythm()
    items = Items()
    browsing = Browsing()
    pastOrders = PastOrders()
    quietOrders = QuietOrders()
    erasure.at = time
  }
}

/// The new stored form of one facet.
public struct FacetChange: Sendable, Equatable {
  /// Which facet.
  public let kind: FacetKind
  /// Its stored form; nil when the facet is to be forgotten.
  public let bytes: [UInt8]?

  /// A change from its parts.
  public init(kind: FacetKind, bytes: [UInt8]?) {
    self.kind = kind
    self.bytes = bytes
  }
}

/// One facet of a working copy.
private struct FacetSlot<F: Facet>: Sendable {
  /// Lent out and not copied: a facet holds lists, whose references would be counted at every look.
  private(set) var value = F()
  private var mayDiffer = false
  private var isDecoded = false

  mutating func decode(_ stored: UnsafeBufferPointer<UInt8>) throws(FacetError) {
    isDecoded = true
    try value.decode(stored)
  }

  /// Makes the slot what it was in the beginning, which most slots are still.
  mutating func forget() {
    guard mayDiffer || isDecoded else { return }
    value.forget()
    mayDiffer = false
    isDecoded = false
  }

  /// The value, to be changed; it must be among the facets that are loaded.
  subscript(changing loaded: FacetSet) -> F {
    _read { yield value }
    _modify {
      precondition(loaded.contains(FacetSet(F.kind)), "a handler changes the facet \(F.kind), which it did not declare")
      mayDiffer = true
      yield &value
    }
  }

  /// Compares the encoded forms, so that a handler that writes what was there costs no changelog record.
  func putChange(into changes: inout FacetChanges, _ stored: borrowing StoredFacets?) {
    guard mayDiffer else { return }
    switch stored {
    case .some(let stored): stored.withFacet(F.kind) { changes.put(value, unless: $0) }
    case .none: changes.put(value, unless: nil)
    }
  }
}
