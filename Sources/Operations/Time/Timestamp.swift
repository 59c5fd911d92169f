/// RFC 3339 in UTC with milliseconds, `2026-11-22T04:39:43.123Z`, by arithmetic: a formatter would cost more than the line.
enum Timestamp {
  /// Appends the instant `milliseconds` after the epoch; years outside 0000...9999 are clamped to that range.
  static func append(milliseconds: Int64, to bytes: inout [UInt8]) {
    let clamped = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
    let day = floorDivided(clamped, by: 86_400_000)
    let time = clamped - day * 86_400_000
    let date = civil(daysSinceEpoch: day)
    append(date.year, digits: 4, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    append(date.month, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    append(date.day, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "T"))
    append(time / 3_600_000, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(time / 60_000 % 60, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(time / 1_000 % 60, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "."))
    append(time % 1_000, digits: 3, to: &bytes)
    bytes.append(UInt8(ascii: "Z"))
  }

  /// The proleptic Gregorian date, after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in
  /// March, so that the leap day is the last of its year.
  private static func civil(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = daysSinceEpoch + 719_468
    let era = floorDivided(shifted, by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func floorDivided(_ value: Int64, by divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : (value - divisor + 1) / divisor
  }

  private static func append(_ value: Int64, digits: Int, to bytes: inout [UInt8]) {
    var divisor: Int64 = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
