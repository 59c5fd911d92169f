/// The parts of a customer's state. Each is stored, written to the changelog and decoded by itself; the raw value is
/// the first byte of the changelog key and never changes its meaning. It is at most 15: the index of timers has four bits for it.
public enum FacetKind: UInt8, CaseIterable, Sendable {
  /// The events already taken, `SeenEvents`.
  case seen = 1
  /// The points account, `PointsAccount`.
  case account = 2
  /// Open orders and their parcels, `OrderBook`.
  case orders = 3
  /// Who the customer is and what they allow, `Profile`.
  case profile = 4
  /// That the customer was erased, `Erasure`.
  case erasure = 5
  /// What the customer was told and what waits to be told, `Contacts`.
  case contacts = 6
  /// Tier and lifecycle, `Standing`.
  case standing = 7
  /// When the customer buys, `Rhythm`.
  case rhythm = 8
  /// What the customer buys again and again, `Items`.
  case items = 9
  /// What the customer looks at, `Browsing`.
  case browsing = 10
  /// Orders whose points are settled, `PastOrders`.
  case pastOrders = 11
  /// Orders of which nothing is to be told, `QuietOrders`.
  case quietOrders = 12
}

extension FacetKind {
  /// The facet of this kind.
  var type: any Facet.Type {
    switch self {
    case .seen: SeenEvents.self
    case .account: PointsAccount.self
    case .orders: OrderBook.self
    case .profile: Profile.self
    case .erasure: Erasure.self
    case .contacts: Contacts.self
    case .standing: Standing.self
    case .rhythm: Rhythm.self
    case .items: Items.self
    case .browsing: Browsing.self
    case .pastOrders: PastOrders.self
    case .quietOrders: QuietOrders.self
    }
  }
}

extension FacetKind {
  /// Decodes a facet of this kind and encodes it anew. Throws when the bytes are no such facet.
  package func recoded(_ stored: [UInt8]) throws(FacetError) -> [UInt8]? { try type.decode(stored).encoded() }
}

/// A part of a customer's state with its binary form.
///
/// The form starts with a version byte and the earliest due time, so that an index of timers is rebuilt without decoding
/// the rest. Every list inside is bounded; the type says which element leaves first.
protocol Facet: Equatable, Sendable {
  static var kind: FacetKind { get }
  /// The version that `encode` writes; `read` reads it and all earlier ones.
  static var version: UInt8 { get }

  /// A customer of whom nothing is known.
  init()
  /// Reads what `encode` writes, of a customer of whom nothing is known yet. When it throws, what was read before is to be forgotten.
  mutating func read(_ reader: inout FacetReader, version: UInt8) throws(FacetError)
  /// Becomes what `init` makes, if possible in the same memory: facets are decoded for one customer after the other.
  mutating func forget()
  func encode(into writer: inout FacetWriter)

  /// When the facet wants to be fired next; nil when nothing is due ever.
  var nextDue: Instant? { get }
}

extension Facet {
  var nextDue: Instant? { nil }

  mutating func forget() { self = Self() }

  /// The facet's stored form; nil when it is that of an unknown customer, which is stored as nothing.
  func encoded() -> [UInt8]? {
    var changes = FacetChanges()
    changes.put(self, unless: nil)
    return changes[Self.kind]
  }

  /// Decodes a stored form; nothing stored is that of an unknown customer.
  static func decode(_ bytes: [UInt8]?) throws(FacetError) -> Self {
    var facet = Self()
    if let bytes { try bytes.span.withUnsafeBufferPointer { bytes throws(FacetError) in try facet.decode(bytes) } }
    return facet
  }

  /// Decodes a stored form, of a customer of whom nothing is known yet. When it throws, what was decoded before is to be forgotten.
  mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>) throws(FacetError) {
    do throws(FacetError) {
      var reader = FacetReader(bytes)
      let version = try reader.byte()
      guard (1...Self.version).contains(version) else {
        throw FacetError("has version \(version), this program reads up to \(Self.version); run the newer program")
      }
      let due = try reader.optionalInstant()
      try read(&reader, version: version)
      guard reader.isAtEnd else { throw FacetError("has bytes left over") }
      // The index of timers believes the first bytes: a timer that these do not know of would never fire.
      guard due == nextDue else {
        throw FacetError("is due at another time than its first bytes say")
      }
    } catch {
      throw FacetError("facet \(Self.kind) \(error.description)")
    }
  }
}

/// When the facet stored as `bytes` is due next, read from its first bytes alone; nil when never.
/// Throws when the bytes are no facet.
public func nextDue(ofStoredFacet bytes: [UInt8]) throws(FacetError) -> Instant? {
  try bytes.span.withUnsafeBufferPointer { bytes throws(FacetError) in try nextDue(ofStoredFacet: bytes) }
}

/// When the facet stored as `bytes` is due next, read from its first bytes alone; nil when never.
/// Throws when the bytes are no facet.
public func nextDue(ofStoredFacet bytes: UnsafeBufferPointer<UInt8>) throws(FacetError) -> Instant? {
  var reader = FacetReader(bytes)
  _ = try reader.byte()
  return try reader.optionalInstant()
}
