import Kafka
import Retention

/// Something that always holds did not: the program, a client or a broker is wrong, and to go on would build on it.
struct BrokenInvariant: Error {
  /// What was compared.
  enum Check: String {
    /// Within an assignment the offsets of a partition's records only grow, and so do those that are committed.
    case offsets
    /// The ledger entries of an event explain what it made of the account.
    case ledger
    /// A state holds the customers that hash to its partition.
    case ownership
  }

  let check: Check
  /// What does not fit, in words that tell nothing of a customer.
  let problem: String
  /// The input partition, or the changelog partition when no record was at hand.
  let place: TopicPartition
  /// The offset of the record, or up to where the state knows the changelog.
  let offset: Offset

  init(_ check: Check, _ problem: String, at place: TopicPartition, _ offset: Offset) {
    self.check = check
    self.problem = problem
    self.place = place
    self.offset = offset
  }
}
