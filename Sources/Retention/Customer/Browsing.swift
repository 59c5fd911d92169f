/// What the customer looks at.
///
/// The last `memory` local days are known with their views, `categoryCapacity` categories with their streaks, and of each streak
/// `itemCapacity` items; the category that was looked at or bought longest ago, and the item with the fewest views, leave first.
/// The last `eventCapacity` events are known again when they come twice: views are many and count for little, so they have a
/// shorter memory than other events.
struct Browsing: Facet {
  static let kind = FacetKind.browsing
  static let version: UInt8 = 1
  static let categoryCapacity = 16
  static let itemCapacity = 8
  static let eventCapacity = 16
  /// How many local days are looked back: thirty, and the thirty before to compare them with.
  static let memory: Int64 = 60

  /// How often something was looked at on a day.
  struct Day: Equatable, Sendable {
    let day: LocalDay
    var views: Int64
  }

  /// An item of a streak.
  struct Item: Equatable, Sendable {
    let sku: SKU
    var name: String?
    var views: Int64
  }

  /// The days in a row on which a category was looked at.
  struct Streak: Equatable, Sendable {
    /// The last of them.
    var last: LocalDay
    /// How many they are.
    var days: Int64 = 1
    /// What was looked at on them.
    var items: [Item] = []
  }

  /// A category that was looked at or bought.
  struct Category: Equatable, Sendable {
    let category: CategoryID
    /// The last days on which it was looked at; nil when it never was.
    var streak: Streak?
    /// When it was bought last, as far as it is remembered.
    var boughtOn: LocalDay?
    /// When something of it was offered last.
    var offeredOn: LocalDay?

    fileprivate var touchedOn: LocalDay? {
      guard let boughtOn, let seen = streak?.last else { return boughtOn ?? streak?.last }
      return max(boughtOn, seen)
    }
  }

  /// In order of date.
  private(set) var days: [Day] = []
  /// As they were met.
  private(set) var categories: [Category] = []
  /// Hashes of the last events, as they came.
  private var events: [UInt32] = []

  init() {}

  /// Remembers the event; false when it is among the last ones already.
  mutating func take(_ event: EventID) -> Bool {
    var hash = StableHash()
    hash.combine(field: event)
    let digest = UInt32(truncatingIfNeeded: hash.digest64())
    guard !events.contains(digest) else { return false }
    if events.count >= Self.eventCapacity { events.removeFirst() }
    events.append(digest)
    return true
  }

  /// The last day on which anything was looked at.
  var last: LocalDay? { days.last?.day }

  /// How often something was looked at on these days.
  func views(from first: LocalDay, through last: LocalDay) -> Int64 {
    days.reduce(0) { first <= $1.day && $1.day <= last ? $0 + $1.views : $0 }
  }

  /// The categories looked at on `day` or later.
  func categories(since day: LocalDay) -> [CategoryID] {
    categories.filter { $0.streak.map { $0.last >= day } ?? false }.map(\.category)
  }

  /// Counts a view. Returns for how many days in a row the category was looked at then; nil when a later day of it is known already.
  mutating func note(_ view: View, on day: LocalDay) -> Int64? {
    count(day)
    let index = index(of: view.category)
    guard categories[index].streak.map({ day >= $0.last }) ?? true else { return nil }
    categories[index].extendStreak(to: day)
    categories[index].streak?.count(view)
    return categories[index].streak?.days
  }

  /// The category, if it was looked at or bought.
  func category(_ id: CategoryID) -> Category? {
    categories.span.firstIndex { $0.category == id }.map { categories[$0] }
  }

  /// Notes that something of the category was bought.
  mutating func noteBought(_ category: CategoryID, on day: LocalDay) {
    let index = index(of: category)
    categories[index].boughtOn = categories[index].boughtOn.map { max($0, day) } ?? day
  }

  /// Notes that something of the category was offered.
  mutating func noteOffer(of category: CategoryID, on day: LocalDay) {
    guard let index = categories.span.firstIndex(where: { $0.category == category }) else { return }
    categories[index].offeredOn = day
  }

