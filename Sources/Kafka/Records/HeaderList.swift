import CRdKafka

/// The headers of a record that is to be produced, in librdkafka's memory: from there they go without a copy.
public struct HeaderList: ~Copyable {
  /// Librdkafka's list; nil while there are none.
  private var list: OpaquePointer?

  /// No headers.
  public init() {}

  /// Headers in their order.
  public init(_ headers: [Header]) {
    for header in headers {
      header.name.withUnsafeBytes { name in
        if let value = header.value { append(name, value.span) } else { append(name, nil) }
      }
    }
  }

  deinit { if let list { rd_kafka_headers_destroy(list) } }

  /// Adds a header whose value is not null.
  public mutating func append(_ name: StaticString, _ value: Span<UInt8>) {
    append(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
  }

  private mutating func append(_ name: UnsafeRawBufferPointer, _ value: Span<UInt8>?) {
    guard let list = list ?? rd_kafka_headers_new(Self.likelyCount) else { return }
    self.list = list
    withBytes(value) { start, count in
      _ = rd_kafka_header_add(list, name.baseAddress, name.count, start, count)
    }
  }

  private static var likelyCount: Int { 8 }

  /// The headers, copied.
  public var headers: [Header] { list.map { decodeHeaders(of: $0) } ?? [] }

  /// Calls `body` with librdkafka's list, NULL when there are no headers. When that returns true the list is librdkafka's, and this
  /// one is empty.
  mutating func hand(over body: (OpaquePointer?) -> Bool) {
    if body(list) { list = nil }
  }
}

/// The address of the bytes: NULL for nil, and never NULL for empty ones, because librdkafka tells the two apart by it.
func withBytes<R>(_ bytes: Span<UInt8>?, _ body: (UnsafeRawPointer?, Int) -> R) -> R {
  guard let bytes else { return body(nil, 0) }
  return bytes.withUnsafeBytes { body($0.baseAddress ?? emptyBytes, $0.count) }
}

/// An address that is not NULL for a length of 0; nothing is read from it.
private var emptyBytes: UnsafeRawPointer? { UnsafeRawPointer(bitPattern: 1) }
