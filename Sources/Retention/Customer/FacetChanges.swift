/// The new stored forms of those facets of one customer that differ from what is stored, one behind the other in memory that
/// serves one customer after the other: a unit of work changes thousands, and each form would cost an allocation.
public struct FacetChanges: ~Copyable {
  private var writer = FacetWriter()
  /// Where each form is, by the facet's number; a facet that is to be forgotten has an empty one.
  private var forms = InlineArray<16, Range<Int>>(repeating: 0..<0)
  /// The facets that differ.
  public private(set) var changed: FacetSet = []

  /// No changes yet.
  public init() {}

  /// Forgets all changes and keeps the memory.
  mutating func removeAll() {
    writer.removeAll()
    changed = []
  }

  /// Takes the facet's form in, unless it is the stored one.
  mutating func put<F: Facet>(_ facet: F, unless stored: UnsafeBufferPointer<UInt8>?) {
    let start = writer.count
    if facet != F() {
      writer.put(byte: F.version)
      writer.put(facet.nextDue)
      facet.encode(into: &writer)
      if let stored, writer.slice(start..<writer.count).isEqual(to: stored) { return writer.removeAll(after: start) }
    } else if stored == nil {
      return
    }
    forms[Int(F.kind.rawValue)] = start..<writer.count
    changed.insert(FacetSet(F.kind))
  }

  /// Calls `body` with each changed facet and its new form, nil when it is to be forgotten.
  func forEach(_ body: (FacetKind, UnsafeBufferPointer<UInt8>?) -> Void) {
    for kind in changed.kinds {
      let form = forms[Int(kind.rawValue)]
      body(kind, form.isEmpty ? nil : writer.slice(form))
    }
  }

  /// A copy of the facet's new form; nil when it did not change or is to be forgotten.
  subscript(kind: FacetKind) -> [UInt8]? {
    guard changed.contains(FacetSet(kind)) else { return nil }
    let form = forms[Int(kind.rawValue)]
    return form.isEmpty ? nil : Array(writer.slice(form))
  }
}
