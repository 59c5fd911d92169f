/// The statuses that are answered with.
public enum HTTPStatus: Int, Sendable {
  /// The request is answered.
  case ok = 200
  /// The request is none.
  case badRequest = 400
  /// There is nothing under the path.
  case notFound = 404
  /// Only GET is answered.
  case methodNotAllowed = 405
  /// The head did not come in time.
  case timeout = 408
  /// The head is too large.
  case headTooLarge = 431
  /// The service is not well.
  case unavailable = 503

  var phrase: String {
    switch self {
    case .ok: "OK"
    case .badRequest: "Bad Request"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .timeout: "Request Timeout"
    case .headTooLarge: "Request Header Fields Too Large"
    case .unavailable: "Service Unavailable"
    }
  }
}

/// An answer to a request.
public struct HTTPResponse: Sendable, Equatable {
  let status: HTTPStatus
  let contentType: String
  let body: String

  /// An answer from its parts.
  public init(_ status: HTTPStatus, contentType: String = "text/plain; charset=utf-8", body: String) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// An answer that says its status.
  init(_ status: HTTPStatus) { self.init(status, body: status.phrase.lowercased() + "\n") }

  /// The whole message. The connection ends behind it.
  var bytes: [UInt8] {
    let allow = status == .methodNotAllowed ? "Allow: GET\r\n" : ""
    let head = """
      HTTP/1.1 \(status.rawValue) \(status.phrase)\r
      Content-Type: \(contentType)\r
      Content-Length: \(body.utf8.count)\r
      Cache-Control: no-store\r
      \(allow)Connection: close\r
      \r

      """
    return Array(head.utf8) + Array(body.utf8)
  }
}
