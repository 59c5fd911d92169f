import Kafka
import Retention

@testable import Engine

/// What must hold of a partition's state, however it came about.
enum StateCheck {
  /// Makes sure that the bytes are counted and that every due facet comes up, no earlier one after a later one. Takes the timers
  /// out of the state.
  static func check(_ state: StatePartition) {
    let facets = facets(of: state)
    require(state.byteCount == facets.values.reduce(0) { $0 + $1.count }, "\(state.byteCount) bytes are counted")
    var due: [[UInt8]: Instant] = [:]
    for (key, bytes) in facets {
      due[key] = unthrown { () throws(FacetError) in try nextDue(ofStoredFacet: bytes) }
    }
    var last = Instant(milliseconds: Int64.min)
    while let timers = state.popDue(by: Instant(milliseconds: Int64.max)) {
      for timer in timers {
        require(timer.due >= last, "a timer comes up too late")
        last = timer.due
        due[ChangelogKey(customer: timer.customer, facet: timer.facet).bytes] = nil
      }
    }
    require(due.isEmpty, "a due facet has no timer")
  }

  /// All stored facets by their changelog keys.
  static func facets(of state: StatePartition) -> [[UInt8]: [UInt8]] {
    var facets: [[UInt8]: [UInt8]] = [:]
    state.customers.forEach { stored in
      var count = 0
      stored.forEach { kind, bytes in
        let key = ChangelogKey(customer: stored.customer, facet: kind).bytes
        require(facets[key] == nil, "a facet is kept twice")
        facets[key] = Array(bytes)
        count += 1
      }
      require(count > 0, "a customer without facets is kept")
    }
    return facets
  }
}
