import Testing

@testable import Retention

@Suite("Logistics: returned parcels") struct LogisticsReturnTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  @Test func aParcelOnItsWayBackIsToldAndNothingThatComesLater() throws {
    var shop = try Shop()
    try shop.take(.scan(.exception, .returned), at: noon)
    for (hours, status) in [(30, ShipmentStatus.inTransit), (40, .outForDelivery), (50, .delivered)] {
      try shop.take(.scan(status), at: noon + .hours(Int64(hours)))
    }
    try shop.advance(to: noon + .days(30))
    #expect(shop.notifications.map(\.template) == [.shipmentExceptionReturned])
    #expect(try shop.order("o-1")?.deliveredAt == nil)
  }

  @Test func aDeliveryAfterItsReturnWasToTheShopAlsoWhenItIsSeenFirst() throws {
    var shop = try Shop()
    try shop.take(.scan(.delivered), at: noon)
    try shop.take(.scan(.exception, .returned), at: noon - .hours(20), seen: noon + .hours(1))
    try shop.advance(to: noon + .days(30))
    #expect(shop.kinds == [.shipmentDelivered])
    #expect(try shop.order("o-1")?.deliveredAt == nil)
  }

  @Test func anOrderIsDeliveredWithTheLastOfTheParcelsThatStayed() throws {
    var shop = try Shop()
    try shop.take(.scan(.delivered, of: "p-1"), at: noon)
    try shop.take(.scan(.inTransit, of: "p-2"), at: noon)
    #expect(try shop.order("o-1")?.deliveredAt == nil)
    try shop.take(.scan(.exception, .returned, of: "p-2"), at: noon + .hours(1))
    #expect(try shop.order("o-1")?.deliveredAt == noon)
  }

  @Test func anOrderOfWhichEverythingWentBackHasNoFollowUps() throws {
    var shop = try Shop()
    try shop.take(.scan(.exception, .returned), at: noon)
    try shop.advance(to: noon + .days(30))
    #expect(shop.kinds == [.shipmentException])
  }

  /// Version 1 of the facet: order o-1 with the parcel p-1 in transit since noon, and nothing due, whatever the first bytes say.
  private func stateOfBefore(due: Instant?) -> [UInt8] {
    var writer = FacetWriter()
    writer.put(byte: 1)
    writer.put(due)
    writer.put(UInt64(1))
    let order: OrderID = id("o-1")
    let shipment: ShipmentID = id("p-1")
    writer.put(order)
    writer.put(noon)
    writer.put(Int64(10_000))
    writer.put(Int64(0))
    writer.put(byte: 0)
    writer.put(Instant?.none)
    writer.put(Instant?.none)
    writer.put(UInt64(1))
    writer.put(shipment)
    writer.put(byte: 3)
    writer.put(Optional(noon))
    writer.put(byte: 0)
    for _ in 0..<5 { writer.put(Instant?.none) }
    return writer.bytes
  }

  @Test func aStateOfBeforeIsReadUnlessItsFirstBytesContradictIt() throws {
    let book = try OrderBook.decode(stateOfBefore(due: nil))
    #expect(book.order(id("o-1"))?.parcels.first?.rank == 3)
    #expect(book.nextDue == nil)
    #expect(try OrderBook.decode(book.encoded()) == book)
    #expect(throws: FacetError.self) { try OrderBook.decode(stateOfBefore(due: noon)) }
  }
}
