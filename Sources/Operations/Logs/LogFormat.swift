/// How a log line is written.
public enum LogFormat: Sendable, Equatable {
  /// One JSON object a line, for machines: `time`, `level`, `event`, `message`, then the fields.
  case json
  /// Aligned columns for a terminal, with ANSI colours when `colour`.
  case text(colour: Bool)

  /// The line without its time: what two identical warnings have in common.
  func body(
    _ level: LogLevel, _ event: StaticString, _ message: String, _ fields: LogFields, _ customer: (String) -> String
  ) -> [UInt8] {
    switch self {
    case .json: jsonBody(level, event, message, fields, customer)
    case .text(let colour): textBody(level, event, message, fields, colour: colour, customer)
    }
  }

  /// Appends the whole line: what stands before the body, the body, and how often it was `repeated` when that is not 0.
  func appendLine(milliseconds: Int64, body: [UInt8], repeated: Int, to line: inout [UInt8]) {
    switch self {
    case .json:
      line.append(contentsOf: "{\"time\":\"".utf8)
      Timestamp.append(milliseconds: milliseconds, to: &line)
      line.append(contentsOf: "\",".utf8)
      line.append(contentsOf: body)
      if repeated > 0 { line.append(contentsOf: ",\"repeated\":\(repeated)".utf8) }
      line.append(UInt8(ascii: "}"))
    case .text:
      Timestamp.append(milliseconds: milliseconds, to: &line)
      line.append(UInt8(ascii: " "))
      line.append(contentsOf: body)
      if repeated > 0 { line.append(contentsOf: " repeated=\(repeated)".utf8) }
    }
    line.append(UInt8(ascii: "\n"))
  }
}

extension LogFormat {
  private static let reservedNames: Set<String> = ["time", "level", "event", "message", "repeated"]

  private func jsonBody(
    _ level: LogLevel, _ event: StaticString, _ message: String, _ fields: LogFields, _ customer: (String) -> String
  ) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(256)
    body.append(contentsOf: "\"level\":\"\(level.rawValue)\",\"event\":".utf8)
    LogText.appendQuoted(event.description, to: &body)
    body.append(contentsOf: ",\"message\":".utf8)
    LogText.appendQuoted(message, to: &body)
    for field in fields {
      body.append(UInt8(ascii: ","))
      // A field may not hide what every line has: a reader of JSON would take the last one.
      LogText.appendQuoted(Self.reservedNames.contains(field.name) ? field.name + "_" : field.name, to: &body)
      body.append(UInt8(ascii: ":"))
      switch field.value {
      case .string(let text): LogText.appendQuoted(text, to: &body)
      case .integer(let number): body.append(contentsOf: number.description.utf8)
      case .double(let number) where number.isFinite: body.append(contentsOf: number.description.utf8)
      case .double(let number): LogText.appendQuoted(number.description, to: &body)
      case .bool(let flag): body.append(contentsOf: flag.description.utf8)
      case .customer(let id): LogText.appendQuoted(customer(id), to: &body)
      }
    }
    return body
  }

  private func textBody(
    _ level: LogLevel, _ event: StaticString, _ message: String, _ fields: LogFields, colour: Bool,
    _ customer: (String) -> String
  ) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(256)
    append(padded(level.rawValue, to: 8), colour ? level.terminalColour : nil, to: &body)
    body.append(UInt8(ascii: " "))
    body.append(contentsOf: padded(event.description, to: 24).utf8)
    body.append(UInt8(ascii: " "))
    LogText.appendEscaped(message, quotes: false, to: &body)
    for field in fields {
      body.append(UInt8(ascii: " "))
      append(field.name + "=", colour ? "2" : nil, to: &body)
      switch field.value {
      case .string(let text): appendTextValue(text, to: &body)
      case .integer(let number): body.append(contentsOf: number.description.utf8)
      case .double(let number): body.append(contentsOf: number.description.utf8)
      case .bool(let flag): body.append(contentsOf: flag.description.utf8)
      case .customer(let id): appendTextValue(customer(id), to: &body)
      }
    }
    return body
  }

  /// Quotation marks only where a reader could not tell the value's end.
  private func appendTextValue(_ text: String, to bytes: inout [UInt8]) {
    if text.isEmpty || text.contains(where: { $0 == " " || $0 == "=" || $0 == "\"" }) {
      LogText.appendQuoted(text, to: &bytes)
    } else {
      LogText.appendEscaped(text, quotes: false, to: &bytes)
    }
  }

  private func append(_ text: String, _ colour: String?, to bytes: inout [UInt8]) {
    guard let colour else { return bytes.append(contentsOf: text.utf8) }
    bytes.append(contentsOf: "\u{1b}[\(colour)m\(text)\u{1b}[0m".utf8)
  }

  private func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension LogLevel {
  /// The parameter of the ANSI sequence (ECMA-48, 8.3.117) that shows the level; nil for the level of most lines.
  fileprivate var terminalColour: String? {
    switch self {
    case .debug: "2"
    case .info: nil
    case .notice: "36"
    case .warning: "33"
    case .error: "31"
    case .critical: "1;31"
    }
  }
}
