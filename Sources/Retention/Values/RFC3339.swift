/// RFC 3339 timestamps by arithmetic: no calendar, no locale, no Foundation on the hot path.
extension Instant {
  /// Reads an RFC 3339 `date-time` such as `2026-11-22T12:39:43.1234+08:00`; nil when it is none.
  ///
  /// The offset is required (`Z` or `±hh:mm`; `T` and `Z` in either case, as RFC 3339 section 5.6 allows), the date must
  /// exist, and digits after the millisecond are cut off. A leap second (`:60`, only at 23:59 UTC on the last day of a month,
  /// section 5.7) is the start of the second after it, because `Instant` does not count leap seconds. An instant that falls
  /// outside the years 0000 to 9999 in UTC is refused, so that whatever was read can be written again.
  public init?(rfc3339 text: Span<UInt8>) {
    guard let timestamp = RFC3339.Timestamp(text), let milliseconds = timestamp.milliseconds else { return nil }
    self.init(milliseconds: milliseconds)
  }

  /// Reads an RFC 3339 `date-time` from text, like `init(rfc3339:)` from bytes.
  public init?(rfc3339 text: String) {
    self.init(rfc3339: Array(text.utf8).span)
  }

  /// The instant in UTC with milliseconds, such as `2026-11-22T04:39:43.123Z`.
  ///
  /// Years outside 0000 to 9999, which RFC 3339 cannot express, get a sign and at least six digits as in ECMAScript.
  public var rfc3339: String { withRFC3339 { String(decoding: $0, as: UTF8.self) } }

  /// Calls `body` with the bytes of `rfc3339`.
  func withRFC3339<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    // The largest year has nine digits and a sign; twenty bytes stand behind it.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 30) { text in
      let (day, ofDay) = RFC3339.split(milliseconds, dayLength: 86_400_000)
      var text = DigitWriter(text)
      LocalDay(day).write(to: &text)
      text.put("T")
      text.put(ofDay / 3_600_000, digits: 2)
      text.put(":")
      text.put(ofDay / 60_000 % 60, digits: 2)
      text.put(":")
      text.put(ofDay / 1_000 % 60, digits: 2)
      text.put(".")
      text.put(ofDay % 1_000, digits: 3)
      text.put("Z")
      return body(text.written)
    }
  }
}

/// The grammar of RFC 3339.
enum RFC3339 {
  /// The number of days of a month of 1 to 12.
  static func days(ofMonth month: Int64, year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Splits a time into the days before it and the time of day, which is never negative.
  static func split(_ time: Int64, dayLength: Int64) -> (day: Int64, ofDay: Int64) {
    let (day, ofDay) = time.quotientAndRemainder(dividingBy: dayLength)
    return ofDay < 0 ? (day - 1, ofDay + dayLength) : (day, ofDay)
  }

  /// The parts of a `date-time`, each in its range.
  struct Timestamp {
    private var minutes: Int64  // since the epoch, by the clock that the text shows
    private var second: Int64
    private var millisecond: Int64 = 0
    private var offsetMinutes: Int64 = 0

    /// Milliseconds since the epoch; nil for a leap second at an impossible place and outside the years 0000 to 9999.
    var milliseconds: Int64? {
      let utc = minutes - offsetMinutes
      let result =
        second == 60 ? (Self.endsMonth(utc) ? (utc + 1) * 60_000 : nil) : utc * 60_000 + second * 1_000 + millisecond
      guard let result, (-62_167_219_200_000...253_402_300_799_999).contains(result) else { return nil }
      return result
    }

    private static func endsMonth(_ minute: Int64) -> Bool {
      let (day, ofDay) = split(minute + 1, dayLength: 1_440)
      return ofDay == 0 && LocalDay(day).civil.day == 1
    }

    init?(_ text: Span<UInt8>) {
      guard text.count >= 20,
        text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), text[10] | 0x20 == UInt8(ascii: "t"),
        text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
        let year = Self.number(text, 0, digits: 4), let month = Self.number(text, 5, digits: 2),
        let day = Self.number(text, 8, digits: 2), let hour = Self.number(text, 11, digits: 2),
        let minute = Self.number(text, 14, digits: 2), let second = Self.number(text, 17, digits: 2),
        (1...12).contains(month), day >= 1, day <= days(ofMonth: month, year: year),
        hour <= 23, minute <= 59, second <= 60
      else { return nil }
      self.minutes = LocalDay(year: year, month: Int(month), day: Int(day)).number * 1_440 + hour * 60 + minute
      self.second = second
      var position = 19
      guard readFraction(text, &position), readOffset(text, &position), position == text.count else { return nil }
    }

    private mutating func readFraction(_ text: Span<UInt8>, _ position: inout Int) -> Bool {
      guard text[position] == UInt8(ascii: ".") else { return true }
      position += 1
      let start = position
      var weight: Int64 = 100
      while position < text.count, let digit = Self.digit(text[position]) {
        millisecond += digit * weight
        weight /= 10
        position += 1
      }
      return position > start && position < text.count
    }

    private mutating func readOffset(_ text: Span<UInt8>, _ position: inout Int) -> Bool {
      let sign = text[position]
      position += 1
      if sign | 0x20 == UInt8(ascii: "z") { return true }
      guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), text.count == position + 5,
        let hours = Self.number(text, position, digits: 2), text[position + 2] == UInt8(ascii: ":"),
        let minutes = Self.number(text, position + 3, digits: 2), hours <= 23, minutes <= 59
      else { return false }
      offsetMinutes = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
      position += 5
      return true
    }

    private static func digit(_ byte: UInt8) -> Int64? {
      let digit = byte &- UInt8(ascii: "0")
      return digit <= 9 ? Int64(digit) : nil
    }

    /// Inlined, so that the digits are no loop.
    @inline(__always)
    private static func number(_ text: Span<UInt8>, _ start: Int, digits: Int) -> Int64? {
      var number: Int64 = 0
      var areDigits = true
      for index in start..<start + digits {
        let digit = text[index] &- UInt8(ascii: "0")
        areDigits = areDigits && digit <= 9
        number = number * 10 + Int64(digit)
      }
      return areDigits ? number : nil
    }
  }
}
