/// The stored facets of one customer, in one piece of memory that never changes: a customer costs one allocation however much
/// is remembered, and whoever works on the customer keeps what it read while a newer one takes its place.
public struct StoredFacets: @unchecked Sendable {
  /// The customer's identifier behind its length (1 byte), then each facet: kind (1), length (LEB128), bytes. The header is how
  /// many bytes that is. Written in `init` and never again, so that it may be shared.
  private let buffer: ManagedBuffer<UInt32, UInt8>

  /// Nil when there are no facets.
  public init?(customer: CustomerID, _ facets: [FacetChange]) {
    self.init(customer: customer) { put in
      for case (let kind, let bytes?) in facets.lazy.map({ ($0.kind, $0.bytes) }) {
        bytes.withUnsafeBufferPointer { put(kind, $0) }
      }
    }
  }

  /// `forEach` calls what it is given with each facet, and is called twice. Nil when there are no facets.
  private init?(customer: CustomerID, _ forEach: ((FacetKind, UnsafeBufferPointer<UInt8>) -> Void) -> Void) {
    var size = 1 + customer.count
    var isEmpty = true
    forEach { _, bytes in
      isEmpty = false
      size += 1 + lengthSize(bytes.count) + bytes.count
    }
    guard !isEmpty else { return nil }
    let total = UInt32(size)
    buffer = .create(minimumCapacity: size) { _ in total }
    buffer.withUnsafeMutablePointerToElements { start in
      var end = start
      func put(_ byte: UInt8) {
        end.initialize(to: byte)
        end += 1
      }
      func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        end.initialize(from: source, count: bytes.count)
        end += bytes.count
      }
      put(UInt8(customer.count))
      customer.withBytes { put($0) }
      forEach { kind, bytes in
        put(kind.rawValue)
        var rest = bytes.count
        while rest >= 0x80 {
          put(UInt8(truncatingIfNeeded: rest) | 0x80)
          rest >>= 7
        }
        put(UInt8(rest))
        put(bytes)
      }
    }
  }

  /// These with some replaced, forgotten or added; nil when none is left.
  public func replacing(_ changes: [FacetChange]) -> StoredFacets? {
    StoredFacets(customer: customer) { put in
      forEach { kind, bytes in if !changes.contains(where: { $0.kind == kind }) { put(kind, bytes) } }
      for change in changes {
        if let bytes = change.bytes { bytes.withUnsafeBufferPointer { put(change.kind, $0) } }
      }
    }
  }

  /// Whose they are.
  public var customer: CustomerID {
    withBytes { bytes in
      // It was one when they were made.
      CustomerID(utf8: UnsafeBufferPointer(rebasing: bytes[1..<1 + Int(bytes[0])])) ?? { preconditionFailure() }()
    }
  }

  /// Whether they are the customer's.
  public func belong(to customer: CustomerID) -> Bool {
    withBytes { bytes in
      customer.withBytes { $0.isEqual(to: UnsafeBufferPointer(rebasing: bytes[1..<1 + Int(bytes[0])])) }
    }
  }

  /// Calls `body` with each facet's stored form.
  public func forEach<E: Error>(_ body: (FacetKind, UnsafeBufferPointer<UInt8>) throws(E) -> Void) throws(E) {
    try withBytes { (bytes) throws(E) in
      var position = 1 + Int(bytes[0])
      while position < bytes.count {
        let kind = bytes[position]
        var (length, shift) = (0, 0)
        repeat {
          position += 1
          length |= Int(bytes[position] & 0x7f) << shift
          shift += 7
        } while bytes[position] & 0x80 != 0
        position += 1
        // Of a kind when they were made.
        if let kind = FacetKind(rawValue: kind) {
          try body(kind, UnsafeBufferPointer(rebasing: bytes[position..<position + length]))
        }
        position += length
      }
    }
  }

  /// Calls `body` with the facet's stored form; nil when nothing is remembered.
  public func withFacet<R, E: Error>(
    _ kind: FacetKind, _ body: (UnsafeBufferPointer<UInt8>?) throws(E) -> R
  ) throws(E) -> R {
    var found: UnsafeBufferPointer<UInt8>?
    forEach { if $0 == kind { found = $1 } }
    defer { withExtendedLifetime(buffer) {} }
    return try body(found)
  }

  /// A copy of the facet's stored form; nil when nothing is remembered.
  public subscript(kind: FacetKind) -> [UInt8]? { withFacet(kind) { $0.map { Array($0) } } }

  /// Stored bytes of all facets.
  public var byteCount: Int {
    var count = 0
    forEach { count += $1.count }
    return count
  }

  private func withBytes<R, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
    try buffer.withUnsafeMutablePointers { (count, start) throws(E) in
      try body(UnsafeBufferPointer(start: start, count: Int(count.pointee)))
    }
  }
}

/// The bytes that LEB128 takes for a length.
private func lengthSize(_ length: Int) -> Int {
  var (size, rest) = (1, length >> 7)
  while rest > 0 {
    size += 1
    rest >>= 7
  }
  return size
}
