import Retention

/// The key of a changelog record: the facet's number, then the customer's bytes. The topic is compacted by it.
package struct ChangelogKey: Equatable {
  package let customer: CustomerID
  package let facet: FacetKind

  package init(customer: CustomerID, facet: FacetKind) {
    self.customer = customer
    self.facet = facet
  }

  /// Nil when the bytes are no such key.
  package init?(_ bytes: Span<UInt8>) {
    guard bytes.count > 1, let facet = FacetKind(rawValue: bytes[0]),
      let customer = CustomerID(utf8: bytes.extracting(1...))
    else { return nil }
    self.init(customer: customer, facet: facet)
  }

  package var bytes: [UInt8] { withBytes { Array($0) } }

  /// Calls `body` with the key's bytes.
  func withBytes<R, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
    try customer.withBytes { customer throws(E) in
      try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 + customer.count) { key throws(E) in
        key.initializeElement(at: 0, to: facet.rawValue)
        _ = key[1...].initialize(fromContentsOf: customer)
        return try body(UnsafeBufferPointer(key))
      }
    }
  }
}

/// A copy of borrowed bytes.
func copy(_ bytes: Span<UInt8>) -> [UInt8] { bytes.withUnsafeBufferPointer { Array($0) } }
