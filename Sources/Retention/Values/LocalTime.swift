import Foundation

/// A day of the proleptic Gregorian calendar, counted from 1970-01-01 (day 0), without a zone.
public struct LocalDay: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public let number: Int64

  /// The day `number` days after 1970-01-01.
  public init(_ number: Int64) { self.number = number }

  /// Orders by date.
  public static func < (a: LocalDay, b: LocalDay) -> Bool { a.number < b.number }

  /// Year, month (1 to 12) and day of month (1 to 31).
  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
  public var civil: (year: Int64, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), Int(month), Int(day))
  }
}

/// A time zone as a table of offsets, so that a local day costs a binary search and no call into the system.
public struct LocalTime: Sendable {
  /// The zone's IANA name.
  public let identifier: String
  /// `starts[i]` is the first millisecond at which `offsets[i]` (milliseconds east of UTC) holds.
  private let starts: [Int64]
  private let offsets: [Int64]

  /// The zone's offsets from 1990 to 2060; before and after, the nearest one holds. Nil when the system does not know the zone.
  public init?(identifier: String) {
    guard let zone = TimeZone(identifier: identifier) else { return nil }
    self.identifier = identifier
    (starts, offsets) = transitions(of: zone)
  }

  /// The local day that contains `instant`.
  public func day(of instant: Instant) -> LocalDay {
    LocalDay(floorDivide(local(instant), by: 86_400_000))
  }

  /// The local minute of the day, 0 to 1,439.
  public func minuteOfDay(of instant: Instant) -> Int {
    let milliseconds = local(instant)
    return Int((milliseconds - floorDivide(milliseconds, by: 86_400_000) * 86_400_000) / 60_000)
  }

  private func local(_ instant: Instant) -> Int64 {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= instant.milliseconds { low = middle } else { high = middle }
    }
    return instant.milliseconds + offsets[low]
  }
}

/// Divides rounding towards negative infinity, so that instants before 1970 fall into the right day.
private func floorDivide(_ a: Int64, by b: Int64) -> Int64 {
  a >= 0 ? a / b : (a - b + 1) / b
}

/// Finds every change of offset by looking every third day and halving the spans in which it changed. Foundation's own
/// list of transitions leaves out changes that are not daylight saving. Two changes can be a week apart, as in Recife in
/// October 2000, so a longer stride would miss both.
private func transitions(of zone: TimeZone) -> (starts: [Int64], offsets: [Int64]) {
  func offset(at second: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second)))) * 1_000
  }
  let first: Int64 = 631_152_000
  let last: Int64 = 2_840_140_800
  let stride: Int64 = 3 * 86_400
  var starts: [Int64] = [Int64.min]
  var offsets = [offset(at: first)]
  var second = first
  while second < last {
    let next = second + stride
    let after = offset(at: next)
    if after != offsets[offsets.count - 1] {
      var before = second
      var changed = next
      while changed - before > 1 {
        let middle = (before + changed) / 2
        if offset(at: middle) == after { changed = middle } else { before = middle }
      }
      starts.append(changed * 1_000)
      offsets.append(after)
    }
    second = next
  }
  return (starts, offsets)
}
