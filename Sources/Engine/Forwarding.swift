import Kafka
import Retention

/// Where a record stood first, written into its headers when it is forwarded to the partition that owns its customer.
enum Forwarding {
  private static let topic = "retaind.origin.topic"
  private static let partition = "retaind.origin.partition"
  private static let offset = "retaind.origin.offset"

  /// The headers of the forwarded record.
  static func headers(_ headers: [Header], from origin: Cause.Origin) -> [Header] {
    headers + [
      Header(topic, origin.topic), Header(partition, "\(origin.partition)"), Header(offset, "\(origin.offset)"),
    ]
  }

  /// Splits a forwarded record's headers into those it came with and its origin; the origin is nil when another program
  /// wrote the record, which is then treated as any input.
  static func split(_ headers: [Header]) -> (headers: [Header], origin: Cause.Origin?) {
    guard headers.count >= 3 else { return (headers, nil) }
    let own = headers.suffix(3).map { ($0.nameText, $0.value.map { String(decoding: $0, as: UTF8.self) } ?? "") }
    guard own.map(\.0) == [topic, partition, offset], let partition = Int32(own[1].1), let offset = Int64(own[2].1)
    else { return (headers, nil) }
    return (Array(headers.dropLast(3)), Cause.Origin(topic: own[0].1, partition: partition, offset: offset))
  }
}
