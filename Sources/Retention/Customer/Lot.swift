/// Points that the customer can pay with until the end of the same month.
struct Lot: Equatable, Sendable {
  /// Until when; nil when they never expire.
  var term: LotTerm?
  var points: Int64

  /// The last month in which they can be used; nil when they never expire.
  var month: LocalMonth? { term?.month }

  init(term: LotTerm?, points: Int64) {
    self.term = term
    self.points = points
  }

  /// Whether they expire earlier than those of the month; what never expires comes last.
  func expires(before other: LocalMonth?) -> Bool {
    guard let month else { return false }
    return other.map { month < $0 } ?? true
  }

  init(from reader: inout FacetReader) throws(FacetError) {
    let part = try LotPart(from: &reader)
    points = part.points
    guard let month = part.month else { return }
    term = LotTerm(month: month, next: LotStep(daysBefore: try reader.amount(), dueAt: try reader.instant()))
  }

  func encode(into writer: inout FacetWriter) {
    LotPart(month: month, points: points).encode(into: &writer)
    guard let term else { return }
    writer.put(term.next.daysBefore)
    writer.put(term.next.dueAt)
  }
}

/// How long points live.
struct LotTerm: Equatable, Sendable {
  /// The last month in which they can be used.
  let month: LocalMonth
  /// What is done about them next.
  var next: LotStep
}

/// What is done about a lot, and when.
struct LotStep: Equatable, Sendable {
  /// So many local days before the lot's end the customer is told of it; at 0 it expires.
  let daysBefore: Int64
  let dueAt: Instant
}

/// Some points of a lot.
struct LotPart: Equatable, Sendable {
  /// The last month in which they can be used; nil when they never expire.
  let month: LocalMonth?
  var points: Int64

  init(month: LocalMonth?, points: Int64) {
    self.month = month
    self.points = points
  }

  init(from reader: inout FacetReader) throws(FacetError) {
    month = try reader.optionalMonth()
    points = try reader.amount()
    guard points > 0 else { throw FacetError("holds an empty lot") }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(month)
    writer.put(points)
  }
}
