import Testing

@testable import Retention

@Suite("Zones of customers") struct ZonesTests {
  @Test func aCustomerWithoutAZoneOrWithOneThatNobodyKnowsHasTheStandardOne() throws {
    let zones = Zones(standard: try #require(LocalTime(identifier: "Asia/Shanghai")))
    #expect(zones.zone(nil).identifier == "Asia/Shanghai")
    #expect(zones.zone("Asia/Beijing").identifier == "Asia/Shanghai")
    for _ in 0..<2 { #expect(zones.zone("Europe/Berlin").identifier == "Europe/Berlin") }
  }
}
