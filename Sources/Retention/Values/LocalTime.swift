import Foundation

/// A time zone as a table of offsets, so that a local day costs a binary search and no call into the system. An object: whoever
/// works for a customer has the customer's.
public final class LocalTime: Sendable {
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

  /// The first instant of the day: midnight, or where clocks skip midnight, the end of the gap.
  func start(of day: LocalDay) -> Instant { instant(of: day, minute: 0) }

  /// The instant at which clocks first show this minute (0 to 1,439) of the day, or when they skip it, the end of the gap.
  func instant(of day: LocalDay, minute: Int) -> Instant {
    let wall = day.number * 86_400_000 + Int64(minute) * 60_000
    // A stretch with one offset shows the wall time at `wall - offset`, unless it is over by then: the next one does, or it
    // begins behind the wall time, which clocks skip.
    var index = self.index(of: wall - 2 * 86_400_000)
    while index + 1 < starts.count, wall - offsets[index] >= starts[index + 1] { index += 1 }
    return Instant(milliseconds: max(wall - offsets[index], starts[index]))
  }

  private func index(of milliseconds: Int64) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= milliseconds { low = middle } else { high = middle }
    }
    return low
  }

  private func local(_ instant: Instant) -> Int64 { instant.milliseconds + offsets[index(of: instant.milliseconds)] }
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
