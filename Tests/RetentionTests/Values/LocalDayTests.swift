import Testing

@testable import Retention

@Suite("Local days") struct LocalDayTests {
  @Test func aDateIsTheDayThatHasIt() {
    for number in stride(from: Int64(-800_000), to: 800_000, by: 1) {
      let (year, month, day) = LocalDay(number).civil
      guard LocalDay(year: year, month: month, day: day) == LocalDay(number) else {
        Issue.record("day \(number) is \(year)-\(month)-\(day), which is another day")
        return
      }
    }
    #expect(LocalDay(year: 1970, month: 1, day: 1) == LocalDay(0))
    #expect(LocalDay(year: 2026, month: 11, day: 22) == LocalDay(20_779))
  }

  @Test func aMonthBeginsAndEndsWithItsDays() {
    let february = LocalDay(year: 2028, month: 2, day: 10).month
    #expect(february.firstDay.civil == (2028, 2, 1))
    #expect(february.lastDay.civil == (2028, 2, 29))
    #expect((february + 12).lastDay.civil == (2029, 2, 28))
    #expect((february - 2).lastDay.civil == (2027, 12, 31))
    #expect((LocalDay(year: 2026, month: 12, day: 31).month + 1).firstDay.civil == (2027, 1, 1))
  }

  @Test func aYearLaterIsTheSameDateAndTheLeapDayIsThe28th() {
    #expect(LocalDay(year: 2027, month: 2, day: 28).aYearLater.civil == (2028, 2, 28))
    #expect(LocalDay(year: 2028, month: 2, day: 29).aYearLater.civil == (2029, 2, 28))
    #expect(LocalDay(year: 2028, month: 12, day: 31).aYearLater.civil == (2029, 12, 31))
  }
}
