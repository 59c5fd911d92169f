/// What to do about an error. The class is decided where the error is made, so that callers never look at codes.
public enum Recovery: Sendable, Hashable {
  /// Make the same call again, with the same arguments.
  case retry
  /// Abort the transaction, drop the unit of work, rewind to the committed offsets, back off.
  case abort
  /// Fenced, fatal, or the outcome of a transaction is unknown: a new consumer and producer, state from the changelog.
  case rebuild
  /// Configuration or authorisation: exit with the message, which says what to change.
  case stop
}

/// An error of a Kafka client: what was attempted, what Kafka called it, and what to do.
public struct KafkaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Kafka's name of the error, such as `PRODUCER_FENCED`; those that begin with `_` are found by the client itself.
  public let code: String
  /// What went wrong and where, with the remedy when the recovery is `.stop`. Never a secret, never a record's content.
  public let message: String
  /// The call that failed, such as `commit transaction`.
  public let operation: String
  /// What to do.
  public let recovery: Recovery

  /// An error from its parts.
  public init(code: String, message: String, operation: String, recovery: Recovery) {
    self.code = code
    self.message = message
    self.operation = operation
    self.recovery = recovery
  }

  /// One line: `commit transaction: PRODUCER_FENCED: …`.
  public var description: String { "\(operation): \(code): \(message)" }

  /// The same error with another recovery.
  func with(_ recovery: Recovery) -> KafkaError {
    KafkaError(code: code, message: message, operation: operation, recovery: recovery)
  }
}
