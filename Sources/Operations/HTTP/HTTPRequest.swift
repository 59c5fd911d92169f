/// The head of a request, RFC 9112.
struct HTTPRequest: Equatable {
  /// What is asked for, without a query.
  let path: String

  /// What came of the bytes that were received so far.
  enum Reading: Equatable {
    /// The head has not ended yet.
    case incomplete
    case request(HTTPRequest)
    /// The answer is this status, whatever else is asked.
    case refused(HTTPStatus)
  }

  /// The largest head, in bytes.
  static let maximumHead = 8_192

  /// Reads a head. What comes behind it, a body or another request, is not looked at: every connection takes one request.
  static func read(_ bytes: [UInt8]) -> Reading {
    guard let end = endOfHead(bytes) else {
      return bytes.count > maximumHead ? .refused(.headTooLarge) : .incomplete
    }
    guard end <= maximumHead else { return .refused(.headTooLarge) }
    guard bytes[..<end].allSatisfy({ $0 >= 0x20 || $0 == 9 || $0 == 10 || $0 == 13 }) else {
      return .refused(.badRequest)
    }
    // Of bytes, because Swift takes a carriage return and a line feed for one character.
    let lines = bytes[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
    let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else { return .refused(.badRequest) }
    let fields = lines.dropFirst().filter { !$0.isEmpty }
    guard fields.allSatisfy(isField) else { return .refused(.badRequest) }
    let hosts = fields.count { $0.lowercased().hasPrefix("host:") }
    guard hosts == 1 || (hosts == 0 && words[2] == "HTTP/1.0") else { return .refused(.badRequest) }
    guard words[0] == "GET" else { return .refused(isToken(words[0]) ? .methodNotAllowed : .badRequest) }
    guard let path = path(of: words[1]) else { return .refused(.badRequest) }
    return .request(HTTPRequest(path: path))
  }

  /// Behind the empty line; a bare line feed ends a line too.
  private static func endOfHead(_ bytes: [UInt8]) -> Int? {
    var start = 0
    while let feed = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = bytes[start..<feed]
      // Before the request line, an empty line is nothing that could end.
      if start > 0, line.isEmpty || line.elementsEqual([UInt8(ascii: "\r")]) { return feed + 1 }
      start = feed + 1
    }
    return nil
  }

  private static func isField(_ line: some StringProtocol) -> Bool {
    guard let colon = line.firstIndex(of: ":") else { return false }
    return isToken(line[..<colon])
  }

  private static func isToken(_ text: some StringProtocol) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }

  /// The path of a target in origin form or absolute form.
  private static func path(of target: some StringProtocol) -> String? {
    var rest = String(target)
    if !rest.hasPrefix("/") {
      guard rest.lowercased().hasPrefix("http://") else { return nil }
      rest = String(rest.dropFirst("http://".count).drop { $0 != "/" })
    }
    return String(rest.prefix { $0 != "?" && $0 != "#" })
  }
}
