import Glibc

/// Where a server listens: `127.0.0.1:9464`, `[::1]:9464`, or `unix:/run/retaind/telemetry.sock`.
///
/// Addresses are numeric: a name would have to be looked up, and might be another machine's tomorrow.
public enum ListenAddress: Sendable, Equatable, CustomStringConvertible {
  /// An IPv4 address and a port.
  case ipv4(String, port: UInt16)
  /// An IPv6 address, without brackets, and a port.
  case ipv6(String, port: UInt16)
  /// The path of a socket in the file system.
  case unix(path: String)

  /// Reads an address; nil when it is none.
  public init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst("unix:".count))
      guard path.hasPrefix("/"), path.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else {
        return nil
      }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    let host = text[..<colon]
    var (four, six) = (in_addr(), in6_addr())
    if host.hasPrefix("["), host.hasSuffix("]") {
      let inner = String(host.dropFirst().dropLast())
      guard inet_pton(AF_INET6, inner, &six) == 1 else { return nil }
      self = .ipv6(inner, port: port)
    } else {
      guard inet_pton(AF_INET, String(host), &four) == 1 else { return nil }
      self = .ipv4(String(host), port: port)
    }
  }

  /// The address as it is configured.
  public var description: String {
    switch self {
    case .ipv4(let host, let port): "\(host):\(port)"
    case .ipv6(let host, let port): "[\(host)]:\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  var family: CInt {
    switch self {
    case .ipv4: AF_INET
    case .ipv6: AF_INET6
    case .unix: AF_UNIX
    }
  }

  /// Calls `body` with the address as the system calls want it.
  func withSocketAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    switch self {
    case .ipv4(let host, let port):
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      inet_pton(AF_INET, host, &address.sin_addr)
      return rebound(&address, body)
    case .ipv6(let host, let port):
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      inet_pton(AF_INET6, host, &address.sin6_addr)
      return rebound(&address, body)
    case .unix(let path):
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      return rebound(&address, body)
    }
  }

  private func rebound<Address, R>(_ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Address>.size)) }
    }
  }
}

/// A system call that failed.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The call.
  public let call: String
  /// Its `errno`.
  public let code: CInt

  /// The failure of `call`, just now.
  init(_ call: String) {
    self.call = call
    code = errno
  }

  /// The call and what the system says.
  public var description: String { "\(call): \(String(cString: strerror(code)))" }
}
