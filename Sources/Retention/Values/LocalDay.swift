/// A day of the proleptic Gregorian calendar, counted from 1970-01-01 (day 0), without a zone.
public struct LocalDay: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public let number: Int64

  /// The day `number` days after 1970-01-01.
  public init(_ number: Int64) { self.number = number }

  /// The day of a date: a month from 1 to 12, a day of that month. A day beyond the month's end counts on into the next.
  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
  public init(year: Int64, month: Int, day: Int) {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = floorDivide(shiftedYear, by: 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    number = era * 146_097 + dayOfEra - 719_468
  }

  /// Orders by date.
  public static func < (a: LocalDay, b: LocalDay) -> Bool { a.number < b.number }

  /// The day later by so many days.
  static func + (day: LocalDay, days: Int64) -> LocalDay { LocalDay(day.number + days) }

  /// The day earlier by so many days.
  static func - (day: LocalDay, days: Int64) -> LocalDay { LocalDay(day.number - days) }

  /// Year, month (1 to 12) and day of month (1 to 31).
  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
  public var civil: (year: Int64, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = floorDivide(shifted, by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), Int(month), Int(day))
  }

  /// The date as ISO 8601 writes it, such as `2026-11-22`; years outside 0000 to 9999 get a sign and at least six digits.
  var iso8601: String {
    // The largest year has nine digits and a sign.
    String(unsafeUninitializedCapacity: 16) { text in
      var text = DigitWriter(text)
      write(to: &text)
      return text.count
    }
  }

  /// Writes `iso8601`, at most 16 bytes.
  func write(to text: inout DigitWriter) {
    let date = civil
    if (0...9_999).contains(date.year) {
      text.put(date.year, digits: 4)
    } else {
      text.put(date.year < 0 ? "-" : "+")
      text.put(abs(date.year), digits: abs(date.year) > 999_999 ? 9 : 6)
    }
    text.put("-")
    text.put(Int64(date.month), digits: 2)
    text.put("-")
    text.put(Int64(date.day), digits: 2)
  }

  /// The month that the day lies in.
  var month: LocalMonth {
    let (year, month, _) = civil
    return LocalMonth(year * 12 + Int64(month - 1))
  }

  /// The same date a year later; 28 February for 29 February.
  var aYearLater: LocalDay {
    let (year, month, day) = civil
    let isLeapDay = month == 2 && day == 29
    return LocalDay(year: year + 1, month: month, day: isLeapDay ? 28 : day)
  }
}

/// A month of the calendar, counted from January of year 0.
struct LocalMonth: Hashable, Comparable, Sendable {
  let number: Int64

  init(_ number: Int64) { self.number = number }

  static func < (a: LocalMonth, b: LocalMonth) -> Bool { a.number < b.number }
  static func + (month: LocalMonth, months: Int64) -> LocalMonth { LocalMonth(month.number + months) }
  static func - (month: LocalMonth, months: Int64) -> LocalMonth { LocalMonth(month.number - months) }

  var firstDay: LocalDay {
    let year = floorDivide(number, by: 12)
    return LocalDay(year: year, month: Int(number - year * 12) + 1, day: 1)
  }

  var lastDay: LocalDay { (self + 1).firstDay - 1 }
}

/// The number with a zero before it when it has one digit.
func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

/// Divides rounding towards negative infinity.
func floorDivide(_ a: Int64, by b: Int64) -> Int64 {
  a >= 0 ? a / b : (a - b + 1) / b
}
