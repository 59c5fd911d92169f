import Kafka

extension KafkaError {
  /// The same, when what failed cannot be left as it is: only new clients are certain. A refusal stays one.
  var requiringNewSession: KafkaError {
    recovery == .stop ? self : KafkaError(code: code, message: message, operation: operation, recovery: .rebuild)
  }

  /// Whether another producer of the same transactional identity took over, or the coordinator gave this one up.
  var isFenced: Bool { ["_FENCED", "PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH"].contains(code) }

  /// Whether the log does not hold any more what was to be read next.
  var isPositionLost: Bool { ["_AUTO_OFFSET_RESET", "OFFSET_OUT_OF_RANGE"].contains(code) }
}
