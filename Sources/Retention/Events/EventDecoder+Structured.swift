extension EventDecoder {
  /// Decodes the structured mode: one object with the attributes and `data` as its members.
  func structured(
    _ value: Span<UInt8>, isDeclared: Bool, notAfter latest: Instant
  ) throws(Fault) -> Decoded {
    do throws(Fault) {
      return try StructuredEvent(value).decoded(value, notAfter: latest)
    } catch {
      try validate(value)
      guard isDeclared || hasVersion(value) else {
        throw Fault(.notACloudEvent, "", "there are no ce_ headers, and the value is no object with specversion")
      }
      throw error
    }
  }

  /// Whether a value that is known to be JSON is an object with a `specversion`.
  private func hasVersion(_ value: Span<UInt8>) -> Bool {
    var reader = JSONReader(value)
    do throws(JSONError) {
      try reader.beginObject()
      while let name = try reader.nextMember() {
        if name == "specversion" { return true }
        try reader.skipValue()
      }
    } catch { return false }
    return false
  }
}

/// What one pass over a structured event brings to light.
private struct StructuredEvent: ~Copyable {
  private var envelope = Envelope(.structured)
  /// Where the data starts.
  private var dataOffset: Int?
  private var hasBinaryData = false
  /// The data, when its type was known by then. A fault counts only if that type still holds in the end, and is found again then.
  private var content: EventContent?

  init(_ value: Span<UInt8>) throws(Fault) {
    var reader = JSONReader(value)
    guard try reader.objectField("") else { throw Fault(.notACloudEvent, "", "the value is no object") }
    while let name = try reader.nextField() {
      switch name {
      case "data": try readData(&reader)
      case "data_base64": hasBinaryData = try reader.passField()
      default:
        guard let attribute = name.withUTF8(Envelope.Attribute.init) else {
          try reader.skipField()
          continue
        }
        try read(attribute, &reader)
      }
    }
    try reader.end()
  }

  /// The event, with data that came before its type decoded now.
  func decoded(_ value: Span<UInt8>, notAfter latest: Instant) throws(Fault) -> Decoded {
    switch try envelope.requiredType() {
    case .unknown(let type): return .ignored(type: type)
    case .known(let type):
      if hasBinaryData { throw Fault(.unsupportedDataEncoding, "data_base64", "must be JSON in data instead") }
      try envelope.requireJSON()
      return .event(try envelope.event(of: content(type, value), notAfter: latest))
    }
  }

  @_lifetime(reader: copy reader)
  private mutating func read(_ attribute: Envelope.Attribute, _ reader: inout JSONReader) throws(Fault) {
    guard let text = try reader.stringField(attribute.name) else { return try envelope.set(attribute, to: nil) }
    try text.withUTF8 { (text) throws(Fault) in try envelope.set(attribute, to: text) }
  }

  @_lifetime(reader: copy reader)
  private mutating func readData(_ reader: inout JSONReader) throws(Fault) {
    dataOffset = reader.offset
    content = nil
    var attempt = reader
    if case .known(let type)? = envelope.type {
      do throws(Fault) {
        content = try EventContent.read(type, from: &attempt)
        reader = attempt
        return
      } catch {}
    }
    try reader.skipField()
  }

  private func content(_ type: EventType, _ value: Span<UInt8>) throws(Fault) -> EventContent {
    if let content, content.type == type { return content }
    guard let dataOffset else { throw Fault(.missingField, "data", "is missing") }
    var reader = JSONReader(value, at: dataOffset)
    return try EventContent.read(type, from: &reader)
  }
}
