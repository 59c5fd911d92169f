extension EventDecoder {
  /// Decodes the binary mode: attributes in headers, data as the value.
  func binary(
    _ value: Span<UInt8>, _ headers: [MessageHeader], notAfter latest: Instant
  ) throws(Fault) -> Decoded {
    let envelope = try envelope(headers)
    switch try envelope.requiredType() {
    case .unknown(let type):
      if envelope.hasJSON { try validate(value) }
      return .ignored(type: type)
    case .known(let type):
      try envelope.requireJSON()
      do throws(Fault) {
        var reader = JSONReader(value)
        let content = try EventContent.read(type, from: &reader)
        try reader.end()
        return .event(try envelope.event(of: content, notAfter: latest))
      } catch {
        try validate(value)
        throw error
      }
    }
  }

  private func envelope(_ headers: [MessageHeader]) throws(Fault) -> Envelope {
    var envelope = Envelope(.binary)
    for header in headers {
      guard let attribute = header.isContentType ? .dataContentType : header.attribute else { continue }
      if let value = header.value, !UTF8Sequence.isValid(value.span) {
        throw Fault(.invalidValue, "ce_\(attribute.name)", "must be UTF-8")
      }
      try envelope.set(attribute, to: header.value?.span)
    }
    return envelope
  }

  /// Makes sure that a value is JSON, so that broken JSON is called that whatever else was found before.
  func validate(_ value: Span<UInt8>) throws(Fault) {
    var reader = JSONReader(value)
    try reader.skipField()
    try reader.end()
  }
}
