import Operations
import Testing

struct ListenAddressTests {
  @Test(arguments: ["127.0.0.1:9464", "[::1]:0", "unix:/run/retaind/telemetry.sock", "0.0.0.0:65535"])
  func anAddressIsReadAndWrittenAlike(text: String) throws {
    #expect(try #require(ListenAddress(text)).description == text)
  }

  @Test(arguments: [
    "", "localhost:9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "[::1]",
    "300.0.0.1:1",
    "unix:relative", "unix:", ":9464", "unix:/" + String(repeating: "x", count: 107),
  ])
  func whatIsNoAddressIsRefused(text: String) {
    #expect(ListenAddress(text) == nil)
  }
}
