/// An opaque name given by another system: 1 to 128 bytes of UTF-8, compared byte by byte.
///
/// Bytes and not `String`: Swift compares strings by canonical equivalence, under which two customers whose identifiers
/// differ only in Unicode normalisation would be one, while Kafka's partitioner hashes their bytes apart.
///
/// Up to 39 bytes, a UUID among them, lie in the value itself: an event has several identifiers and a customer's state dozens,
/// and none of them costs an allocation or a count of references.
public struct Identifier<Subject>: Hashable, Sendable, CustomStringConvertible {
  /// The largest length, in bytes.
  public static var maximumLength: Int { 128 }

  @usableFromInline let storage: IdentifierStorage

  /// Takes bytes that are known to be UTF-8; nil when there are none or more than `maximumLength`.
  public init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    self.init(utf8: bytes, followedBy: 0)
  }

  /// The same of bytes behind which `more` can be read, which makes it quicker.
  init?(utf8 bytes: UnsafeBufferPointer<UInt8>, followedBy more: Int) {
    guard !bytes.isEmpty, bytes.count <= Self.maximumLength else { return nil }
    storage = IdentifierStorage(bytes, followedBy: more)
  }

  /// Takes bytes that are known to be UTF-8; nil when there are none or more than `maximumLength`.
  public init?(utf8 bytes: Span<UInt8>) {
    guard let identifier = bytes.withUnsafeBufferPointer({ Self(utf8: $0) }) else { return nil }
    self = identifier
  }

  /// Takes bytes that are known to be UTF-8; nil when there are none or more than `maximumLength`.
  public init?(utf8 bytes: [UInt8]) {
    self.init(utf8: bytes.span)
  }

  /// Takes the text's UTF-8; nil when it is empty or longer than `maximumLength` bytes.
  public init?(_ text: String) {
    self.init(utf8: Array(text.utf8))
  }

  /// The UTF-8 bytes, copied.
  public var bytes: [UInt8] { withBytes { Array($0) } }

  /// How many bytes there are.
  public var count: Int { withBytes { $0.count } }

  /// Calls `body` with the UTF-8 bytes.
  @inlinable
  public func withBytes<R, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
    try storage.withBytes(body)
  }

  /// A number that is the same for the same identifier, and seldom for two.
  var fingerprint: UInt64 { storage.fingerprint }

  /// Stores the bytes at the start of `IdentifierStorage.Words.size` bytes of memory, of which the others mean nothing afterwards.
  /// Returns how many they are; nil, and nothing is stored, when they are too many for that.
  func storeShort(at start: UnsafeMutablePointer<UInt8>) -> Int? {
    guard case .short(let words) = storage else { return nil }
    UnsafeMutableRawPointer(start).storeBytes(of: words, as: IdentifierStorage.Words.self)
    return words.count
  }

  /// The identifier as text.
  public var description: String { withBytes { String(decoding: $0, as: UTF8.self) } }

  /// Feeds the bytes at once.
  public func hash(into hasher: inout Hasher) {
    withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// The bytes of an identifier, in the value when they are few.
@usableFromInline
enum IdentifierStorage: Equatable, Sendable {
  case short(Words)
  case long([UInt8])

  /// Up to `capacity` bytes, zeros behind them, and their count in the last byte.
  @usableFromInline
  struct Words: Equatable, Sendable {
    @usableFromInline static let capacity = 39
    static let size = 40

    @usableFromInline var first: UInt64 = 0
    @usableFromInline var second: UInt64 = 0
    @usableFromInline var third: UInt64 = 0
    @usableFromInline var fourth: UInt64 = 0
    @usableFromInline var fifth: UInt64 = 0

    @inlinable init() {}

    var count: Int { Int(fifth.littleEndian >> 56) }
  }

  /// `more` bytes can be read behind these.
  init(_ bytes: UnsafeBufferPointer<UInt8>, followedBy more: Int) {
    guard bytes.count <= Words.capacity else {
      self = .long(Array(bytes))
      return
    }
    var words = Words()
    if bytes.count + more >= Words.size {
      // Word by word, of which only the identifier's part is kept: quicker than to copy a few bytes.
      let raw = UnsafeRawBufferPointer(start: bytes.baseAddress, count: Words.size)
      func word(_ index: Int) -> UInt64 {
        let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        let missing = max(0, 8 * (index + 1) - bytes.count)
        // To shift by the width or more gives 0.
        return (word & (UInt64.max >> UInt64(8 * missing))).littleEndian
      }
      words.first = word(0)
      words.second = word(1)
      words.third = word(2)
      words.fourth = word(3)
      words.fifth = word(4) | (UInt64(bytes.count) << 56).littleEndian
      self = .short(words)
      return
    }
    withUnsafeMutableBytes(of: &words) { words in
      words.copyMemory(from: UnsafeRawBufferPointer(bytes))
      words[Words.capacity] = UInt8(bytes.count)
    }
    self = .short(words)
  }

  var fingerprint: UInt64 {
    switch self {
    case .long(let bytes): UInt64(truncatingIfNeeded: bytes.hashValue)
    case .short(let words):
      ((((words.first &* 31) ^ words.second) &* 31 ^ words.third) &* 31 ^ words.fourth) &* 31 ^ words.fifth
    }
  }

  @inlinable
  func withBytes<R, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
    switch self {
    case .long(let bytes): return try bytes.span.withUnsafeBufferPointer(body)
    case .short(let words):
      return try withUnsafeBytes(of: words) { (raw) throws(E) in
        try body(UnsafeBufferPointer(rebasing: raw.assumingMemoryBound(to: UInt8.self)[..<Int(raw[39])]))
      }
    }
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
