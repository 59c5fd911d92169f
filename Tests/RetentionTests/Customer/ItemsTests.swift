import Foundation
import Testing

@testable import Retention

@Suite("What is bought again and again") struct ItemsTests {
  private func line(_ sku: String, _ category: String = "cat-food", name: String? = nil) -> OrderLine {
    OrderLine(sku: id(sku), name: name, category: id(category), quantity: 1, unitPrice: 100)
  }

  private func items(_ purchases: [(sku: String, day: Int64)], capacity: Int = 64) -> Items {
    var items = Items()
    for (number, purchase) in purchases.enumerated() {
      items.add(line(purchase.sku), on: LocalDay(purchase.day), order: id("o-\(number)"), capacity: capacity)
    }
    return items
  }

  @Test func gapsAreCountedBetweenDays() throws {
    let cycle = try #require(items([("a", 10), ("a", 10), ("a", 17), ("a", 31)]).item(id("a"))?.cycle)
    #expect(cycle.gaps == 2 && cycle.days == 21 && cycle.purchases == 3 && cycle.lastGap == 14)
    #expect(isClose(cycle.logGaps, log(7) + log(14), 1e-14))
  }

  @Test func aPurchaseThatComesLateSplitsTheLastGapOnly() throws {
    var cycle = try #require(items([("a", 10), ("a", 20), ("a", 50)]).item(id("a"))?.cycle)
    cycle.add(LocalDay(30), order: 99)
    #expect(cycle.gaps == 3 && cycle.days == 40 && cycle.lastGap == 20)
    #expect(isClose(cycle.logGaps, log(10) + log(10) + log(20), 1e-12))
    let before = cycle
    cycle.add(LocalDay(15), order: 98)
    cycle.add(LocalDay(30), order: 97)
    #expect(cycle == before)
  }

  @Test func theSecondPurchaseMayComeBeforeTheFirst() throws {
    let cycle = try #require(items([("a", 20), ("a", 10)]).item(id("a"))?.cycle)
    #expect(cycle.gaps == 1 && cycle.last == LocalDay(20) && cycle.lastGap == 10)
  }

  @Test func aCancelledOrderIsTakenOutOfWhatItBought() throws {
    var items = items([("a", 10), ("a", 20), ("a", 50), ("b", 60)])
    items.remove(id("o-2"))
    let cycle = try #require(items.item(id("a"))?.cycle)
    #expect(cycle.gaps == 1 && cycle.days == 10 && cycle.last == LocalDay(20))
    #expect(isClose(cycle.logGaps, log(10), 1e-12))
    items.remove(id("o-3"))
    #expect(items.item(id("b")) == nil)
    #expect(items.category(id("cat-food"))?.cycle.last == LocalDay(50))
  }

  @Test func anOrderBesideAnotherOnTheSameDayCannotBeTakenOut() throws {
    var items = items([("a", 10), ("a", 20), ("a", 20)])
    items.remove(id("o-1"))
    items.remove(id("o-2"))
    #expect(items.item(id("a"))?.cycle.last == LocalDay(20))
  }

  @Test func whatIsTriedOnceLeavesBeforeWhatIsBoughtAgain() {
    var purchases: [(String, Int64)] = [("regular", 1), ("regular", 2)]
    for number in 0..<20 { purchases.append(("once-\(number)", Int64(10 + number))) }
    let items = items(purchases, capacity: 8)
    #expect(items.items.count == 8)
    #expect(items.item(id("regular")) != nil && items.item(id("once-12")) == nil && items.item(id("once-19")) != nil)
  }

  @Test func ofWhatIsMostlyBoughtAgainTheOldestLeaves() {
    var purchases: [(String, Int64)] = []
    for number in 0..<8 { purchases += [("r-\(number)", Int64(number)), ("r-\(number)", Int64(100 + number))] }
    let items = items(purchases + [("new", 200)], capacity: 8)
    #expect(items.item(id("r-0")) == nil && items.item(id("r-1")) != nil && items.item(id("new")) != nil)
  }

  @Test func theNameLastSeenIsKept() {
    var items = Items()
    items.add(line("a", name: "Old"), on: LocalDay(1), order: id("o-1"), capacity: 8)
    items.add(line("a", name: "New"), on: LocalDay(2), order: id("o-2"), capacity: 8)
    items.add(line("a"), on: LocalDay(3), order: id("o-3"), capacity: 8)
    #expect(items.item(id("a"))?.name == "New")
  }

  @Test func whatWasWrittenIsReadAgain() throws {
    var items = items([("a", 10), ("a", 20), ("b", 20), ("a", 50)])
    items.changeCycles { cycle, sku, _, isOfItem in
      if isOfItem { cycle.dueAt = at("2026-11-22T00:00:00Z") } else { cycle.remindedSince = cycle.last }
    }
    #expect(try Items.decode(items.encoded()) == items)
    #expect(items.nextDue == at("2026-11-22T00:00:00Z"))
  }
}
