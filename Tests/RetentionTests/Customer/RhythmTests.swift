import Foundation
import Testing

@testable import Retention

@Suite("The rhythm of purchases") struct RhythmTests {
  private func rhythm(_ days: [Int64]) -> Rhythm {
    var rhythm = Rhythm()
    for day in days { rhythm.add(orderOn: LocalDay(day)) }
    return rhythm
  }

  @Test func twoOrdersOnOneDayAreOnePurchaseDay() {
    let rhythm = rhythm([100, 100, 110])
    #expect(rhythm.gaps == 1 && rhythm.lastGap == 10 && isClose(rhythm.logGaps, log(10), 1e-14))
    #expect(rhythm.history(on: LocalDay(130)) == PurchaseModel.History(x: 1, last: 10, now: 30))
  }

  @Test func theOrderInWhichOrdersComeMakesNoDifference() {
    var random = SeededRandom(seed: 1)
    let days: [Int64] = [3, 7, 20, 21, 50, 77, 90, 91]
    let sorted = rhythm(days)
    for _ in 0..<200 {
      let shuffled = rhythm(days.shuffled(using: &random))
      #expect(shuffled.recent == sorted.recent && shuffled.first == sorted.first)
      #expect(abs(shuffled.logGaps - sorted.logGaps) < 1e-12)
    }
  }

  @Test func daysBeforeTheKnownOnesAreKnownInSum() {
    let days = (0..<20).map { Int64($0 * $0) }
    let rhythm = rhythm(days)
    #expect(rhythm.recent.count == Rhythm.recentCapacity && rhythm.olderDays == 12 && rhythm.gaps == 19)
    #expect(rhythm.first == LocalDay(0) && rhythm.last == LocalDay(361))
    let logs = zip(days, days.dropFirst()).reduce(0) { $0 + log(Double($1.1 - $1.0)) }
    #expect(isClose(rhythm.logGaps, logs, 1e-12))
  }

  @Test func anOrderFromBeforeTheKnownDaysChangesNothing() {
    var rhythm = rhythm((1...20).map { $0 * 10 })
    let before = rhythm
    let isTaken = rhythm.add(orderOn: LocalDay(35))
    #expect(!isTaken && rhythm == before)
  }

  @Test func anOrderThatComesFirstOfAllAsTheNinthIsTheFirst() {
    var rhythm = rhythm((2...9).map { $0 * 10 })
    rhythm.add(orderOn: LocalDay(10))
    #expect(rhythm.first == LocalDay(10) && rhythm.gaps == 8 && rhythm.recent.first?.day == LocalDay(20))
  }

  @Test func aCancelledDayIsTakenOutAndItsGapsWithIt() {
    var rhythm = rhythm([100, 110, 140])
    rhythm.remove(orderOn: LocalDay(110))
    #expect(rhythm.gaps == 1 && isClose(rhythm.logGaps, log(40), 1e-12))
    rhythm.remove(orderOn: LocalDay(100))
    #expect(rhythm.gaps == 0 && rhythm.logGaps == 0 && rhythm.first == LocalDay(140))
    rhythm.remove(orderOn: LocalDay(140))
    #expect(rhythm == Rhythm())
  }

  @Test func aDayWithAnotherOrderStays() {
    var rhythm = rhythm([100, 110, 110])
    rhythm.remove(orderOn: LocalDay(110))
    #expect(rhythm.last == LocalDay(110))
    rhythm.remove(orderOn: LocalDay(110))
    rhythm.remove(orderOn: LocalDay(110))
    #expect(rhythm.last == LocalDay(100) && rhythm.gaps == 0)
  }

  @Test func theFirstOfTheKnownDaysStaysWhenTheOneBeforeItIsNotKnown() {
    var rhythm = rhythm((1...12).map { $0 * 10 })
    let gaps = rhythm.gaps
    rhythm.remove(orderOn: LocalDay(50))
    #expect(rhythm.gaps == gaps && rhythm.recent.first?.day == LocalDay(50))
  }

  @Test func onlyTheLastThreeOrdersAreWatched() {
    var rhythm = Rhythm()
    for name in ["o-1", "o-2", "o-3", "o-4"] {
      rhythm.note(PaidOrder(order: id(name), currency: Currency.yuan, total: 1, lines: []))
    }
    rhythm.noteTrouble(of: id("o-1"))
    #expect(!rhythm.watched.contains { $0.hasTrouble })
    rhythm.noteTrouble(of: id("o-3"))
    #expect(rhythm.watched.map(\.hasTrouble) == [false, true, false])
  }

  @Test func whatWasWrittenIsReadAgain() throws {
    var rhythm = rhythm((1...12).map { $0 * 10 })
    rhythm.note(
      PaidOrder(
        order: id("o-1"), currency: Currency.yuan, total: 1,
        lines: [OrderLine(sku: id("s"), category: id("c"), quantity: 3, unitPrice: 10, discount: 1)], couponUsed: true))
    rhythm.noteTrouble(of: id("o-1"))
    rhythm.judgeAt = at("2026-11-22T00:00:00Z")
    rhythm.offerAt = at("2026-11-21T00:00:00Z")
    rhythm.warnedSince = LocalDay(-4)
    rhythm.offeredSince = LocalDay(5)
    #expect(try Rhythm.decode(rhythm.encoded()) == rhythm)
    #expect(rhythm.nextDue == at("2026-11-21T00:00:00Z"))
  }
}

extension Currency {
  static var yuan: Currency {
    guard let currency = Currency(code: "CNY") else { preconditionFailure("CNY is no currency") }
    return currency
  }
}
