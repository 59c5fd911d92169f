import CRdKafka
import Foundation

extension EmbeddedBroker {
  /// Lets the brokers send their answers at once, as those of Kafka do.
  ///
  /// librdkafka leaves Nagle's algorithm on: an answer behind another waits for that one's acknowledgement, which the client's
  /// system delays by up to 40 ms. Connections inherit the option from the socket that they come in by, which has no other
  /// name than its port.
  func sendAnswersAtOnce() {
    let ports = Set(
      bootstrapServers.split(separator: ",").compactMap { $0.split(separator: ":").last.flatMap { UInt16($0) } })
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
      guard let socket = Int32(name), let port = Self.listeningPort(of: socket), ports.contains(port) else { continue }
      var isOn: Int32 = 1
      setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout.size(ofValue: isOn)))
    }
  }

  /// The port that a socket listens on; nil of any other file.
  private static func listeningPort(of socket: Int32) -> UInt16? {
    var isListening: Int32 = 0
    var length = socklen_t(MemoryLayout.size(ofValue: isListening))
    guard getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length) == 0, isListening != 0 else {
      return nil
    }
    var address = sockaddr_in()
    length = socklen_t(MemoryLayout.size(ofValue: address))
    let isNamed = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) == 0 }
    }
    return isNamed && address.sin_family == sa_family_t(AF_INET) ? UInt16(bigEndian: address.sin_port) : nil
  }
}
