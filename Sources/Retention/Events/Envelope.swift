/// The CloudEvents attributes that matter here, gathered in any order from either mode.
struct Envelope: ~Copyable {
  /// The event's type, when it is one of ours.
  enum TypeName: Equatable {
    case known(EventType)
    case unknown(String)
  }

  /// Where the attributes stand: in the value's object, or in headers.
  enum Mode {
    case structured
    case binary
  }

  private(set) var hasVersion = false
  private(set) var id: EventID?
  private(set) var hasSource = false
  private(set) var type: TypeName?
  private(set) var time: Instant?
  /// The content type of the data; absent is taken as JSON (CloudEvents 1.0, JSON format, section 3.1).
  private(set) var dataContentType: ContentType?

  private let mode: Mode

  init(_ mode: Mode) { self.mode = mode }

  /// Takes an attribute; nil, for a null or a header without a value, is none.
  mutating func set(_ attribute: Attribute, to text: Span<UInt8>?) throws(Fault) {
    if let text, text.isEmpty, attribute != .dataContentType {
      throw Fault(.invalidValue, path(attribute), "must not be empty")
    }
    switch attribute {
    case .version: try setVersion(text)
    case .id: try setID(text)
    case .source: hasSource = text != nil
    case .type: setType(text)
    case .time: try setTime(text)
    case .dataContentType: setDataContentType(text)
    }
  }

  private mutating func setVersion(_ text: Span<UInt8>?) throws(Fault) {
    if let text, !text.spells("1.0") { throw Fault(.unsupportedSpecVersion, path(.version), "must be 1.0") }
    hasVersion = text != nil
  }

  private mutating func setID(_ text: Span<UInt8>?) throws(Fault) {
    guard let text else { return id = nil }
    guard let id = EventID(utf8: text) else {
      throw Fault(.invalidValue, path(.id), "must be 1 to \(EventID.maximumLength) bytes")
    }
    self.id = id
  }

  private mutating func setType(_ text: Span<UInt8>?) {
    guard let text else { return type = nil }
    type = EventType(utf8: text).map { .known($0) } ?? .unknown(bounded(text))
  }

  private mutating func setDataContentType(_ text: Span<UInt8>?) {
    guard let text else { return dataContentType = nil }
    dataContentType = ContentType(text)
  }

  private mutating func setTime(_ text: Span<UInt8>?) throws(Fault) {
    guard let text else { return time = nil }
    guard let time = Instant(rfc3339: text) else {
      throw Fault(.invalidValue, path(.time), "must be an RFC 3339 time with an offset")
    }
    self.time = time
  }

  /// The type, once every attribute that CloudEvents requires is there.
  func requiredType() throws(Fault) -> TypeName {
    guard hasVersion else { throw missing(.version) }
    guard id != nil else { throw missing(.id) }
    guard hasSource else { throw missing(.source) }
    guard let type else { throw missing(.type) }
    return type
  }

  /// Whether the data is JSON by its content type.
  var hasJSON: Bool {
    switch dataContentType {
    case nil, .json, .structuredEvent: true
    case .other, .otherEvent: false
    }
  }

  /// Makes sure that the data is JSON.
  func requireJSON() throws(Fault) {
    if !hasJSON { throw Fault(.unsupportedContentType, path(.dataContentType), "must be JSON in UTF-8") }
  }

  /// The event that has this envelope, of which we require a time that is not too far ahead.
  func event(of content: EventContent, notAfter latest: Instant) throws(Fault) -> Event {
    guard let id else { throw missing(.id) }
    guard let time else { throw missing(.time) }
    if time > latest { throw Fault(.timeInFuture, path(.time), "is ahead of the clock by more than is allowed") }
    return Event(id: id, time: time, content: content)
  }

  private func missing(_ attribute: Attribute) -> Fault { Fault(.missingField, path(attribute), "is missing") }

  /// How the attribute is written in a message.
  private func path(_ attribute: Attribute) -> String {
    switch mode {
    case .structured: "\(attribute.name)"
    case .binary: attribute == .dataContentType ? "content-type" : "ce_\(attribute.name)"
    }
  }

  /// At most the first 128 bytes, whole characters only.
  private func bounded(_ text: Span<UInt8>) -> String {
    var end = min(text.count, 128)
    while end < text.count, end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    return String(decoding: Array(copying: text.extracting(0..<end)), as: UTF8.self)
  }
}

extension Envelope {
  /// The attributes that are looked at; all others, extensions too, are ignored.
  enum Attribute {
    case version
    case id
    case source
    case type
    case time
    case dataContentType

    /// The attribute of a CloudEvents name.
    init?(_ name: Span<UInt8>) {
      switch name {
      case "specversion": self = .version
      case "id": self = .id
      case "source": self = .source
      case "type": self = .type
      case "time": self = .time
      case "datacontenttype": self = .dataContentType
      default: return nil
      }
    }

    var name: StaticString {
      switch self {
      case .version: "specversion"
      case .id: "id"
      case .source: "source"
      case .type: "type"
      case .time: "time"
      case .dataContentType: "datacontenttype"
      }
    }
  }
}
