import Foundation
import Synchronization

/// A small server for a few local readers: GET only, one request a connection, one thread.
///
/// No client can hurt: a head has a largest size and a time within which it must have come, an answer one within which it must
/// be taken, and of too many connections the oldest is closed for the newest.
public final class HTTPServer: Sendable {
  /// Bounds on what clients may take.
  public struct Limits: Sendable {
    /// The most connections at a time.
    public var connections = 32
    /// How long a request, and how long an answer, may take.
    public var patience = Duration.seconds(5)

    /// 32 connections and 5 seconds.
    public init() {}
  }

  private let listener: CInt
  private let address: ListenAddress
  private let limits: Limits
  private let answer: @Sendable (String) -> HTTPResponse?
  private let isStopping = Atomic(false)
  private let ended = DispatchSemaphore(value: 0)

  /// Listens at `address` and answers until `stop`. `answer` is called on the server's thread with a path; nil is "not found".
  /// Throws when the address cannot be used.
  public init(
    _ address: ListenAddress, limits: Limits = Limits(), answer: @escaping @Sendable (String) -> HTTPResponse?
  ) throws(SystemError) {
    self.address = address
    self.limits = limits
    self.answer = answer
    listener = try Self.listen(address)
    let thread = Thread { [self] in
      serve()
      ended.signal()
    }
    thread.name = "http"
    thread.start()
  }

  /// Ends the service and closes every connection; returns when that is done.
  public func stop() {
    guard !isStopping.exchange(true, ordering: .acquiringAndReleasing) else { return }
    // Wakes the server's thread.
    shutdown(listener, CInt(SHUT_RDWR))
    ended.wait()
    close(listener)
    if case .unix(let path) = address { unlink(path) }
  }

  /// The port that is listened on; of port 0 the one that the system chose. Nil for a socket in the file system.
  public var port: UInt16? {
    var address = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
    }
    // The port stands at the same place in both families.
    guard result == 0, [AF_INET, AF_INET6].contains(CInt(address.sin6_family)) else { return nil }
    return UInt16(bigEndian: address.sin6_port)
  }

  private static func listen(_ address: ListenAddress) throws(SystemError) -> CInt {
    if case .unix(let path) = address { removeStale(path, address) }
    let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(address.family, kind, 0)
    guard descriptor >= 0 else { throw SystemError("socket") }
    var yes: CInt = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
    guard address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0 else {
      defer { close(descriptor) }
      throw SystemError("bind")
    }
    guard Foundation.listen(descriptor, 64) == 0 else {
      defer { close(descriptor) }
      throw SystemError("listen")
    }
    return descriptor
  }

  /// A process that was killed leaves its socket behind. One that is answered is somebody's.
  private static func removeStale(_ path: String, _ address: ListenAddress) {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
    let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    if address.withSocketAddress({ connect(descriptor, $0, $1) }) != 0, errno == ECONNREFUSED { unlink(path) }
  }

  private func serve() {
    var connections: [Connection] = []
    while true {
      var requests = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
      requests += connections.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
      poll(&requests, nfds_t(requests.count), Self.wait(until: connections.map(\.deadline).min()))
      guard !isStopping.load(ordering: .acquiring) else { break }
      let now = ContinuousClock.now
      for (index, request) in requests.dropFirst().enumerated() {
        if request.revents != 0 { connections[index].advance(answer, until: now + limits.patience) }
        if now >= connections[index].deadline { connections[index].expire(until: now + limits.patience) }
      }
      for connection in connections where connection.isOver { close(connection.descriptor) }
      connections.removeAll(where: \.isOver)
      if requests[0].revents != 0 { accept(into: &connections) }
    }
    for connection in connections { close(connection.descriptor) }
  }

  /// How long to wait for a client, in milliseconds, rounded up so that the deadline is over then; for ever without one.
  private static func wait(until deadline: ContinuousClock.Instant?) -> CInt {
    guard let deadline else { return -1 }
    return CInt(max(.zero, deadline - .now) / .milliseconds(1)) + 1
  }

  private func accept(into connections: inout [Connection]) {
    while true {
      let descriptor = Foundation.accept(listener, nil, nil)
      guard descriptor >= 0 else {
        // Out of descriptors, say: the listener stays ready, and asking it at once would only burn the processor.
        if errno != EAGAIN { poll(nil, 0, 100) }
        return
      }
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      if connections.count == limits.connections { close(connections.removeFirst().descriptor) }
      connections.append(Connection(descriptor, until: ContinuousClock.now + limits.patience))
    }
  }
}

/// One client.
private struct Connection {
  let descriptor: CInt
  private(set) var deadline: ContinuousClock.Instant
  private(set) var isOver = false
  private var phase = Phase.reading([])

  private enum Phase {
    case reading([UInt8])
    case writing(ArraySlice<UInt8>)
    /// Everything is said. What the client still sends is taken, because to close before would make the system throw away
    /// what the client has not read yet.
    case draining
  }

  init(_ descriptor: CInt, until deadline: ContinuousClock.Instant) {
    self.descriptor = descriptor
    self.deadline = deadline
  }

  var events: Int16 {
    if case .writing = phase { Int16(POLLOUT) } else { Int16(POLLIN) }
  }

  /// Goes on as far as it goes without waiting.
  mutating func advance(_ answer: (String) -> HTTPResponse?, until deadline: ContinuousClock.Instant) {
    switch phase {
    case .reading(let bytes):
      guard let more = receive() else { return }
      guard !more.isEmpty else { return isOver = true }
      switch HTTPRequest.read(bytes + more) {
      case .incomplete: phase = .reading(bytes + more)
      case .request(let request): respond(answer(request.path) ?? HTTPResponse(.notFound), until: deadline)
      case .refused(let status): respond(HTTPResponse(status), until: deadline)
      }
    case .writing(let rest):
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
      guard count >= 0 else { return isOver = errno != EAGAIN && errno != EINTR }
      phase = .writing(rest.dropFirst(count))
      guard count == rest.count else { return }
      shutdown(descriptor, CInt(SHUT_WR))
      phase = .draining
    case .draining:
      if let more = receive() { isOver = more.isEmpty }
    }
  }

  /// Its time is over.
  mutating func expire(until deadline: ContinuousClock.Instant) {
    if case .reading(let bytes) = phase, !bytes.isEmpty { return respond(HTTPResponse(.timeout), until: deadline) }
    // Without the system sending on for minutes what the client does not take.
    var abruptly = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &abruptly, socklen_t(MemoryLayout<linger>.size))
    isOver = true
  }

  private mutating func respond(_ response: HTTPResponse, until deadline: ContinuousClock.Instant) {
    phase = .writing(response.bytes[...])
    self.deadline = deadline
  }

  /// What has come; empty when nothing comes any more, nil when nothing is there now.
  private mutating func receive() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0, errno == EAGAIN || errno == EINTR { return nil }
    return count > 0 ? Array(buffer[..<count]) : []
  }
}
