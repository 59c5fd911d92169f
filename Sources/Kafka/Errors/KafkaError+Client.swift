import CRdKafka

extension KafkaError {
  /// An error by its code. `fallback` is the recovery when the code alone does not decide it.
  init(
    code: rd_kafka_resp_err_t, message: String? = nil, operation: String, fallback: Recovery = .retry
  ) {
    let text = [message, String(cString: rd_kafka_err2str(code))].compactMap { $0 }.joined(separator: ": ")
    self.init(code: code, exactMessage: text, operation: operation, recovery: .decided(by: code) ?? fallback)
  }

  /// An error of librdkafka's own type, which is destroyed, with a recovery that the caller knows.
  init(consuming error: OpaquePointer, operation: String, recovery: Recovery = .retry) {
    defer { rd_kafka_error_destroy(error) }
    let code = rd_kafka_error_code(error)
    self.init(
      code: code, exactMessage: String(cString: rd_kafka_error_string(error)), operation: operation,
      recovery: .decided(by: code) ?? recovery)
  }

  /// An error of a transactional call, which is destroyed.
  ///
  /// What librdkafka does not class is a call out of turn or one whose outcome is unknown: only a new producer is certain.
  init(consumingTransactional error: OpaquePointer, operation: String) {
    let code = rd_kafka_error_code(error)
    let recovery: Recovery =
      if rd_kafka_error_is_fatal(error) != 0 {
        .rebuild
      } else if code == RD_KAFKA_RESP_ERR__CONFLICT || code == RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS {
        // Flagged as retriable, but it stays until the other call, which timed out, is resumed.
        .rebuild
      } else if rd_kafka_error_txn_requires_abort(error) != 0 {
        .abort
      } else if rd_kafka_error_is_retriable(error) != 0 {
        .retry
      } else {
        .rebuild
      }
    self.init(consuming: error, operation: operation, recovery: recovery)
  }

  /// The client's fatal error, or nil when it has none.
  static func fatal(of client: OpaquePointer, operation: String) -> KafkaError? {
    var text = [CChar](repeating: 0, count: 512)
    let code = rd_kafka_fatal_error(client, &text, text.count)
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    return KafkaError(
      code: code, exactMessage: string(text), operation: operation,
      recovery: .decided(by: code) ?? .rebuild)
  }

  /// A use of a client after it was closed.
  static func closed(operation: String) -> KafkaError {
    KafkaError(code: "_DESTROY", message: "the client is closed", operation: operation, recovery: .rebuild)
  }

  private init(code: rd_kafka_resp_err_t, exactMessage: String, operation: String, recovery: Recovery) {
    let remedy = recovery == .stop ? remedy(for: code) : nil
    self.init(
      code: String(cString: rd_kafka_err2name(code)),
      message: remedy.map { "\(exactMessage); \($0)" } ?? exactMessage, operation: operation, recovery: recovery)
  }
}

/// The text in a C buffer, up to its NUL.
func string(_ buffer: [CChar]) -> String {
  String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
