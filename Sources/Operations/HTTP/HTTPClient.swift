import Foundation

/// Asks a server on this machine once.
public enum HTTPClient {
  /// Why there is no answer.
  public enum Failure: Error, Equatable, CustomStringConvertible {
    /// The server could not be reached.
    case system(SystemError)
    /// What came was no answer.
    case unreadable

    /// In words.
    public var description: String {
      switch self {
      case .system(let error): error.description
      case .unreadable: "what answers there does not speak HTTP"
      }
    }
  }

  /// The status and the body under `path`. Waits at most `timeout` for each step.
  public static func get(
    _ path: String, at address: ListenAddress, timeout: Duration = .seconds(5)
  ) throws(Failure) -> (status: Int, body: [UInt8]) {
    let descriptor = socket(address.family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system(SystemError("socket")) }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: Int(timeout.components.seconds), tv_usec: 0)
    for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    guard address.withSocketAddress({ connect(descriptor, $0, $1) }) == 0 else {
      throw .system(SystemError("connect to \(address)"))
    }
    let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
    guard send(descriptor, request, request.count, CInt(MSG_NOSIGNAL)) == request.count else {
      throw .system(SystemError("send"))
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count >= 0 else { throw .system(SystemError("receive")) }
      guard count > 0 else { break }
      answer += buffer[..<count]
    }
    guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else { throw .unreadable }
    let words = String(decoding: answer[..<end.lowerBound], as: UTF8.self).split(separator: " ", maxSplits: 2)
    guard words.count == 3, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { throw .unreadable }
    return (status, Array(answer[end.upperBound...]))
  }
}
