/// The next of several instants on the way to a local day: so many local days before it begins, or with 0 when it does.
struct Countdown: Equatable, Sendable {
  let daysBefore: Int64
  let dueAt: Instant

  /// The most days that rules may count down.
  static let longest: Int64 = 365

  init(daysBefore: Int64, dueAt: Instant) {
    self.daysBefore = daysBefore
    self.dueAt = dueAt
  }

  init(to day: LocalDay, daysBefore: Int64, at zone: LocalTime) {
    self.init(daysBefore: daysBefore, dueAt: zone.start(of: day - daysBefore))
  }

  /// The first of the instants so many days before `day` that lies behind `now`, or the last, when the day begins.
  init(to day: LocalDay, stops: [Int64], after now: Instant, at zone: LocalTime) {
    let steps = stops.sorted(by: >).lazy.map { Countdown(to: day, daysBefore: $0, at: zone) }
    self = steps.first { $0.dueAt > now } ?? Countdown(to: day, daysBefore: 0, at: zone)
  }

  /// The one that follows.
  func next(to day: LocalDay, stops: [Int64], at zone: LocalTime) -> Countdown {
    Countdown(to: day, daysBefore: stops.filter { $0 < daysBefore }.max() ?? 0, at: zone)
  }

  init(from reader: inout FacetReader) throws(FacetError) {
    self.init(daysBefore: try reader.amount(), dueAt: try reader.instant())
    guard daysBefore <= Self.longest else { throw FacetError("counts down from more than a year") }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(daysBefore)
    writer.put(dueAt)
  }
}
