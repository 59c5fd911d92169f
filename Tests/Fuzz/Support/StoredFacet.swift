@testable import Retention

/// Whether the bytes are what storing the facet that they stand for gives again.
func isFixedPoint(_ bytes: [UInt8], _ kind: FacetKind) -> Bool {
  do throws(FacetError) { return try restored(bytes, kind) == bytes } catch { return false }
}

/// The stored form of the facet that `bytes` stand for; nil when nothing is left to remember. Throws when they are no
/// facet, and ends the process when the stored form stands for another one or is due at another time.
func restored(_ bytes: [UInt8], _ kind: FacetKind) throws(FacetError) -> [UInt8]? {
  try restored(bytes, as: kind.type)
}

private func restored<F: Facet>(_ bytes: [UInt8], as type: F.Type) throws(FacetError) -> [UInt8]? {
  let facet = try F.decode(bytes)
  require(try nextDue(ofStoredFacet: bytes) == facet.nextDue, "due at another time than its first bytes say")
  guard let stored = facet.encoded() else {
    require(facet.nextDue == nil, "nothing is left to remember but a timer")
    return nil
  }
  let again = unthrown { () throws(FacetError) in try F.decode(stored) }
  require(again == facet && again.encoded() == stored, "stored and read it is another facet")
  return stored
}
