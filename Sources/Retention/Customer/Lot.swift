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
    term = LotTerm(month: month, next: try Countdown(from: &reader))
  }

  func encode(into writer: inout FacetWriter) {
    LotPart(month: month, points: points).encode(into: &writer)
    term?.next.encode(into: &writer)
  }
}

/// How long points live.
struct LotTerm: Equatable, Sendable {
  /// The last month in which they can be used.
  let month: LocalMonth
  /// When the customer is told of them next, or they expire.
  var next: Countdown

  /// The day on which they can be used no more.
  var end: LocalDay { month.lastDay + 1 }
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