  /// Where the category is; it is put in when it is new.
  private mutating func index(of category: CategoryID) -> Int {
    if let index = categories.span.firstIndex(where: { $0.category == category }) { return index }
    while categories.count >= Self.categoryCapacity {
      let oldest = categories.indices.min { isBefore(categories[$0].touchedOn, categories[$1].touchedOn) }
      categories.remove(at: oldest ?? 0)
    }
    categories.append(Category(category: category))
    return categories.endIndex - 1
  }

  private mutating func count(_ day: LocalDay) {
    let newest = max(day, days.last?.day ?? day)
    days.removeAll { $0.day <= newest - Self.memory }
    guard day > newest - Self.memory else { return }
    let index = days.firstIndex { $0.day >= day } ?? days.endIndex
    if index == days.endIndex || days[index].day != day { days.insert(Day(day: day, views: 0), at: index) }
    days[index].views += 1
  }

  init(from reader: inout FacetReader, version: UInt8) throws(FacetError) {
    days = try reader.list { reader throws(FacetError) in Day(day: try reader.localDay(), views: try reader.amount()) }
    for index in days.indices
    where days[index].views >= 1 << 32 || (index > 0 && days[index].day <= days[index - 1].day) {
      throw FacetError("has its days out of order")
    }
    categories = try reader.list { reader throws(FacetError) in try Category(from: &reader) }
    try reader.requireDistinct(categories) { $0.category }
    events = try reader.list { reader throws(FacetError) in UInt32(truncatingIfNeeded: try reader.unsigned()) }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(UInt64(days.count))
    for day in days {
      writer.put(day.day.number)
      writer.put(day.views)
    }
    writer.put(list: categories) { $0.encode(into: &$1) }
    writer.put(UInt64(events.count))
    for event in events { writer.put(UInt64(event)) }
  }
}

private func isBefore(_ a: LocalDay?, _ b: LocalDay?) -> Bool {
  guard let b else { return false }
  return a.map { $0 < b } ?? true
}

extension Browsing.Streak {
  fileprivate mutating func count(_ view: View) {
    if let index = items.span.firstIndex(where: { $0.sku == view.sku }) {
      items[index].views += 1
      items[index].name = view.name ?? items[index].name
      return
    }
    while items.count >= Browsing.itemCapacity {
      items.remove(at: items.indices.min { items[$0].views < items[$1].views } ?? 0)
    }
    items.append(Browsing.Item(sku: view.sku, name: view.name, views: 1))
  }

  fileprivate init(from reader: inout FacetReader) throws(FacetError) {
    last = try reader.localDay()
    days = try reader.amount()
    guard (1..<1 << 32).contains(days) else { throw FacetError("has a streak of no days") }
    items = try reader.list { reader throws(FacetError) in
      let sku = try reader.identifier(Named.SKU.self)
      let name = try reader.text()
      let views = try reader.amount()
      guard views < 1 << 32 else { throw FacetError("counts more views than there can be") }
      return Browsing.Item(sku: sku, name: name.isEmpty ? nil : name, views: views)
    }
    try reader.requireDistinct(items) { $0.sku }
  }

  fileprivate func encode(into writer: inout FacetWriter) {
    writer.put(last.number)
    writer.put(days)
    writer.put(list: items) { item, writer in
      writer.put(item.sku)
      writer.put(text: item.name ?? "")
      writer.put(item.views)
    }
  }
}

extension Browsing.Category {
  /// Goes on to a day that is not before the last one; a gap begins the streak anew.
  fileprivate mutating func extendStreak(to day: LocalDay) {
    guard let last = streak?.last, day <= last + 1 else { return streak = Browsing.Streak(last: day) }
    // Where it lies: its items would be copied.
    if day > last { streak?.days += 1 }
    streak?.last = day
  }

  fileprivate init(from reader: inout FacetReader) throws(FacetError) {
    category = try reader.identifier(Named.Category.self)
    streak = try reader.byte() == 0 ? nil : Browsing.Streak(from: &reader)
    boughtOn = try reader.optionalDay()
    offeredOn = try reader.optionalDay()
  }

  fileprivate func encode(into writer: inout FacetWriter) {
    writer.put(category)
    writer.put(byte: streak == nil ? 0 : 1)
    streak?.encode(into: &writer)
    writer.put(boughtOn)
    writer.put(offeredOn)
  }
}
