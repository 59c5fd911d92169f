import Testing

@testable import Operations

struct HTTPRequestTests {
  private func read(_ text: String) -> HTTPRequest.Reading { HTTPRequest.read(Array(text.utf8)) }

  @Test(arguments: [
    ("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", "/metrics"),
    ("GET /status?x=1#y HTTP/1.1\r\nhost:a\r\n\r\n", "/status"),
    ("GET / HTTP/1.0\r\n\r\n", "/"), ("GET http://a:1/health HTTP/1.1\r\nHost: a\r\n\r\n", "/health"),
    ("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", ""), ("GET /ready HTTP/1.1\nHost: a\n\n", "/ready"),
    ("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n", "/a"),
    ("GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz", "/a"),
  ])
  func aRequestIsRead(text: String, path: String) {
    #expect(read(text) == .request(HTTPRequest(path: path)))
  }

  @Test(arguments: [
    "", "GET", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\n", "\r\n", "\n", "GET / HTTP/1.1\r\nHost: a\r\n\r",
  ])
  func aPartOfARequestIsWaitedFor(text: String) {
    #expect(read(text) == .incomplete)
  }

  @Test(arguments: [
    "GET /\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost a\r\n\r\n", "GET / HTTP/1.1\r\n: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", "GET metrics HTTP/1.1\r\nHost: a\r\n\r\n",
    "G\u{1}T / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
    "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
  ])
  func whatIsNoRequestIsRefused(text: String) {
    #expect(read(text) == .refused(.badRequest))
  }

  @Test(arguments: ["POST", "HEAD", "OPTIONS", "DELETE", "get"])
  func anotherMethodIsRefused(method: String) {
    #expect(read("\(method) / HTTP/1.1\r\nHost: a\r\n\r\n") == .refused(.methodNotAllowed))
  }

  @Test func aHeadThatIsTooLargeIsRefusedWhetherItEndsOrNot() {
    let field = "X: " + String(repeating: "x", count: HTTPRequest.maximumHead)
    #expect(read("GET / HTTP/1.1\r\nHost: a\r\n" + field) == .refused(.headTooLarge))
    #expect(read("GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n") == .refused(.headTooLarge))
    #expect(read(String(repeating: "x", count: HTTPRequest.maximumHead)) == .incomplete)
  }
}
