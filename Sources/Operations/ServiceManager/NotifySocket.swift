import Glibc

/// The datagram socket on which a service manager listens for a service's state, sd_notify(3).
struct NotifySocket: Sendable {
  /// Why a message did not reach the service manager.
  enum Failure: Error, Equatable, CustomStringConvertible {
    /// The address in NOTIFY_SOCKET is none that this program can send to.
    case unsupportedAddress
    /// A system call failed, with its `errno`.
    case system(call: String, errno: CInt)

    var description: String {
      switch self {
      case .unsupportedAddress:
        "NOTIFY_SOCKET must be an absolute path or begin with @, and fit a socket address (107 bytes)"
      case .system(let call, let errno): "\(call): \(String(cString: strerror(errno)))"
      }
    }
  }

  private let path: [UInt8]

  /// A path in the file system, or a name in the abstract namespace when it begins with `@`.
  init(address: String) { path = Array(address.utf8) }

  /// Sends one datagram, waiting at most two seconds for a busy receiver.
  ///
  /// The socket is opened for each message: they are rare, and nothing has to be mended when the service manager starts anew.
  func send(_ message: String) throws(Failure) {
    var (address, length) = try socketAddress()
    let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system(call: "socket", errno: errno) }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 2, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let bytes = Array(message.utf8)
    let count = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL), $0, length)
      }
    }
    guard count == bytes.count else { throw .system(call: "sendto", errno: errno) }
  }

  private func socketAddress() throws(Failure) -> (sockaddr_un, socklen_t) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let isAbstract = path.first == UInt8(ascii: "@")
    // A path needs a NUL behind it; the name of an abstract socket ends with the address.
    let capacity = MemoryLayout.size(ofValue: address.sun_path) - (isAbstract ? 0 : 1)
    guard isAbstract || path.first == UInt8(ascii: "/"), path.count > 1, path.count <= capacity else {
      throw .unsupportedAddress
    }
    withUnsafeMutableBytes(of: &address.sun_path) { target in
      target.copyBytes(from: path)
      if isAbstract { target[0] = 0 }
    }
    let header = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 0
    return (address, socklen_t(header + path.count + (isAbstract ? 0 : 1)))
  }
}
