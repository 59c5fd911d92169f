import Kafka
import Retention

@testable import Engine

/// A changelog of any records, applied as a restore does. A key that is read is the one that would be written, a tombstone
/// leaves nothing behind, and every timer of what is left is in the index.
struct ChangelogTarget: FuzzTarget {
  static let name = "changelog"

  func run(_ bytes: [UInt8]) {
    var input = Input(bytes)
    let state = StatePartition(Partition(0))
    while !input.isAtEnd {
      let bytes = input.field()
      let isTombstone = input.byte() & 1 == 1
      let value = isTombstone ? nil : input.field()
      guard let key = ChangelogKey(bytes.span) else { continue }
      require(key.bytes == bytes, "the key reads otherwise: \(bytes)")
      do throws(FacetError) {
        try state.apply(FacetChange(kind: key.facet, bytes: value), to: key.customer)
      } catch {
        // The caller drops the state.
        return
      }
      require(state.facet(key.facet, of: key.customer) == value, "the facet is not what was applied last")
    }
    StateCheck.check(state)
  }
}
