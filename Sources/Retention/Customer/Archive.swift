/// Records with which nothing is to be done unless an event asks for one; beside the facet in which the others lie, so that an
/// event costs the same however many there were.
///
/// At most `Record.archiveCapacity` are kept; the one that was put away first leaves first. They stay encoded until one is
/// asked for, so that a damaged one is found only then.
struct Archive<Record: Archivable>: Facet {
  static var kind: FacetKind { Record.archive }
  static var version: UInt8 { 1 }

  /// The latest time of all records that were ever put away.
  private(set) var newest: Instant?
  /// In the order in which they were put away.
  private var entries: [Entry] = []
  /// The encoded records in that order, one behind the other.
  private var records: [UInt8] = []

  private struct Entry: Equatable {
    /// Of the record's identifier.
    let hash: UInt64
    /// Of the encoded record, in bytes.
    let length: Int
  }

  init() {}

  /// How many are kept.
  var count: Int { entries.count }

  /// The record; nil when it is not kept. Throws when it is damaged.
  func record(_ id: Identifier<Record.Subject>) throws(FacetError) -> Record? { try find(id)?.record }

  /// All records, in the order in which they were put away. Throws when one is damaged.
  func all() throws(FacetError) -> [Record] {
    var all: [Record] = []
    var start = 0
    for entry in entries {
      all.append(try decode(entry, at: start))
      start += entry.length
    }
    return all
  }

  /// Keeps the records, of which none is kept yet.
  mutating func put(_ added: [Record]) {
    for record in added {
      var writer = FacetWriter()
      record.encode(into: &writer)
      entries.append(Entry(hash: hash(record.id), length: writer.count))
      records += writer.bytes
      newest = max(newest ?? record.time, record.time)
    }
    while count > Record.archiveCapacity { removeFirst() }
  }

  /// Removes and returns the record; nil when it is not kept. Throws when it is damaged.
  mutating func take(_ id: Identifier<Record.Subject>) throws(FacetError) -> Record? {
    guard let found = try find(id) else { return nil }
    records.removeSubrange(found.start..<found.start + entries[found.index].length)
    entries.remove(at: found.index)
    return found.record
  }

  /// Removes those that were put away first, up to one that is at most `age` older than the newest. Throws when one is damaged.
  mutating func removeFirst(olderThan age: TimeSpan) throws(FacetError) {
    while let newest, let first = entries.first, try decode(first, at: 0).time < newest - age { removeFirst() }
  }

  private mutating func removeFirst() { records.removeFirst(entries.removeFirst().length) }

  private func find(_ id: Identifier<Record.Subject>) throws(FacetError) -> (record: Record, index: Int, start: Int)? {
    let hash = hash(id)
    var start = 0
    for (index, entry) in entries.enumerated() {
      if entry.hash == hash {
        let record = try decode(entry, at: start)
        if record.id == id { return (record, index, start) }
      }
      start += entry.length
    }
    return nil
  }

  private func decode(_ entry: Entry, at start: Int) throws(FacetError) -> Record {
    do throws(FacetError) {
      return try records.span.withUnsafeBufferPointer { records throws(FacetError) in
        var reader = FacetReader(UnsafeBufferPointer(rebasing: records[start..<start + entry.length]))
        let record = try Record(archived: &reader)
        guard reader.isAtEnd, hash(record.id) == entry.hash else { throw FacetError("holds a damaged record") }
        return record
      }
    } catch {
      throw FacetError("facet \(Self.kind) \(error.description)")
    }
  }

  private func hash(_ id: Identifier<Record.Subject>) -> UInt64 {
    var hash = StableHash()
    hash.combine(field: id)
    return hash.digest64()
  }

  mutating func read(_ reader: inout FacetReader, version: UInt8) throws(FacetError) {
    newest = try reader.optionalInstant()
    let count = try reader.count()
    var rest = 0
    entries.reserveCapacity(min(count, Record.archiveCapacity))
    for _ in 0..<count {
      let entry = Entry(hash: try reader.fixed(), length: try reader.count())
      entries.append(entry)
      rest += entry.length
    }
    records = try reader.bytes(rest)
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(newest)
    writer.put(list: entries) { entry, writer in
      writer.put(fixed: entry.hash)
      writer.put(UInt64(entry.length))
    }
    writer.put(bytes: records)
  }
}

/// A record that can rest in an archive.
protocol Archivable: Equatable, Sendable {
  associatedtype Subject
  /// The facet that is the archive.
  static var archive: FacetKind { get }
  /// How many are kept.
  static var archiveCapacity: Int { get }

  var id: Identifier<Subject> { get }
  /// When it was news.
  var time: Instant { get }

  /// Reads what `encode` writes. Throws when it is damaged or does not belong into the archive.
  init(archived reader: inout FacetReader) throws(FacetError)
  func encode(into writer: inout FacetWriter)
}

/// Orders whose points are settled, kept for the refund that still comes.
typealias PastOrders = Archive<OrderPoints>

extension OrderPoints: Archivable {
  static let archive = FacetKind.pastOrders
  static let archiveCapacity = 256
  var id: OrderID { order }
  var time: Instant { paidAt }

  init(archived reader: inout FacetReader) throws(FacetError) {
    // As version 2 of the account writes them.
    try self.init(from: &reader, version: 2)
    guard dueAt == nil else { throw FacetError("holds an order that is not settled") }
  }
}

/// Orders of which nothing is to be told, kept for the parcel that is heard of again.
typealias QuietOrders = Archive<TrackedOrder>

extension TrackedOrder: Archivable {
  static let archive = FacetKind.quietOrders
  static let archiveCapacity = 64
  /// A quiet order is forgotten this long after its last news.
  static let quietLimit = TimeSpan.days(60)
  var id: OrderID { order }
  var time: Instant { newsAt }

  init(archived reader: inout FacetReader) throws(FacetError) {
    // As version 2 of the order book writes them.
    try self.init(from: &reader, version: 2)
    guard nextDue == nil else { throw FacetError("holds an order that is not quiet") }
  }
}
