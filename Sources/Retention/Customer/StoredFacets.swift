/// The stored facets of one customer, in one piece of memory that never changes: a customer costs one allocation however much
/// is remembered. It has one owner: an object would cost sixteen bytes more for each customer, and the counting of its references
/// at every look.
///
/// Unchecked: the memory is written in `init` and never again.
public struct StoredFacets: ~Copyable, @unchecked Sendable {
  /// How many bytes follow (4 bytes), then the customer's identifier behind its length (1 byte), then each facet: kind (1), length
  /// (LEB128), bytes.
  private let memory: UnsafeMutableRawPointer

  deinit { memory.deallocate() }

  /// Nil when there are no facets.
  public init?(customer: CustomerID, _ facets: [FacetChange]) { self.init(nil, of: customer, replacing: facets) }

  /// Those of `facets` for which `stored` gives a stored form; nil when that is none.
  public init?(customer: CustomerID, _ facets: FacetSet, _ stored: (FacetKind) -> [UInt8]?) {
    self.init(customer: customer, facets.kinds.map { FacetChange(kind: $0, bytes: stored($0)) })
  }

  /// What is stored of a customer, if anything, with some facets replaced, forgotten or added; nil when none is left.
  public init?(_ stored: borrowing StoredFacets?, of customer: CustomerID, replacing changes: [FacetChange]) {
    self.init(customer: customer) { put in
      stored?.forEach { kind, bytes in if !changes.contains(where: { $0.kind == kind }) { put(kind, bytes) } }
      for change in changes {
        if let bytes = change.bytes { bytes.withUnsafeBufferPointer { put(change.kind, $0) } }
      }
    }
  }

  /// The same with what a working copy has changed.
  public init?(_ stored: borrowing StoredFacets?, of customer: CustomerID, replacing changes: borrowing FacetChanges) {
    self.init(customer: customer) { put in
      stored?.forEach { kind, bytes in if !changes.changed.contains(FacetSet(kind)) { put(kind, bytes) } }
      changes.forEach { kind, bytes in if let bytes { put(kind, bytes) } }
    }
  }

  /// What `withBlock` lent. Throws when the bytes are no such thing. What the facets hold is not looked at.
  public init(block: UnsafeBufferPointer<UInt8>) throws(FacetError) {
    try check(block)
    memory = Self.allocate(block.count)
    UnsafeMutableRawBufferPointer(start: memory + Self.headerSize, count: block.count).copyMemory(from: .init(block))
  }

  private static var headerSize: Int { MemoryLayout<UInt32>.size }

  /// Memory for so many bytes behind the header, which is written.
  private static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: headerSize + count, alignment: MemoryLayout<UInt32>.alignment)
    memory.storeBytes(of: UInt32(count), as: UInt32.self)
    return memory
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
    memory = Self.allocate(size)
    var end = memory + Self.headerSize
    func put(_ byte: UInt8) {
      end.storeBytes(of: byte, as: UInt8.self)
      end += 1
    }
    func put(_ bytes: UnsafeBufferPointer<UInt8>) {
      guard let source = bytes.baseAddress else { return }
      end.copyMemory(from: source, byteCount: bytes.count)
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
        let form = form(in: bytes, at: position)
        // Of a kind when they were made.
        if let kind = FacetKind(rawValue: bytes[position]) {
          try body(kind, UnsafeBufferPointer(rebasing: bytes[form]))
        }
        position = form.upperBound
      }
    }
  }

  /// Calls `body` with the facet's stored form; nil when nothing is remembered.
  public func withFacet<R, E: Error>(
    _ kind: FacetKind, _ body: (UnsafeBufferPointer<UInt8>?) throws(E) -> R
  ) throws(E) -> R {
    try withBytes { (bytes) throws(E) in
      var position = 1 + Int(bytes[0])
      while position < bytes.count {
        let form = form(in: bytes, at: position)
        if bytes[position] == kind.rawValue { return try body(UnsafeBufferPointer(rebasing: bytes[form])) }
        position = form.upperBound
      }
      return try body(nil)
    }
  }

  /// Where the form of the facet is whose number stands at `position`.
  @inline(__always)
  private func form(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Range<Int> {
    var (position, length, shift) = (position, 0, 0)
    repeat {
      position += 1
      length |= Int(bytes[position] & 0x7f) << shift
      shift += 7
    } while bytes[position] & 0x80 != 0
    return position + 1..<position + 1 + length
  }

  /// A copy of the facet's stored form; nil when nothing is remembered.
  public subscript(kind: FacetKind) -> [UInt8]? { withFacet(kind) { $0.map { Array($0) } } }

  /// When the facet is due next, read from its first bytes alone; nil when never. Throws when the bytes are no facet.
  public func nextDue(of kind: FacetKind) throws(FacetError) -> Instant? {
    try withFacet(kind) { bytes throws(FacetError) in try bytes.map(nextDue(ofStoredFacet:)) ?? nil }
  }

  /// Calls `body` with the customer's identifier and all facets in one piece, as they are kept.
  public func withBlock<R, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
    try withBytes(body)
  }

  /// Stored bytes of all facets.
  public var byteCount: Int {
    var count = 0
    forEach { count += $1.count }
    return count
  }

  private func withBytes<R, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
    let count = Int(memory.load(as: UInt32.self))
    return try body(
      UnsafeBufferPointer(start: (memory + Self.headerSize).assumingMemoryBound(to: UInt8.self), count: count))
  }
}

/// Throws unless the bytes are a customer's identifier and facets of different kinds, at least one, as `StoredFacets` keeps them.
private func check(_ block: UnsafeBufferPointer<UInt8>) throws(FacetError) {
  guard let first = block.first, (1...CustomerID.maximumLength).contains(Int(first)), Int(first) + 1 < block.count
  else {
    throw FacetError("has no identifier or no facets")
  }
  var position = 1 + Int(first)
  var kinds: FacetSet = []
  while position < block.count {
    guard let kind = FacetKind(rawValue: block[position]) else { throw FacetError("has a facet that nobody knows") }
    guard kinds.insert(FacetSet(kind)).inserted else { throw FacetError("has a facet twice") }
    position += 1
    var (length, shift) = (0, 0)
    // More than the header can count is none, and would overflow.
    while position < block.count, shift < 35 {
      length |= Int(block[position] & 0x7f) << shift
      shift += 7
      position += 1
      if block[position - 1] < 0x80 { break }
    }
    guard shift > 0, block[position - 1] < 0x80, length <= block.count - position else {
      throw FacetError("has a facet that is longer than itself")
    }
    position += length
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
