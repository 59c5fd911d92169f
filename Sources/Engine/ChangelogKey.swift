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

  package var bytes: [UInt8] {
    customer.withBytes { customer in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(1 + customer.count)
      bytes.append(facet.rawValue)
      bytes.append(contentsOf: customer)
      return bytes
    }
  }
}

/// A copy of borrowed bytes.
func copy(_ bytes: Span<UInt8>) -> [UInt8] { bytes.withUnsafeBufferPointer { Array($0) } }
