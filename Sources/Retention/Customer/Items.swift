/// What the customer buys again and again.
///
/// As many items and categories are known as the rules say. While more than half of them were bought on one day only, the one of
/// these leaves first that was bought longest ago: what is tried once must not push out what is bought again and again. Otherwise it is
/// the one of all.
struct Items: Facet {
  static let kind = FacetKind.items
  static let version: UInt8 = 1

  /// An article.
  struct Item: Equatable, Sendable {
    let sku: SKU
    var name: String?
    var category: CategoryID
    var cycle: PurchaseCycle
  }

  /// A category, bought in whatever article.
  struct Category: Equatable, Sendable {
    let category: CategoryID
    /// The article that was bought last.
    var sku: SKU
    var cycle: PurchaseCycle
  }

  /// The first day on which anything was bought.
  private(set) var since: LocalDay?
  private(set) var items: [Item] = []
  private(set) var categories: [Category] = []

  init() {}

  var nextDue: Instant? {
    var due: Instant?
    func take(_ candidate: Instant?) {
      if let candidate { due = min(candidate, due ?? candidate) }
    }
    let (items, categories) = (items.span, categories.span)
    for index in items.indices { take(items[index].cycle.dueAt) }
    for index in categories.indices { take(categories[index].cycle.dueAt) }
    return due
  }

  /// Whether anything of the category was bought, as far as it is remembered.
  func hasBought(_ category: CategoryID) -> Bool { categories.contains { $0.category == category } }

  func item(_ sku: SKU) -> Item? { items.first { $0.sku == sku } }

  func category(_ id: CategoryID) -> Category? { categories.first { $0.category == id } }

  /// Changes all cycles; the categories' know the item that was bought last.
  mutating func changeCycles(_ body: (inout PurchaseCycle, SKU, CategoryID, _ isOfItem: Bool) -> Void) {
    for index in items.indices { body(&items[index].cycle, items[index].sku, items[index].category, true) }
    for index in categories.indices {
      body(&categories[index].cycle, categories[index].sku, categories[index].category, false)
    }
  }

  /// Counts what an order bought.
  mutating func add(_ line: OrderLine, on day: LocalDay, order: OrderID, capacity: Int) {
    since = since.map { min($0, day) } ?? day
    let tag = Self.tag(of: order)
    if let index = items.span.firstIndex(where: { $0.sku == line.sku }) {
      items[index].cycle.add(day, order: tag)
      items[index].name = line.name ?? items[index].name
      items[index].category = line.category
    } else {
      let cycle = PurchaseCycle(first: day, order: tag)
      items.append(Item(sku: line.sku, name: line.name, category: line.category, cycle: cycle))
      while items.count > capacity { items.remove(at: Self.leastUseful(items.map(\.cycle))) }
    }
    if let index = categories.span.firstIndex(where: { $0.category == line.category }) {
      if day >= categories[index].cycle.last { categories[index].sku = line.sku }
      categories[index].cycle.add(day, order: tag)
    } else {
      let cycle = PurchaseCycle(first: day, order: tag)
      categories.append(Category(category: line.category, sku: line.sku, cycle: cycle))
      while categories.count > capacity { categories.remove(at: Self.leastUseful(categories.map(\.cycle))) }
    }
  }

  /// Takes out what a cancelled order bought, as far as it is known.
  mutating func remove(_ order: OrderID) {
    let tag = Self.tag(of: order)
    items = items.compactMap { $0.cycle.lastOrder == tag ? Self.without(tag, $0, \.cycle) : $0 }
    categories = categories.compactMap { $0.cycle.lastOrder == tag ? Self.without(tag, $0, \.cycle) : $0 }
  }

  private static func without<Part>(
    _ tag: PurchaseCycle.OrderTag, _ part: Part, _ cycle: WritableKeyPath<Part, PurchaseCycle>
  ) -> Part? {
    var part = part
    return part[keyPath: cycle].remove(tag) ? part : nil
  }

  private static func tag(of order: OrderID) -> PurchaseCycle.OrderTag {
    var hash = StableHash()
    hash.combine(field: order)
    return PurchaseCycle.OrderTag(truncatingIfNeeded: hash.digest64())
  }

  private static func leastUseful(_ cycles: [PurchaseCycle]) -> Int {
    let isAmongOnce = cycles.count { $0.gaps == 0 } * 2 > cycles.count
    return cycles.indices.lazy.filter { !isAmongOnce || cycles[$0].gaps == 0 }.min { cycles[$0].last < cycles[$1].last }
      ?? 0
  }

  mutating func forget() {
    since = nil
    items.removeAll(keepingCapacity: true)
    categories.removeAll(keepingCapacity: true)
  }

  mutating func read(_ reader: inout FacetReader, version: UInt8) throws(FacetError) {
    since = try reader.optionalDay()
    try reader.list(into: &items) { reader throws(FacetError) in
      let sku = try reader.identifier(Named.SKU.self)
      let name = try reader.text()
      let category = try reader.identifier(Named.Category.self)
      let cycle = try PurchaseCycle(from: &reader)
      return Item(sku: sku, name: name.isEmpty ? nil : name, category: category, cycle: cycle)
    }
    try reader.requireDistinct(items.span) { $0.sku }
    try reader.list(into: &categories) { reader throws(FacetError) in
      let category = try reader.identifier(Named.Category.self)
      let sku = try reader.identifier(Named.SKU.self)
      return Category(category: category, sku: sku, cycle: try PurchaseCycle(from: &reader))
    }
    try reader.requireDistinct(categories.span) { $0.category }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(since)
    writer.put(list: items) { item, writer in
      writer.put(item.sku)
      writer.put(text: item.name ?? "")
      writer.put(item.category)
      item.cycle.encode(into: &writer)
    }
    writer.put(list: categories) { category, writer in
      writer.put(category.category)
      writer.put(category.sku)
      category.cycle.encode(into: &writer)
    }
  }
}
