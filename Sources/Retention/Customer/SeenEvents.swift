/// The events already taken from a customer, so that one delivered again changes nothing.
///
/// At most `capacity` are remembered; the one taken longest ago leaves first. An event is remembered for the rules'
/// `dedupeDays`, counted from when it was taken, not from when it happened.
struct SeenEvents: Facet {
  static let kind = FacetKind.seen
  static let version: UInt8 = 1
  static let capacity = 1_024

  /// In the order in which they were taken.
  private var entries: [Entry] = []

  private struct Entry: Equatable {
    let hash: UInt64
    let day: Int64
  }

  init() {}

  /// How many are remembered.
  var count: Int { entries.count }

  /// Remembers the event; false when it is remembered already.
  mutating func take(_ event: EventID, now: Instant, dedupeDays: Int64) -> Bool {
    let today = now.milliseconds / 86_400_000
    let oldest = today - dedupeDays
    var hash = StableHash()
    hash.combine(field: event)
    let digest = hash.digest64()
    var (isKnown, hasOld) = (false, false)
    for entry in entries {
      if entry.day < oldest { hasOld = true } else if entry.hash == digest { isKnown = true }
    }
    if hasOld { entries.removeAll { $0.day < oldest } }
    guard !isKnown else { return false }
    if entries.count == Self.capacity { entries.removeFirst() }
    entries.append(Entry(hash: digest, day: today))
    return true
  }

  mutating func forget() { entries.removeAll(keepingCapacity: true) }

  mutating func read(_ reader: inout FacetReader, version: UInt8) throws(FacetError) {
    try reader.list(into: &entries) { reader throws(FacetError) in
      Entry(hash: try reader.fixed(), day: try reader.localDay().number)
    }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(list: entries) { entry, writer in
      writer.put(fixed: entry.hash)
      writer.put(entry.day)
    }
  }
}
