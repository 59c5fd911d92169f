import Synchronization

/// The time zones of customers. Each is worked out when it is first met, which takes milliseconds, and kept: there are some
/// six hundred, and names of no zone are not kept.
final class Zones: Sendable {
  /// The zone of customers of whom none is known.
  let standard: LocalTime
  private let known: Mutex<[String: LocalTime]>

  init(standard: LocalTime) {
    self.standard = standard
    known = Mutex([standard.identifier: standard])
  }

  /// The zone of this name; the standard one when there is no name, or when the system knows no such zone.
  func zone(_ identifier: String?) -> LocalTime {
    guard let identifier else { return standard }
    return known.withLock { known in
      if let zone = known[identifier] { return zone }
      guard let zone = LocalTime(identifier: identifier) else { return standard }
      known[identifier] = zone
      return zone
    }
  }
}
