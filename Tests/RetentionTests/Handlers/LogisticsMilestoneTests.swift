import Testing

@testable import Retention

@Suite("Logistics: milestones") struct LogisticsMilestoneTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  @Test func aMilestoneIsToldOnce() throws {
    var shop = try Shop()
    for (hour, status) in [ShipmentStatus.outForDelivery, .availableForPickup, .delivered].enumerated() {
      for scan in 0..<3 { try shop.take(.scan(status), at: noon + .hours(Int64(hour)) + .minutes(Int64(scan))) }
    }
    #expect(shop.kinds == [.shipmentOutForDelivery, .shipmentAvailableForPickup, .shipmentDelivered])
  }

  @Test func theSameMilestoneAtTheSameInstantByAnotherEventIsToldOnce() throws {
    var shop = try Shop()
    try shop.take(.scan(.outForDelivery), at: noon)
    try shop.take(.scan(.outForDelivery), at: noon)
    #expect(shop.kinds == [.shipmentOutForDelivery])
  }

  @Test func differentMilestonesAtTheSameInstantAreBothToldWhenTheyMoveForward() throws {
    var forward = try Shop()
    try forward.take(.scan(.outForDelivery), at: noon)
    try forward.take(.scan(.delivered), at: noon)
    #expect(forward.kinds == [.shipmentOutForDelivery, .shipmentDelivered])
    var backward = try Shop()
    try backward.take(.scan(.delivered), at: noon)
    try backward.take(.scan(.outForDelivery), at: noon)
    #expect(backward.kinds == [.shipmentDelivered])
  }

  @Test func sortedAndInTransitAreOffByDefault() throws {
    var shop = try Shop()
    let scans: [Event.Payload] = [
      .scan(.pending), .scan(.infoReceived), .scan(.inTransit, .pickedUp), .scan(.inTransit, .sorted),
      .scan(.inTransit), .scan(.inTransit, .departed), .scan(.inTransit, .arrived), .scan(.expired),
    ]
    for (minute, scan) in scans.enumerated() { try shop.take(scan, at: noon + .minutes(Int64(minute))) }
    #expect(shop.kinds == [.shipmentPickedUp])
  }

  @Test func theRulesDecideWhichMilestonesAreTold() throws {
    var shop = try Shop { $0.logistics.milestones = [.sorted, .inTransit] }
    let scans: [Event.Payload] = [
      .scan(.inTransit, .pickedUp), .scan(.inTransit, .departed), .scan(.inTransit, .sorted), .scan(.delivered),
    ]
    for (minute, scan) in scans.enumerated() { try shop.take(scan, at: noon + .minutes(Int64(minute))) }
    #expect(shop.kinds == [.shipmentInTransit, .shipmentSorted])
  }

  @Test(arguments: [ShipmentStatus.infoReceived, .inTransit])
  func aParcelIsPickedUpUnderEitherStatus(_ status: ShipmentStatus) throws {
    var shop = try Shop()
    try shop.take(.scan(status, .pickedUp), at: noon)
    #expect(shop.kinds == [.shipmentPickedUp])
  }

  @Test func aLateOlderMilestoneIsRememberedAndNotTold() throws {
    var shop = try Shop()
    try shop.take(.scan(.delivered), at: noon)
    try shop.take(.scan(.inTransit, .pickedUp), at: noon - .days(2))
    try shop.take(.scan(.outForDelivery), at: noon - .hours(3))
    #expect(shop.kinds == [.shipmentDelivered])
    let parcel = try #require(shop.order("o-1")?.parcels.first)
    #expect(parcel.passed == [Milestones(.pickedUp), Milestones(.outForDelivery), Milestones(.delivered)])
  }

  @Test func aLaterScanOfALowerRankIsNotTold() throws {
    var shop = try Shop()
    try shop.take(.scan(.availableForPickup), at: noon)
    try shop.take(.scan(.outForDelivery), at: noon + .hours(1))
    #expect(shop.kinds == [.shipmentAvailableForPickup])
  }

  @Test func aHigherRankIsToldAlsoWhenItsTimeIsEarlier() throws {
    var shop = try Shop()
    // (6, 11:59) is ahead of (4, 12:00): a courier's clock may be slow, a delivered parcel is delivered.
    try shop.take(.scan(.outForDelivery), at: noon)
    try shop.take(.scan(.delivered), at: noon - .minutes(1))
    #expect(shop.kinds == [.shipmentOutForDelivery, .shipmentDelivered])
  }

  @Test func ofTheSameRankAnOlderOneIsLateAndStaysUntold() throws {
    var shop = try Shop { $0.logistics.milestones = [.sorted, .inTransit] }
    // Sorting and moving on share a rank: (3, 11:00) is behind (3, 12:00), and (3, 13:00) has passed already.
    try shop.take(.scan(.inTransit, .sorted), at: noon)
    try shop.take(.scan(.inTransit, .departed), at: noon - .hours(1))
    try shop.take(.scan(.inTransit, .departed), at: noon + .hours(1))
    #expect(shop.kinds == [.shipmentSorted])
  }

  @Test func ofTheSameRankOneOfTheSameInstantIsNotLate() throws {
    var shop = try Shop { $0.logistics.milestones = [.sorted, .inTransit] }
    try shop.take(.scan(.inTransit, .sorted), at: noon)
    try shop.take(.scan(.inTransit, .departed), at: noon)
    #expect(shop.kinds == [.shipmentSorted, .shipmentInTransit])
  }

  @Test func everyParcelOfAnOrderIsToldByItself() throws {
    var shop = try Shop()
    try shop.take(.scan(.delivered, of: "p-1"), at: noon)
    try shop.take(.scan(.outForDelivery, of: "p-2"), at: noon)
    try shop.take(.scan(.delivered, of: "p-2"), at: noon + .hours(1))
    #expect(shop.kinds == [.shipmentDelivered, .shipmentOutForDelivery, .shipmentDelivered])
    #expect(Set(shop.notifications.map(\.id)).count == 3)
  }

  @Test func everyOrderOfTheSameShipmentNumberIsToldByItself() throws {
    var shop = try Shop()
    try shop.take(.scan(.delivered, order: "o-1"), at: noon)
    try shop.take(.scan(.delivered, order: "o-2"), at: noon)
    #expect(shop.kinds == [.shipmentDelivered, .shipmentDelivered])
  }

  @Test func theNoticeCarriesTheParcelAndTheEvidence() throws {
    var shop = try Shop()
    try shop.take(.scan(.outForDelivery, .arrived, eta: noon + .hours(2)), at: noon)
    let notice = try #require(shop.notifications.first)
    #expect(notice.body == "orderId=o-1 shipmentId=p-1 carrier=SF")
    #expect(
      notice.reason.map(\.name) == [
        "orderId", "shipmentId", "carrier", "status", "substatus", "trackingNumber", "location", "carrierReason",
        "estimatedDelivery",
      ])
    #expect(
      notice.reason.map(\.value) == [
        .text("o-1"), .text("p-1"), .text("SF"), .text("out_for_delivery"), .text("arrived"), .text("SF1"),
        .text("Shanghai"), .text("snow"), .instant(noon + .hours(2)),
      ])
  }

  @Test func theSameEventAgainChangesNothing() throws {
    var shop = try Shop()
    try shop.take(.scan(.outForDelivery), at: noon, id: "e-scan")
    let before = shop.stored
    try shop.take(.scan(.outForDelivery), at: noon, id: "e-scan")
    #expect(shop.kinds == [.shipmentOutForDelivery])
    #expect(shop.stored == before)
    #expect(shop.observations == [.duplicateEvent])
  }
}
