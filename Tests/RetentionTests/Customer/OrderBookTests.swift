import Testing

@testable import Retention

@Suite("The order book's bounds") struct OrderBookTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  private func touch(_ book: inout OrderBook, _ order: String, at time: Instant, surveyAt: Instant? = nil) {
    book.change(id(order), newsAt: time) { $0.surveyAt = surveyAt }
  }

  private func names(_ book: OrderBook) -> Set<String> { Set(book.orders.map(\.order.description)) }

  @Test func ofTooManyTheOrderQuietLongestLeaves() {
    var book = OrderBook()
    for number in 0..<OrderBook.orderCapacity { touch(&book, "o-\(number)", at: noon + .minutes(Int64(number))) }
    // There was news of o-0 since, so o-1 is the quietest.
    touch(&book, "o-0", at: noon + .hours(2))
    touch(&book, "new", at: noon + .hours(3))
    #expect(book.orders.count == OrderBook.orderCapacity)
    #expect(names(book).isSuperset(of: ["o-0", "o-2", "new"]))
    #expect(!names(book).contains("o-1"))
  }

  @Test func tooManyOrdersWithNothingDueLeaveTogether() {
    var book = OrderBook()
    touch(&book, "due", at: noon - .days(1), surveyAt: noon + .days(7))
    for number in 0..<OrderBook.quietCapacity { touch(&book, "o-\(number)", at: noon - .minutes(Int64(number))) }
    #expect(book.takeQuiet().isEmpty)
    touch(&book, "one more", at: noon)
    #expect(book.takeQuiet().map(\.order.description).suffix(2) == ["o-0", "one more"])
    #expect(names(book) == ["due"])
  }

  @Test func ordersWithNothingDueLeaveBeforeTheOthers() {
    var book = OrderBook()
    for number in 0..<OrderBook.orderCapacity {
      touch(&book, "o-\(number)", at: noon + .minutes(Int64(number)), surveyAt: number == 5 ? nil : noon + .days(7))
    }
    #expect(book.takeQuiet().map(\.order) == [id("o-5")])
    #expect(book.takeQuiet().isEmpty)
    touch(&book, "new", at: noon + .hours(3), surveyAt: noon + .days(7))
    #expect(names(book).isSuperset(of: ["o-0", "new"]))
    touch(&book, "newest", at: noon + .hours(5), surveyAt: noon + .days(7))
    #expect(!names(book).contains("o-0"))
  }

  @Test func lateNewsDoNotMakeAnOrderOlder() {
    var book = OrderBook()
    touch(&book, "o-1", at: noon)
    touch(&book, "o-1", at: noon - .days(3))
    #expect(book.order(id("o-1"))?.newsAt == noon)
  }

  @Test func ofTooManyParcelsTheFirstKnownLeaves() {
    var order = TrackedOrder(order: id("o-1"), newsAt: noon)
    for number in 0...OrderBook.parcelCapacity { order.change(id("p-\(number)")) { $0.attemptToldAt = noon } }
    #expect(order.parcels.count == OrderBook.parcelCapacity)
    #expect(order.parcels.first?.shipment == id("p-1"))
    #expect(order.parcels.last?.shipment == id("p-\(OrderBook.parcelCapacity)"))
  }

  @Test func anOrderIsVoidWhenItIsCancelledOrRefundedInFull() {
    var order = TrackedOrder(order: id("o-1"), newsAt: noon)
    order.refunded = 10
    #expect(!order.isVoid, "what was paid is not known")
    order.total = 11
    #expect(!order.isVoid)
    order.refunded = 11
    #expect(order.isVoid)
    order.total = 0
    #expect(!order.isVoid, "an order of nothing is not refunded by nothing")
    order.isCancelled = true
    #expect(order.isVoid)
  }

  @Test func anOrderThatHoldsAParcelTwiceIsRefused() {
    // The reminder of the second would never be found and done.
    var parcel = FacetWriter()
    Parcel(shipment: id("p-1")).encode(into: &parcel)
    var order = FacetWriter()
    TrackedOrder(order: id("o-1"), newsAt: noon).encode(into: &order)
    // The count of parcels stands last.
    func book(_ parcels: Int) -> [UInt8] {
      var writer = FacetWriter()
      writer.put(byte: OrderBook.version)
      writer.put(nil as Instant?)
      writer.put(1 as UInt64)
      return writer.bytes + order.bytes.dropLast() + [UInt8(parcels)] + (0..<parcels).flatMap { _ in parcel.bytes }
    }
    #expect(throws: Never.self) { try OrderBook.decode(book(1)) }
    #expect(throws: FacetError.self) { try OrderBook.decode(book(2)) }
  }

  @Test func aBookThatHoldsAnOrderTwiceIsRefused() {
    var order = FacetWriter()
    TrackedOrder(order: id("o-1"), newsAt: noon).encode(into: &order)
    var writer = FacetWriter()
    writer.put(byte: OrderBook.version)
    writer.put(nil as Instant?)
    writer.put(2 as UInt64)
    #expect(throws: FacetError.self) { try OrderBook.decode(writer.bytes + order.bytes + order.bytes) }
  }
}
