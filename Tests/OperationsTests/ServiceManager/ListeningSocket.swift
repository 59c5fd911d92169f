import Glibc
import Testing

/// The service manager's end of a notification socket.
final class ListeningSocket {
  let address: String
  private let descriptor: CInt
  private let path: String?

  /// Listens at a path under /tmp, or in the abstract namespace, under a name of its own.
  init(isAbstract: Bool) throws {
    let name = "retaind-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    address = isAbstract ? "@\(name)" : "/tmp/\(name)"
    path = isAbstract ? nil : address
    descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
    var local = sockaddr_un()
    local.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &local.sun_path) { target in
      target.copyBytes(from: address.utf8)
      if isAbstract { target[0] = 0 }
    }
    let length = socklen_t(2 + address.utf8.count + (isAbstract ? 0 : 1))
    let status = withUnsafePointer(to: &local) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    try #require(status == 0)
  }

  deinit {
    close(descriptor)
    if let path { unlink(path) }
  }

  /// The datagrams that have come.
  func received() -> [String] {
    var messages: [String] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while case let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT)), count > 0 {
      messages.append(String(decoding: buffer.prefix(count), as: UTF8.self))
    }
    return messages
  }
}
