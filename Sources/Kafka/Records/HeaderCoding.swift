import CRdKafka
import Glibc

/// The headers of a received message, copied.
func decodeHeaders(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> [Header] {
  headerList(of: message).map { decodeHeaders(of: $0) } ?? []
}

/// Whether the headers of a received message are these.
func areHeaders(of message: UnsafeMutablePointer<rd_kafka_message_t>, _ headers: [Header]) -> Bool {
  guard let list = headerList(of: message) else { return headers.isEmpty }
  guard rd_kafka_header_cnt(list) == headers.count else { return false }
  return headers.indices.allSatisfy { index in header(at: index, of: list).map(headers[index].matches) ?? false }
}

/// The client's list, which lives as long as the message; nil when there are none.
private func headerList(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> OpaquePointer? {
  var list: OpaquePointer?
  return rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR ? list : nil
}

/// The headers of librdkafka's list, copied.
func decodeHeaders(of list: OpaquePointer) -> [Header] {
  var headers: [Header] = []
  headers.reserveCapacity(rd_kafka_header_cnt(list))
  while let (name, value) = header(at: headers.count, of: list) {
    headers.append(Header(name: Array(name), value: value.map { Array($0) }))
  }
  return headers
}

/// The bytes of the header at a position from 0, which live as long as the message; nil when there are fewer.
private func header(
  at position: Int, of list: OpaquePointer
) -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?)? {
  var name: UnsafePointer<CChar>?
  var value: UnsafeRawPointer?
  var count = 0
  guard rd_kafka_header_get_all(list, position, &name, &value, &count) == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
  return (
    UnsafeRawBufferPointer(start: name, count: name.map(strlen) ?? 0),
    value.map { UnsafeRawBufferPointer(start: $0, count: count) }
  )
}

extension Header {
  fileprivate func matches(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?) -> Bool {
    guard self.name.elementsEqual(name) else { return false }
    guard let ours = self.value, let value else { return self.value == nil && value == nil }
    return ours.elementsEqual(value)
  }
}
