/// A set of facets.
public struct FacetSet: OptionSet, Sendable {
  /// A bit for each facet, by its number.
  public let rawValue: UInt32

  /// A set from its bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The set of one facet.
  public init(_ kind: FacetKind) { rawValue = 1 << UInt32(kind.rawValue) }

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
  public let id: CustomerID
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

  /// A customer of whom nothing is stored: every facet is loaded.
  init(unknown id: CustomerID) {
    self.init(id: id)
    // Nothing stored is never damaged.
    try? load(.all) { _ in nil }
  }

  /// Decodes those of `facets` that are not loaded yet from their stored forms.
  /// Throws when a stored form is damaged or was written by a newer version.
  public mutating func load(_ facets: FacetSet, from stored: (FacetKind) -> [UInt8]?) throws(FacetError) {
    if facets.contains(.seen) { try seenSlot.load(from: stored) }
    if facets.contains(.account) { try accountSlot.load(from: stored) }
    if facets.contains(.orders) { try ordersSlot.load(from: stored) }
    if facets.contains(.profile) { try profileSlot.load(from: stored) }
    if facets.contains(.erasure) { try erasureSlot.load(from: stored) }
    if facets.contains(.contacts) { try contactsSlot.load(from: stored) }
    if facets.contains(.standing) { try standingSlot.load(from: stored) }
    if facets.contains(.rhythm) { try rhythmSlot.load(from: stored) }
    if facets.contains(.items) { try itemsSlot.load(from: stored) }
    if facets.contains(.browsing) { try browsingSlot.load(from: stored) }
    if facets.contains(.pastOrders) { try pastOrdersSlot.load(from: stored) }
    if facets.contains(.quietOrders) { try quietOrdersSlot.load(from: stored) }
  }

  /// What differs from the stored forms: the new form of each changed facet, nil where nothing is left to remember.
  public func changes() -> [FacetChange] {
    [
      seenSlot.change(), accountSlot.change(), ordersSlot.change(), profileSlot.change(), erasureSlot.change(),
      contactsSlot.change(), standingSlot.change(), rhythmSlot.change(),
      itemsSlot.change(), browsingSlot.change(), pastOrdersSlot.change(), quietOrdersSlot.change(),
    ].compactMap(\.self)
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
    get { seenSlot.value }
    _modify { yield &seenSlot.changing }
  }

  var account: PointsAccount {
    get { accountSlot.value }
    _modify { yield &accountSlot.changing }
  }

  var orders: OrderBook {
    get { ordersSlot.value }
    _modify { yield &ordersSlot.changing }
  }

  var profile: Profile {
    get { profileSlot.value }
    _modify { yield &profileSlot.changing }
  }

  var erasure: Erasure {
    get { erasureSlot.value }
    _modify { yield &erasureSlot.changing }
  }

  var contacts: Contacts {
    get { contactsSlot.value }
    _modify { yield &contactsSlot.changing }
  }

  var standing: Standing {
    get { standingSlot.value }
    _modify { yield &standingSlot.changing }
  }

  var rhythm: Rhythm {
    get { rhythmSlot.value }
    _modify { yield &rhythmSlot.changing }
  }

  var items: Items {
    get { itemsSlot.value }
    _modify { yield &itemsSlot.changing }
  }

  var browsing: Browsing {
    get { browsingSlot.value }
    _modify { yield &browsingSlot.changing }
  }

  var pastOrders: PastOrders {
    get { pastOrdersSlot.value }
    _modify { yield &pastOrdersSlot.changing }
  }

  var quietOrders: QuietOrders {
    get { quietOrdersSlot.value }
    _modify { yield &quietOrdersSlot.changing }
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

/// One facet of a working copy beside the stored form it came from.
private struct FacetSlot<F: Facet>: Sendable {
  private(set) var value = F()
  private var stored: [UInt8]?
  private var isLoaded = false
  private var mayDiffer = false

  mutating func load(from source: (FacetKind) -> [UInt8]?) throws(FacetError) {
    guard !isLoaded else { return }
    stored = source(F.kind)
    value = try F.decode(stored)
    isLoaded = true
  }

  var changing: F {
    get { value }
    _modify {
      precondition(isLoaded, "a handler changes the facet \(F.kind), which it did not declare")
      mayDiffer = true
      yield &value
    }
  }

  /// Compares the encoded forms, so that a handler that writes what was there costs no changelog record.
  func change() -> FacetChange? {
    guard mayDiffer else { return nil }
    let bytes = value.encoded()
    return bytes == stored ? nil : FacetChange(kind: F.kind, bytes: bytes)
  }
}
