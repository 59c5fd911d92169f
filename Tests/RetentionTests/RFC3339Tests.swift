import Foundation
import Retention
import Testing

@Suite struct RFC3339Tests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:00z", 0), ("1970-01-01T00:00:00.001Z", 1),
    ("1969-12-31T23:59:59.999Z", -1),
    ("1970-01-01T08:00:00+08:00", 0), ("1969-12-31T18:30:00-05:30", 0), ("1970-01-01T00:00:00-00:00", 0),
    ("1970-01-01T00:00:00.1Z", 100), ("1970-01-01T00:00:00.12Z", 120),
    ("1970-01-01T00:00:00.1239999999999999999999999Z", 123),
    ("2026-11-22T12:39:43.123+08:00", 1_795_322_383_123), ("2000-02-29T00:00:00Z", 951_782_400_000),
    ("0000-01-01T00:00:00Z", -62_167_219_200_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ("0000-02-29T00:00:00Z", -62_162_121_600_000), ("1970-01-02T00:00:00+23:59", 60_000),
  ])
  func `a timestamp is read to the millisecond`(_ text: String, _ milliseconds: Int64) {
    #expect(Instant(rfc3339: text) == Instant(milliseconds: milliseconds))
  }

  @Test(arguments: [
    ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00.000Z"), ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000Z"),
    ("2016-12-31T23:59:60.999Z", "2017-01-01T00:00:00.000Z"), ("2015-07-01T07:59:60+08:00", "2015-07-01T00:00:00.000Z"),
  ])
  func `a leap second is the start of the second after it`(_ text: String, _ expected: String) {
    #expect(Instant(rfc3339: text)?.rfc3339 == expected)
  }

  @Test(arguments: [
    "", "2026", "2026-11-22", "2026-11-22T04:39:43", "2026-11-22T04:39Z", "2026-11-22 04:39:43Z",
    "2026-11-22T04:39:43.Z",
    "2026-11-22T04:39:43,5Z", "2026-11-22T04:39:43.5", "2026-11-22T04:39:43+08", "2026-11-22T04:39:43+0800",
    "2026-11-22T04:39:43+08:0",
    "2026-11-22T04:39:43+08:00x", "2026-11-22T04:39:43Zx", " 2026-11-22T04:39:43Z", "2026-11-22T04:39:43Z ",
    "2026-11-22T04:39:43 Z",
    "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T23:60:00Z",
    "2026-11-22T23:59:61Z",
    "2026-11-22T04:39:60Z", "2026-11-22T23:59:60Z", "2026-11-30T23:59:60+08:00", "2026-11-22T04:39:43+24:00",
    "2026-11-22T04:39:43+08:60", "+026-11-22T04:39:43Z", "2026-1a-22T04:39:43Z", "2026/11/22T04:39:43Z",
    "２026-11-22T04:39:43Z",
    "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z", "12026-11-22T04:39:43Z",
    "26-11-22T04:39:43Z",
  ])
  func `what is no timestamp of RFC 3339 is refused`(_ text: String) {
    #expect(Instant(rfc3339: text) == nil)
  }

  @Test func `writing is as Foundation writes, and reading gives it back`() {
    var random = JSONMutation(seed: 3_339)
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    // From 1600 on: Foundation's calendar may be Julian before 1582, RFC 3339 is Gregorian throughout.
    for _ in 0..<20_000 {
      let instant = Instant(milliseconds: Int64.random(in: -11_676_096_000_000...253_402_300_799_999, using: &random))
      let seconds = (instant.milliseconds - ((instant.milliseconds % 1_000) + 1_000) % 1_000) / 1_000
      let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(style)
      #expect(instant.rfc3339.prefix(19) == whole.prefix(19))
      #expect(instant.rfc3339.suffix(4).dropLast() == millisecond(instant))
      #expect(Instant(rfc3339: instant.rfc3339) == instant)
    }
  }

  @Test func `every day from 1600 to 2400 follows the one before`() {
    var previous = ""
    for day in Int64(-135_140)...157_054 {
      let instant = Instant(milliseconds: day * 86_400_000)
      let text = instant.rfc3339
      guard text > previous, Instant(rfc3339: text) == instant else {
        Issue.record("\(text) after \(previous)")
        return
      }
      previous = text
    }
    #expect(previous == "2400-01-01T00:00:00.000Z")
  }

  @Test func `an offset moves the instant by itself`() throws {
    let noon = try #require(Instant(rfc3339: "2026-11-22T12:00:00Z"))
    for minutes in Int64(-1_439)...1_439 {
      let magnitude = abs(minutes)
      let offset = (minutes < 0 ? "-" : "+") + two(magnitude / 60) + ":" + two(magnitude % 60)
      #expect(Instant(rfc3339: "2026-11-22T12:00:00" + offset) == noon - .minutes(minutes))
    }
  }

  @Test func `an instant that RFC 3339 cannot express is legible and not read back`() {
    #expect(Instant(milliseconds: 253_402_300_800_000).rfc3339 == "+010000-01-01T00:00:00.000Z")
    #expect(Instant(milliseconds: -62_167_219_200_001).rfc3339 == "-000001-12-31T23:59:59.999Z")
    #expect(Instant(milliseconds: Int64.max).rfc3339 == "+292278994-08-17T07:12:55.807Z")
    #expect(Instant(milliseconds: Int64.min).rfc3339 == "-292275055-05-16T16:47:04.192Z")
    #expect(Instant(rfc3339: Instant(milliseconds: Int64.max).rfc3339) == nil)
  }

  private func millisecond(_ instant: Instant) -> String {
    let rest = ((instant.milliseconds % 1_000) + 1_000) % 1_000
    return String(repeating: "0", count: 3 - String(rest).count) + String(rest)
  }

  private func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
