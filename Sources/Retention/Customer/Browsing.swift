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

  /// A category that was looked at or bought.
  struct Category: Equatable, Sendable {
    let category: CategoryID
    /// The last day of its streak, the days in a row on which it was looked at; nil when it never was.
    fileprivate(set) var lastDay: LocalDay?
    /// How many days the streak has.
    fileprivate(set) var streakDays: Int64 = 0
    /// How many items were looked at on them.
    fileprivate var itemCount = 0
    /// When it was bought last, as far as it is remembered.
    fileprivate(set) var boughtOn: LocalDay?
    /// When something of it was offered last.
    fileprivate(set) var offeredOn: LocalDay?

    fileprivate var touchedOn: LocalDay? {
      guard let boughtOn, let lastDay else { return boughtOn ?? lastDay }
      return max(boughtOn, lastDay)
    }
  }

  /// In order of date.
  private(set) var days: [Day] = []
  /// As they were met.
  private(set) var categories: [Category] = []
  /// The items of all streaks, in the order of their categories, each as it was met. Not lists in a list, of which each would be
  /// memory of its own.
  private var items: [Item] = []
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
    categories.filter { $0.lastDay.map { $0 >= day } ?? false }.map(\.category)
  }

  /// Counts a view. Returns for how many days in a row the category was looked at then; nil when a later day of it is known already.
  mutating func note(_ view: View, on day: LocalDay) -> Int64? {
    count(day)
    let index = index(of: view.category)
    guard categories[index].lastDay.map({ day >= $0 }) ?? true else { return nil }
    if !categories[index].extendStreak(to: day) { removeItems(of: index) }
    count(view, at: index)
    return categories[index].streakDays
  }

  /// The category, if it was looked at or bought.
  func category(_ id: CategoryID) -> Category? {
    categories.span.firstIndex { $0.category == id }.map { categories[$0] }
  }

  /// What was looked at in the category's streak, as it was met.
  func items(of category: CategoryID) -> ArraySlice<Item> {
    categories.span.firstIndex { $0.category == category }.map { items[places(at: $0)] } ?? []
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
      removeItems(of: oldest ?? 0)
      categories.remove(at: oldest ?? 0)
    }
    categories.append(Category(category: category))
    return categories.endIndex - 1
  }

  /// Where the items of the category's streak are, which is at `index`.
  private func places(at index: Int) -> Range<Int> {
    var start = 0
    for before in 0..<index { start += categories[before].itemCount }
    return start..<start + categories[index].itemCount
  }

  private mutating func removeItems(of index: Int) {
    items.removeSubrange(places(at: index))
    categories[index].itemCount = 0
  }

  private mutating func count(_ view: View, at index: Int) {
    var places = places(at: index)
    if let known = places.first(where: { items[$0].sku == view.sku }) {
      items[known].views += 1
      if let name = view.name { items[known].name = name }
      return
    }
    while places.count >= Self.itemCapacity {
      items.remove(at: places.min { items[$0].views < items[$1].views } ?? places.lowerBound)
      places.removeLast()
    }
    items.insert(Item(sku: view.sku, name: view.name, views: 1), at: places.upperBound)
    categories[index].itemCount = places.count + 1
  }

  private mutating func count(_ day: LocalDay) {
    let newest = max(day, days.last?.day ?? day)
    days.removeAll { $0.day <= newest - Self.memory }
    guard day > newest - Self.memory else { return }
    let index = days.firstIndex { $0.day >= day } ?? days.endIndex
    if index == days.endIndex || days[index].day != day { days.insert(Day(day: day, views: 0), at: index) }
    days[index].views += 1
  }

  mutating func forget() {
    days.removeAll(keepingCapacity: true)
    categories.removeAll(keepingCapacity: true)
    items.removeAll(keepingCapacity: true)
    events.removeAll(keepingCapacity: true)
  }

  mutating func read(_ reader: inout FacetReader, version: UInt8) throws(FacetError) {
    try reader.list(into: &days) { reader throws(FacetError) in
      Day(day: try reader.localDay(), views: try reader.amount())
    }
    for index in days.indices
    where days[index].views >= 1 << 32 || (index > 0 && days[index].day <= days[index - 1].day) {
      throw FacetError("has its days out of order")
    }
    try reader.list(into: &categories) { reader throws(FacetError) in
      try Category(from: &reader, appendingTo: &items)
    }
    try reader.requireDistinct(categories.span) { $0.category }
    try reader.list(into: &events) { reader throws(FacetError) in UInt32(truncatingIfNeeded: try reader.unsigned()) }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(UInt64(days.count))
    for day in days {
      writer.put(day.day.number)
      writer.put(day.views)
    }
    writer.put(UInt64(categories.count))
    var start = 0
    for index in categories.indices {
      let end = start + categories[index].itemCount
      categories[index].encode(into: &writer, items.span.extracting(start..<end))
      start = end
    }
    writer.put(UInt64(events.count))
    for event in events { writer.put(UInt64(event)) }
  }
}

private func isBefore(_ a: LocalDay?, _ b: LocalDay?) -> Bool {
  guard let b else { return false }
  return a.map { $0 < b } ?? true
}

extension Browsing.Category {
  /// Goes on to a day that is not before the last one; false when a gap begins the streak anew.
  fileprivate mutating func extendStreak(to day: LocalDay) -> Bool {
    guard let last = lastDay, day <= last + 1 else {
      (lastDay, streakDays) = (day, 1)
      return false
    }
    if day > last { streakDays += 1 }
    lastDay = day
    return true
  }

  fileprivate init(
    from reader: inout FacetReader, appendingTo items: inout [Browsing.Item]
  ) throws(FacetError) {
    category = try reader.identifier(Named.Category.self)
    if try reader.byte() != 0 {
      lastDay = try reader.localDay()
      streakDays = try reader.amount()
      guard (1..<1 << 32).contains(streakDays) else { throw FacetError("has a streak of no days") }
      let start = items.count
      try reader.list(into: &items) { reader throws(FacetError) in try Browsing.Item(from: &reader) }
      try reader.requireDistinct(items.span.extracting(start...)) { $0.sku }
      itemCount = items.count - start
    }
    boughtOn = try reader.optionalDay()
    offeredOn = try reader.optionalDay()
  }

  fileprivate func encode(into writer: inout FacetWriter, _ items: Span<Browsing.Item>) {
    writer.put(category)
    writer.put(byte: lastDay == nil ? 0 : 1)
    if let lastDay {
      writer.put(lastDay.number)
      writer.put(streakDays)
      writer.put(UInt64(items.count))
      for index in items.indices {
        writer.put(items[index].sku)
        writer.put(text: items[index].name ?? "")
        writer.put(items[index].views)
      }
    }
    writer.put(boughtOn)
    writer.put(offeredOn)
  }
}

extension Browsing.Item {
  fileprivate init(from reader: inout FacetReader) throws(FacetError) {
    sku = try reader.identifier(Named.SKU.self)
    let name = try reader.text()
    self.name = name.isEmpty ? nil : name
    views = try reader.amount()
    guard views < 1 << 32 else { throw FacetError("counts more views than there can be") }
  }
}
