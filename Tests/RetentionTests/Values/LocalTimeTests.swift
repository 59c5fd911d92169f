import Foundation
import Testing

@testable import Retention

@Suite("Local time") struct LocalTimeTests {
  /// Zones with and without daylight saving, of both hemispheres, with odd offsets, and with a history.
  private static let zones = [
    "Asia/Shanghai", "Asia/Urumqi", "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Africa/Casablanca", "America/Sao_Paulo",
    "Asia/Pyongyang",
    "Europe/Istanbul", "America/Recife", "America/Argentina/Tucuman",
  ]

  @Test(arguments: zones)
  func itAgreesWithTheSystemAtRandomInstants(_ identifier: String) throws {
    let zone = try #require(LocalTime(identifier: identifier))
    let system = try #require(TimeZone(identifier: identifier))
    var random = SeededRandom(seed: 7)
    for _ in 0..<2_000 {
      // 1990 until 2060.
      let instant = Instant(milliseconds: Int64.random(in: 631_152_000_000..<2_840_140_800_000, using: &random))
      #expect(zone.minutes(at: instant) == expected(instant, system))
    }
  }

  @Test(arguments: zones)
  func itAgreesWithTheSystemOnEveryDayOfFortyYears(_ identifier: String) throws {
    let zone = try #require(LocalTime(identifier: identifier))
    let system = try #require(TimeZone(identifier: identifier))
    for day in 0..<14_610 as Range<Int64> {
      let instant = Instant(milliseconds: 631_152_000_000) + .days(day)
      let minutes = zone.minutes(at: instant)
      guard minutes == expected(instant, system) else {
        Issue.record("\(identifier) differs at \(instant.rfc3339): \(minutes)")
        return
      }
    }
  }

  @Test func aDayEndsAtTheMillisecondOfItsMidnight() throws {
    let shanghai = try #require(LocalTime(identifier: "Asia/Shanghai"))
    let midnight = at("2026-12-08T00:00:00+08:00")
    #expect(shanghai.day(of: midnight - .millisecond).civil == (2026, 12, 7))
    #expect(shanghai.day(of: midnight).civil == (2026, 12, 8))
    #expect(shanghai.minuteOfDay(of: midnight - .millisecond) == 1_439)
    #expect(shanghai.minuteOfDay(of: midnight) == 0)
  }

  @Test func anOffsetChangesAtTheSecondAtWhichTheClocksAreSet() throws {
    // 2026-03-29T01:00Z: 01:59:59 in Berlin is followed by 03:00:00; 2026-10-25T01:00Z: 02:59:59 by 02:00:00.
    let berlin = try #require(LocalTime(identifier: "Europe/Berlin"))
    let spring = at("2026-03-29T01:00:00Z")
    #expect(berlin.minuteOfDay(of: spring - .millisecond) == 119)
    #expect(berlin.minuteOfDay(of: spring) == 180)
    let autumn = at("2026-10-25T01:00:00Z")
    #expect(berlin.minuteOfDay(of: autumn - .millisecond) == 179)
    #expect(berlin.minuteOfDay(of: autumn) == 120)
  }

  @Test func aDaySkippedAtTheDateLineDoesNotExist() throws {
    // Samoa went from 29 December 2011 to 31 December: UTC-10 to UTC+14 at 2011-12-30T10:00Z.
    let apia = try #require(LocalTime(identifier: "Pacific/Apia"))
    let change = at("2011-12-30T10:00:00Z")
    #expect(apia.day(of: change - .millisecond).civil == (2011, 12, 29))
    #expect(apia.day(of: change).civil == (2011, 12, 31))
  }

  @Test func daysBefore1970AreCountedDownwards() throws {
    let utc = try #require(LocalTime(identifier: "UTC"))
    #expect(utc.day(of: Instant(milliseconds: -1)) == LocalDay(-1))
    #expect(utc.day(of: Instant(milliseconds: -86_400_000)) == LocalDay(-1))
    #expect(utc.day(of: Instant(milliseconds: -86_400_001)) == LocalDay(-2))
    #expect(utc.minuteOfDay(of: Instant(milliseconds: -1)) == 1_439)
    #expect(LocalDay(-1).civil == (1969, 12, 31))
  }

