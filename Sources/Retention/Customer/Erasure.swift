/// That a customer has asked to be forgotten. It is all that is left of them: without it an event that comes later, or
/// again, would begin them anew.
struct Erasure: Facet {
  static let kind = FacetKind.erasure
  static let version: UInt8 = 1

  /// When they asked; nil for a customer who has not.
  var at: Instant?

  init() {}

  mutating func read(_ reader: inout FacetReader, version: UInt8) throws(FacetError) { at = try reader.instant() }

  func encode(into writer: inout FacetWriter) { writer.put(at) }
}
