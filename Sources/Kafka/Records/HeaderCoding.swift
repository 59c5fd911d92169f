import CRdKafka
import Glibc

/// Copies the headers of a received message.
func decodeHeaders(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> [Header] {
  var list: OpaquePointer?
  guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
  var headers: [Header] = []
  headers.reserveCapacity(rd_kafka_header_cnt(list))
  var name: UnsafePointer<CChar>?
  var value: UnsafeRawPointer?
  var count = 0
  while rd_kafka_header_get_all(list, headers.count, &name, &value, &count) == RD_KAFKA_RESP_ERR_NO_ERROR {
    headers.append(
      Header(
        name: name.map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? [],
        value: value.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }))
  }
  return headers
}

/// Builds librdkafka's list of headers; the caller hands it to a produced record or destroys it. Nil when there are none.
func encodeHeaders(_ headers: [Header]) -> OpaquePointer? {
  guard !headers.isEmpty, let list = rd_kafka_headers_new(headers.count) else { return nil }
  for header in headers {
    header.name.withUnsafeBytes { name in
      withBytes(header.value) { value, count in
        _ = rd_kafka_header_add(list, name.baseAddress, name.count, value, count)
      }
    }
  }
  return list
}

/// The address of the bytes: NULL for nil, and never NULL for an empty array, because librdkafka tells the two apart by it.
private func withBytes(_ bytes: [UInt8]?, _ body: (UnsafeRawPointer?, Int) -> Void) {
  guard let bytes else { return body(nil, 0) }
  bytes.withUnsafeBytes { body($0.baseAddress ?? emptyBytes, $0.count) }
}

/// An address that is not NULL for a length of 0; nothing is read from it.
var emptyBytes: UnsafeRawPointer? { UnsafeRawPointer(bitPattern: 1) }