  @Test func aCivilDateIsThatOfTheGregorianCalendar() {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    var random = SeededRandom(seed: 11)
    for _ in 0..<2_000 {
      let day = LocalDay(Int64.random(in: -100_000...1_000_000, using: &random))
      let date = Date(timeIntervalSince1970: TimeInterval(day.number * 86_400))
      // Foundation switches to the Julian calendar before October 1582, which is beyond the range above.
      let parts = calendar.dateComponents([.year, .month, .day], from: date)
      #expect(day.civil == (Int64(parts.year ?? 0), parts.month ?? 0, parts.day ?? 0))
    }
  }

  @Test func aSkippedTimeOfDayIsTheEndOfTheGapAndARepeatedOneTheFirst() throws {
    let berlin = try #require(LocalTime(identifier: "Europe/Berlin"))
    let spring = LocalDay(year: 2026, month: 3, day: 29)
    #expect(berlin.instant(of: spring, minute: 119) == at("2026-03-29T01:59:00+01:00"))
    for minute in 120...180 { #expect(berlin.instant(of: spring, minute: minute) == at("2026-03-29T03:00:00+02:00")) }
    #expect(berlin.instant(of: spring, minute: 181) == at("2026-03-29T03:01:00+02:00"))
    let autumn = LocalDay(year: 2026, month: 10, day: 25)
    #expect(berlin.instant(of: autumn, minute: 150) == at("2026-10-25T02:30:00+02:00"))
    #expect(berlin.instant(of: autumn, minute: 180) == at("2026-10-25T03:00:00+01:00"))
  }

  @Test func aDayBeginsBehindASkippedMidnightAndASkippedDayWithTheNext() throws {
    // São Paulo set its clocks from midnight to one o'clock; Samoa left out the 30th of December 2011.
    let saoPaulo = try #require(LocalTime(identifier: "America/Sao_Paulo"))
    #expect(saoPaulo.start(of: LocalDay(year: 2018, month: 11, day: 4)) == at("2018-11-04T01:00:00-02:00"))
    let apia = try #require(LocalTime(identifier: "Pacific/Apia"))
    #expect(apia.start(of: LocalDay(year: 2011, month: 12, day: 30)) == at("2011-12-31T00:00:00+14:00"))
    #expect(apia.start(of: LocalDay(year: 2011, month: 12, day: 31)) == at("2011-12-31T00:00:00+14:00"))
  }

  @Test(arguments: zones)
  func anInstantOfATimeOfDayIsTheFirstThatShowsItOrALaterOne(_ identifier: String) throws {
    let zone = try #require(LocalTime(identifier: identifier))
    var random = SeededRandom(seed: 11)
    for day in 7_400..<20_000 as Range<Int64> {
      let minute = Int.random(in: 0..<1_440, using: &random)
      let wanted = day * 1_440 + Int64(minute)
      let instant = zone.instant(of: LocalDay(day), minute: minute)
      guard zone.minutes(at: instant) >= wanted, zone.minutes(at: instant - .millisecond) < wanted else {
        Issue.record("\(identifier): \(instant.rfc3339) is not minute \(minute) of day \(day)")
        return
      }
    }
  }

  @Test func anUnknownZoneIsNone() {
    #expect(LocalTime(identifier: "Asia/Beijing") == nil)
    #expect(LocalTime(identifier: "") == nil)
  }

  /// Minutes since 1970-01-01 in local time, by Foundation.
  private func expected(_ instant: Instant, _ zone: TimeZone) -> Int64 {
    let date = Date(timeIntervalSince1970: TimeInterval(instant.milliseconds) / 1_000)
    let local = instant.milliseconds + Int64(zone.secondsFromGMT(for: date)) * 1_000
    return Int64((Double(local) / 60_000).rounded(.down))
  }
}

extension LocalTime {
  /// Minutes since 1970-01-01 in local time.
  fileprivate func minutes(at instant: Instant) -> Int64 {
    day(of: instant).number * 1_440 + Int64(minuteOfDay(of: instant))
  }
}
