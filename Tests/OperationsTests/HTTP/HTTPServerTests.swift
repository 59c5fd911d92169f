import Foundation
import Testing

@testable import Operations

struct HTTPServerTests {
  /// A server that answers "/ok" and, with 4 MB, "/large".
  private func server(
    _ address: ListenAddress = .ipv4("127.0.0.1", port: 0), _ adjust: (inout HTTPServer.Limits) -> Void = { _ in }
  ) throws -> HTTPServer {
    var limits = HTTPServer.Limits()
    adjust(&limits)
    return try HTTPServer(address, limits: limits) { path in
      switch path {
      case "/ok": HTTPResponse(.ok, body: "fine")
      case "/large": HTTPResponse(.ok, body: String(repeating: "x", count: 4 << 20))
      default: nil
      }
    }
  }

  private func address(of server: HTTPServer) throws -> ListenAddress {
    .ipv4("127.0.0.1", port: try #require(server.port))
  }

  @Test func aPathIsAnswered() throws {
    let server = try server()
    defer { server.stop() }
    let answer = try HTTPClient.get("/ok", at: address(of: server))
    #expect(answer.status == 200)
    #expect(answer.body == Array("fine".utf8))
    #expect(try HTTPClient.get("/other", at: address(of: server)).status == 404)
  }

  @Test func aLargeAnswerArrivesWhole() throws {
    let server = try server()
    defer { server.stop() }
    #expect(try HTTPClient.get("/large", at: address(of: server)).body.count == 4 << 20)
  }

  @Test func theHeadSaysWhatFollowsAndThatTheConnectionEnds() throws {
    let server = try server()
    defer { server.stop() }
    let answer = try Peer(address(of: server)).exchange("GET /ok HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(answer.contains("\r\nContent-Length: 4\r\n"))
    #expect(answer.contains("\r\nConnection: close\r\n"))
    #expect(answer.hasSuffix("\r\n\r\nfine"))
  }

  @Test func ofRequestsThatFollowEachOtherTheFirstIsAnswered() throws {
    let server = try server()
    defer { server.stop() }
    let request = "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n"
    let answer = try Peer(address(of: server)).exchange(request + request + request)
    #expect(answer.components(separatedBy: "HTTP/1.1").count == 2)
  }

  @Test(arguments: [
    ("nonsense\r\n\r\n", "400"), ("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123456789", "405"),
    ("GET /ok HTTP/1.1\r\nX: " + String(repeating: "x", count: 20_000), "431"),
  ])
  func whatIsNotAnsweredIsToldWhy(request: String, status: String) throws {
    let server = try server()
    defer { server.stop() }
    let answer = try Peer(address(of: server)).exchange(request)
    #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
    #expect(answer.contains("\r\nAllow: GET\r\n") == (status == "405"))
  }

  @Test func whoSendsTooSlowlyIsTold() throws {
    let server = try server { $0.patience = .milliseconds(300) }
    defer { server.stop() }
    #expect(try Peer(address(of: server)).exchange("GET /ok HTT").hasPrefix("HTTP/1.1 408 "))
    // Who sends nothing at all is left without a word.
    #expect(try Peer(address(of: server)).exchange("").isEmpty)
  }

  @Test func slowClientsDoNotKeepOthersOut() throws {
    let server = try server { $0.connections = 4 }
    defer { server.stop() }
    let slow = try (0..<20).map { _ in try Peer(address(of: server)) }
    for peer in slow { peer.send("GET /ok HT") }
    for _ in 0..<10 { #expect(try HTTPClient.get("/ok", at: address(of: server)).status == 200) }
    withExtendedLifetime(slow) {}
  }

  @Test func whoDoesNotTakeTheAnswerIsLetGo() throws {
    let server = try server { $0.patience = .milliseconds(300) }
    defer { server.stop() }
    let peer = try Peer(address(of: server))
    peer.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
    // Others are answered meanwhile, and after the patience is over the rest is not there any more.
    let answer = try HTTPClient.get("/ok", at: address(of: server))
    #expect(answer.status == 200)
    #expect(peer.waitForHangUp(atMost: .seconds(10)))
    #expect(peer.receiveAll().utf8.count < 4 << 20)
  }

  @Test func aStopWaitsForNoClient() throws {
    let server = try server { $0.patience = .seconds(3_600) }
    let silent = try Peer(address(of: server))
    #expect(try HTTPClient.get("/ok", at: address(of: server)).status == 200)
    server.stop()
    #expect(silent.receiveAll().isEmpty)
  }

  @Test func aSocketInTheFileSystemIsListenedOnAndRemoved() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString.prefix(8)).sock").path
    // What a killed process left behind.
    let stale = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    #expect(ListenAddress.unix(path: path).withSocketAddress { bind(stale, $0, $1) } == 0)
    close(stale)
    let server = try server(.unix(path: path))
    #expect(try HTTPClient.get("/ok", at: .unix(path: path)).status == 200)
    #expect(throws: SystemError.self) { try self.server(.unix(path: path)) }
    #expect(try HTTPClient.get("/ok", at: .unix(path: path)).status == 200)
    server.stop()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func anAddressThatIsTakenIsAnError() throws {
    let server = try server()
    defer { server.stop() }
    let error = #expect(throws: SystemError.self) { try self.server(address(of: server)) }
    #expect(error?.description == "bind: Address already in use")
  }

  @Test func nobodyThereAndNoHTTPAreErrors() throws {
    let server = try server()
    let address = try address(of: server)
    server.stop()
    #expect(throws: HTTPClient.Failure.self) { try HTTPClient.get("/ok", at: address) }
  }
}

/// A client that sends what it likes.
private final class Peer {
  private let descriptor: CInt

  init(_ address: ListenAddress) throws {
    descriptor = socket(address.family, CInt(SOCK_STREAM.rawValue), 0)
    try #require(address.withSocketAddress { connect(descriptor, $0, $1) } == 0)
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Foundation.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL))
  }

  func receiveAll() -> String {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { all += buffer[..<count] }
    return String(decoding: all, as: UTF8.self)
  }

  /// Sends, and returns all that comes until the other end closes.
  func exchange(_ text: String) -> String {
    send(text)
    return receiveAll()
  }

  /// Whether the other end closes within the time, whatever there is still to be read (POLLRDHUP, which Glibc does not show).
  func waitForHangUp(atMost time: Duration) -> Bool {
    var request = pollfd(fd: descriptor, events: 0x2000, revents: 0)
    return poll(&request, 1, CInt(time.components.seconds * 1_000)) == 1
  }
}
