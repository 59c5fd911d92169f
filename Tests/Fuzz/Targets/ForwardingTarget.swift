import Kafka
import Retention

@testable import Engine

/// Any headers of a record of the forward topic. What retaind forwards comes out as it went in, whatever its headers;
/// what somebody else wrote there keeps all of its headers, and splitting loses none.
struct ForwardingTarget: FuzzTarget {
  static let name = "forwarding"

  func run(_ bytes: [UInt8]) {
    let document = Document(bytes)
    let headers = document.lines.map { Header(name: $0.name, value: $0.value) }
    let split = Forwarding.split(headers)
    guard let origin = split.origin else {
      return require(split.headers == headers, "a record without an origin lost headers")
    }
    require(split.headers.count == headers.count - 3, "three headers hold the origin")
    roundTrip(split.headers, origin)
    // A record that is forwarded once more carries its headers of the first time as any others.
    roundTrip(headers, Cause.Origin(topic: origin.topic, partition: 7, offset: Int64.max))
  }

  private func roundTrip(_ headers: [Header], _ origin: Cause.Origin) {
    let split = Forwarding.split(Forwarding.headers(headers, from: origin))
    require(split.headers == headers && split.origin == origin, "forwarded from \(origin) it comes from another place")
  }
}
