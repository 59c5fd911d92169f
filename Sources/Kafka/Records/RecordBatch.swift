import CRdKafka

/// The records of one poll, in the order of their offsets within each partition.
///
/// A batch keeps the bytes of its records; they are released when it is. It belongs to the thread that polled it, and must
/// be released before the consumer is closed, or the consumer's memory is only given back when it is.
public final class RecordBatch {
  /// The number of records.
  public let count: Int
  private let source: Source
  private var topics: [(handle: OpaquePointer, name: String)] = []

  private enum Source {
    case messages(MessageBuffer)
    case records([OwnedRecord])
  }

  /// A batch of records made by hand, so that a simulated cluster can stand in for a consumer.
  public init(_ records: [OwnedRecord]) {
    count = records.count
    source = .records(records)
  }

  init(_ messages: MessageBuffer) {
    count = messages.count
    source = .messages(messages)
  }

  deinit {
    if case .messages(let buffer) = source { buffer.removeAll() }
  }

  /// Lends out the record at a position of the batch, from 0; the record cannot leave `body`.
  public func withRecord<R, E: Error>(at index: Int, _ body: (borrowing Record) throws(E) -> R) throws(E) -> R {
    precondition(index >= 0 && index < count, "record \(index) of a batch of \(count)")
    switch source {
    case .records(let records):
      let record = records[index]
      return try body(Record(record))
    case .messages(let buffer):
      let message = buffer.message(at: index)
      return try body(Record(message, topic: name(of: message.pointee.rkt), of: self))
    }
  }

  /// The bytes a message points to, bound to the life of the batch; nil for NULL.
  @_lifetime(borrow self)
  func bytes(_ start: UnsafeMutableRawPointer?, count: Int) -> Span<UInt8>? {
    guard let start else { return nil }
    let bytes = UnsafeRawBufferPointer(start: start, count: count).bindMemory(to: UInt8.self)
    return _overrideLifetime(Span(_unsafeElements: bytes), borrowing: self)
  }

  /// The topic's name, made into a String once a batch and not once a record.
  ///
  /// The cache lives no longer than the batch: its messages keep their topics alive, so that no address is used again.
  private func name(of handle: OpaquePointer) -> String {
    if let known = topics.first(where: { $0.handle == handle }) { return known.name }
    let name = String(cString: rd_kafka_topic_name(handle))
    topics.append((handle, name))
    return name
  }
}
