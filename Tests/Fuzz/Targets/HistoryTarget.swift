@testable import Retention

/// A history of two customers: the bytes are events and waits, one after the other. Beside what `StoredCustomer` checks
/// after every step, an event delivered again changes nothing, and no two outputs share an identity.
struct HistoryTarget: FuzzTarget {
  static let name = "history"

  func run(_ bytes: [UInt8]) {
    var input = Input(bytes)
    // Few orders meet each other often; many go beyond what is kept, where an order can be begun a second time.
    let orderCount = input.byte() & 1 == 0 ? 6 : 256
    var shop = FuzzedShop(orderCount: orderCount)
    while !input.isAtEnd { shop.step(&input) }
    shop.finish()
  }
}

/// Two customers and a clock.
private struct FuzzedShop {
  private var customers = [
    StoredCustomer(id("c-1"), Present.program, now: Present.instant),
    StoredCustomer(id("c-2"), Present.program, now: Present.instant),
  ]
  private var now = Present.instant
  private var taken: [(event: Event, customer: Int, at: Instant)] = []
  private let orderCount: Int

  init(orderCount: Int) { self.orderCount = orderCount }

  mutating func step(_ input: inout Input) {
    let action = input.byte()
    let customer = Int(action >> 7)
    switch action & 0x0f {
    case 0: wait(&input) { $0.advance(to: $1) }
    case 1: wait(&input) { $0.sleep(until: $1) }
    case 2: repeatEvent(&input)
    case 3...6: take(paid(&input), customer, &input)
    case 7, 8: take(.refunded(order(&input), max(1, input.amount(atMost: 100_000_000_000))), customer, &input)
    case 9: take(.cancelled(order(&input)), customer, &input)
    case 10: take(move(&input), customer, &input)
    case 11, 12: take(view(&input), customer, &input)
    default: take(scan(&input), customer, &input)
    }
  }

  mutating func finish() {
    for index in customers.indices { customers[index].advance(to: now + .days(800)) }
    guard orderCount < OrderBook.orderCapacity else { return }
    let published = customers.flatMap(\.published)
    require(Set(published).count == published.count, "two outputs share an identity")
  }

  private mutating func wait(_ input: inout Input, _ pass: (inout StoredCustomer, Instant) -> Void) {
    now = now + TimeSpan(milliseconds: input.milliseconds())
    for index in customers.indices { pass(&customers[index], now) }
  }

  private mutating func take(_ payload: Event.Payload, _ customer: Int, _ input: inout Input) {
    let late = TimeSpan(milliseconds: input.milliseconds())
    let event = Event(
      id: id("e-\(taken.count)"), time: now - late, customer: customers[customer].id, payload: payload)
    taken.append((event, customer, now))
    customers[customer].take(event, origin: origin(of: event))
  }

  private mutating func repeatEvent(_ input: inout Input) {
    guard !taken.isEmpty else { return }
    let (event, customer, at) = input.choice(taken)
    // Views have a shorter memory of their own.
    let capacity = event.type == .browseViewed ? Browsing.eventCapacity : SeenEvents.capacity
    guard now - at < .days(30), taken.count <= capacity else { return }
    let before = customers[customer]
    customers[customer].take(event, origin: origin(of: event))
    require(customers[customer].observations == [.duplicateEvent], "\(event.id) delivered again is not recognised")
    // Events taken too long ago are forgotten at any occasion, so what is remembered of events may change.
    let changed = FacetKind.allCases.filter { $0 != .seen && customers[customer].stored[$0] != before.stored[$0] }
    require(changed.isEmpty, "\(event.id) delivered again changes \(changed)")
    require(customers[customer].published == before.published, "\(event.id) delivered again is told again")
  }

  private func origin(of event: Event) -> Cause.Origin { Cause.Origin(topic: "orders", partition: 0, offset: 0) }

  private func order(_ input: inout Input) -> String { "o-\(Int(input.byte()) % orderCount)" }

  private func paid(_ input: inout Input) -> Event.Payload {
    let order = order(&input)
    let shape = input.byte()
    let currency = ["CNY", "JPY", "KWD", "EUR"][Int(shape & 3)]
    let lines = (0..<(shape >> 2 & 3)).map { _ in
      let article = input.byte()
      return OrderLine(
        sku: id("s-\(article & 3)"), category: id("k-\(article >> 2 & 1)"), quantity: Int64(input.byte()) + 1,
        unitPrice: input.amount(atMost: 1_000_000_000), discount: Int64(article >> 7))
    }
    // A total beyond this earns more than is granted under the default rules; the decoder refuses it.
    let total = input.amount(atMost: 100_000_000_000)
    return .paid(
      order, total: total, currency: currency, lines: lines,
      redeeming: shape & 0x80 == 0 ? 0 : input.amount(atMost: 1_000_000_000_000))
  }

  private func move(_ input: inout Input) -> Event.Payload {
    let zone = input.choice(["America/Los_Angeles", "Asia/Shanghai", "Australia/Lord_Howe", "Pacific/Apia"])
    return .told { $0.timeZone = zone }
  }

  private func view(_ input: inout Input) -> Event.Payload {
    let article = input.byte()
    return .browseViewed(View(sku: id("s-\(article & 15)"), category: id("k-\(article >> 4 & 3)")))
  }

  private func scan(_ input: inout Input) -> Event.Payload {
    let order = order(&input)
    let status = input.choice(ShipmentStatus.allCases)
    let shape = input.byte()
    let substatus = ShipmentSubstatus.allCases.dropFirst(Int(shape & 0x0f)).first
    let eta = shape & 0x80 == 0 ? nil : now + TimeSpan(milliseconds: input.milliseconds())
    return .scan(status, substatus, of: "p-\(shape >> 4 & 3)", order: order, eta: eta)
  }
}
