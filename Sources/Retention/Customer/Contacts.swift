/// What the customer was told lately, and what waits to be told: the memory of the gate.
///
/// At most `heldCapacity` notices wait; of more, the one that would be told last leaves. Days are remembered for as long as the
/// caps look back.
struct Contacts: Facet {
  static let kind = FacetKind.contacts
  static let version: UInt8 = 1
  static let heldCapacity = 32
  /// How many local days the caps look at, the present one included.
  static let memory: Int64 = 7

  /// How many notices that are capped were sent on a local day.
  struct Day: Equatable, Sendable {
    let day: LocalDay
    var service: Int64 = 0
    var marketing: Int64 = 0
  }

  /// In order of date.
  private(set) var days: [Day] = []
  /// In the order in which they came.
  private(set) var held: [HeldNotice] = []

  init() {}

  var nextDue: Instant? { held.lazy.map(\.notBefore).min() }

  /// How many notices of the class were sent on the days.
  func count(_ noticeClass: NoticeClass, from first: LocalDay, through last: LocalDay) -> Int64 {
    days.reduce(0) { sum, day in
      guard first <= day.day, day.day <= last else { return sum }
      return sum + (noticeClass == .marketing ? day.marketing : day.service)
    }
  }

  /// Counts a notice that is sent today.
  mutating func count(_ noticeClass: NoticeClass, on today: LocalDay) {
    days.removeAll { $0.day <= today - Self.memory }
    let index = days.firstIndex { $0.day >= today } ?? days.endIndex
    if index == days.endIndex || days[index].day != today { days.insert(Day(day: today), at: index) }
    if noticeClass == .marketing { days[index].marketing += 1 } else { days[index].service += 1 }
  }

  /// Keeps a notice; returns the one that had to leave.
  mutating func hold(_ notice: HeldNotice) -> HeldNotice? {
    held.append(notice)
    guard held.count > Self.heldCapacity,
      let last = held.indices.max(by: { held[$0].notBefore < held[$1].notBefore })
    else { return nil }
    return held.remove(at: last)
  }

  /// Removes and returns the notices whose time has come.
  mutating func release(by now: Instant) -> [Notice] {
    let due = held.filter { $0.notBefore <= now }.map(\.notice)
    held.removeAll { $0.notBefore <= now }
    return due
  }

  /// Whether a notice of one of the kinds waits.
  func holds(_ kinds: [NoticeKind]) -> Bool {
    held.indices.contains { kinds.contains(held[$0].notice.kind) }
  }

  /// Changes what waits of these kinds; removes and returns the notices for which `body` says false.
  mutating func revise(_ kinds: [NoticeKind], _ body: (inout Notice) -> Bool) -> [Notice] {
    var withdrawn: [Notice] = []
    for index in held.indices.reversed()
    where kinds.contains(held[index].notice.kind) && !body(&held[index].notice) {
      withdrawn.append(held.remove(at: index).notice)
    }
    return withdrawn.reversed()
  }

  mutating func forget() {
    days.removeAll(keepingCapacity: true)
    held.removeAll(keepingCapacity: true)
  }

  mutating func read(_ reader: inout FacetReader, version: UInt8) throws(FacetError) {
    try reader.list(into: &days) { reader throws(FacetError) in
      Day(day: try reader.localDay(), service: try reader.amount(), marketing: try reader.amount())
    }
    guard zip(days, days.dropFirst()).allSatisfy({ $0.day < $1.day }) else {
      throw FacetError("has its days out of order")
    }
    guard days.allSatisfy({ max($0.service, $0.marketing) <= 1 << 32 }) else {
      throw FacetError("counts more notices than there can be")
    }
    try reader.list(into: &held) { reader throws(FacetError) in try HeldNotice(from: &reader) }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(list: days) { day, writer in
      writer.put(day.day.number)
      writer.put(day.service)
      writer.put(day.marketing)
    }
    writer.put(list: held) { $0.encode(into: &$1) }
  }
}

/// A notice that waits until an instant.
struct HeldNotice: Equatable, Sendable {
  var notice: Notice
  let notBefore: Instant

  init(_ notice: Notice, until notBefore: Instant) {
    self.notice = notice
    self.notBefore = notBefore
  }

  init(from reader: inout FacetReader) throws(FacetError) {
    notBefore = try reader.instant()
    notice = try Notice(from: &reader)
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(notBefore)
    notice.encode(into: &writer)
  }
}
