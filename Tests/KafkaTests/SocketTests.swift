import Foundation
import Testing

@testable import Kafka

@Suite("Sockets of clients and of the embedded broker", .blocking)
struct SocketTests {
  /// Whether the sockets of this process that are connected from or to a port send at once, one a socket.
  private func sendAtOnce(_ port: UInt16) throws -> [Bool] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }.compactMap { socket in
      // Only what is connected has a peer.
      guard let peer = Self.port(of: socket, getpeername) else { return nil }
      guard peer == port || Self.port(of: socket, getsockname) == port else { return nil }
      var isOn: Int32 = 0
      var length = socklen_t(MemoryLayout.size(ofValue: isOn))
      getsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, &length)
      return isOn != 0
    }
  }

  private static func port(
    of socket: Int32, _ name: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> UInt16? {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout.size(ofValue: address))
    let isNamed = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(socket, $0, &length) == 0 }
    }
    return isNamed ? UInt16(bigEndian: address.sin_port) : nil
  }

  @Test("send small requests and answers at once: nobody waits for what the other side's system delays")
  func noDelay() throws {
    let wire = try Wire(topic: "t")
    let port = try #require(wire.broker.bootstrapServers.split(separator: ":").last.flatMap { UInt16($0) })
    try wire.producer().commit(values: ["a"], to: "t")
    let reader = try wire.reader()
    try reader.assign([TopicPartition("t", 0): Offset(0)])
    _ = try reader.poll(until: { $0.records.count == 1 })
    let sockets = try sendAtOnce(port)
    // Both sides of the reader's connection, the producer's may be gone.
    #expect(sockets.count >= 2)
    #expect(!sockets.contains(false))
  }
}
