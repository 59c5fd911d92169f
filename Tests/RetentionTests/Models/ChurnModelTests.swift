import Testing

@testable import Retention

@Suite("The model of churn") struct ChurnModelTests {
  /// A rhythm of up to twelve purchases, days to a year apart.
  private func rhythm(_ random: inout SeededRandom) -> Rhythm {
    var rhythm = Rhythm()
    var day = LocalDay(10_000)
    let usual = Int64.random(in: 1...200, using: &random)
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      _ = rhythm.add(orderOn: day)
      day = day + Int64.random(in: 1...(2 * usual), using: &random)
    }
    return rhythm
  }

  @Test func theFirstSuspiciousDayIsTheOneThatTryingAllDaysFinds() throws {
    var random = SeededRandom(seed: 11)
    var bare = ChurnModel.standard
    bare.layer = nil
    var found = 0
    for number in 0..<300 {
      let model = number.isMultiple(of: 2) ? ChurnModel.standard : bare
      let rhythm = rhythm(&random)
      let last = try #require(rhythm.last)
      // Nobody is as good as sure to be gone as that.
      let warnAt = number.isMultiple(of: 10) ? 1 : Double.random(in: 0.05...0.999, using: &random)
      let earliest = last + Int64.random(in: 1...90, using: &random)
      let patience = Int64(model.gaps.quantile(0.5, gaps: Double(rhythm.gaps), logSum: rhythm.logGaps))
      let first = max(earliest.number, last.number + patience + 1)
      var days = (first...max(first, last.number + 3_650)).lazy.map { LocalDay($0) }.makeIterator()
      var expected: LocalDay?
      while expected == nil, let day = days.next() {
        if 1 - (model.pPurchase(rhythm, on: day, within: 30) ?? 1) >= warnAt { expected = day }
      }
      let day = model.firstSuspicion(rhythm, from: earliest, warnAt: warnAt, horizon: 30, idleBeyond: 0.5)
      #expect(day == expected, "history \(number) at \(warnAt)")
      if expected != nil { found += 1 }
    }
    #expect(found > 100 && found < 300)
  }
}
