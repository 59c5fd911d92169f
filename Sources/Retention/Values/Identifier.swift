/// An opaque name given by another system: 1 to 128 bytes of UTF-8, compared byte by byte.
///
/// Bytes and not `String`: Swift compares strings by canonical equivalence, under which two customers whose identifiers
/// differ only in Unicode normalisation would be one, while Kafka's partitioner hashes their bytes apart.
public struct Identifier<Subject>: Hashable, Sendable, CustomStringConvertible {
  /// The largest length, in bytes.
  public static var maximumLength: Int { 128 }

  /// The UTF-8 bytes.
  public let bytes: [UInt8]

  /// Takes bytes that are known to be UTF-8; nil when there are none or more than `maximumLength`.
  public init?(utf8 bytes: [UInt8]) {
    guard !bytes.isEmpty, bytes.count <= Self.maximumLength else { return nil }
    self.bytes = bytes
  }

  /// Takes the text's UTF-8; nil when it is empty or longer than `maximumLength` bytes.
  public init?(_ text: String) {
    self.init(utf8: Array(text.utf8))
  }

  /// The identifier as text.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// Feeds the bytes at once.
  public func hash(into hasher: inout Hasher) {
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}

/// What an identifier names; the enums have no cases, they only tell identifiers apart.
public enum Named {
  /// A customer of the shop.
  public enum Customer {}
  /// An event, by its CloudEvents `id`: the idempotency key.
  public enum Event {}
  /// An order.
  public enum Order {}
  /// A shipment of an order.
  public enum Shipment {}
  /// A sellable article.
  public enum SKU {}
  /// A category of articles.
  public enum Category {}
}

/// Names a customer; the unit of ownership, ordering and state.
public typealias CustomerID = Identifier<Named.Customer>
/// Names an event; the idempotency key within one customer.
public typealias EventID = Identifier<Named.Event>
/// Names an order.
public typealias OrderID = Identifier<Named.Order>
/// Names a shipment.
public typealias ShipmentID = Identifier<Named.Shipment>
/// Names an article.
public typealias SKU = Identifier<Named.SKU>
/// Names a category of articles.
public typealias CategoryID = Identifier<Named.Category>
