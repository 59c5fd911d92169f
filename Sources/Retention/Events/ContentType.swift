/// What a media type (RFC 9110 section 8.3) means for decoding; letter case does not matter.
enum ContentType {
  /// `application/cloudevents+json`: the value is a whole CloudEvent.
  case structuredEvent
  /// `application/json`, `text/json` or a type with the suffix `+json`: the value is JSON.
  case json
  /// A CloudEvent in another format or charset, or a batch of events.
  case otherEvent
  /// Anything else.
  case other

  init(_ text: Span<UInt8>) {
    // As nearly everybody writes them.
    if text.spells("application/json") {
      self = .json
      return
    }
    if text.spells("application/cloudevents+json") {
      self = .structuredEvent
      return
    }
    var rest = 0..<text.count
    let type = Self.nextPart(text, &rest)
    var isUTF8 = true
    while !rest.isEmpty {
      isUTF8 = Self.keepsUTF8(Self.nextPart(text, &rest)) && isUTF8
    }
    if type.starts(withIgnoringCase: "application/cloudevents") {
      self = isUTF8 && type.spellsIgnoringCase("application/cloudevents+json") ? .structuredEvent : .otherEvent
    } else {
      self = isUTF8 && Self.isJSON(type) ? .json : .other
    }
  }

  private static func isJSON(_ type: Span<UInt8>) -> Bool {
    if type.spellsIgnoringCase("application/json") || type.spellsIgnoringCase("text/json") { return true }
    return type.count > 5 && type.extracting(last: 5).spellsIgnoringCase("+json")
      && type.indices.contains { type[$0] == UInt8(ascii: "/") }
  }

  /// Whether a parameter leaves the charset at UTF-8, or its subset ASCII; other parameters do not matter.
  private static func keepsUTF8(_ parameter: Span<UInt8>) -> Bool {
    guard parameter.starts(withIgnoringCase: "charset=") else { return true }
    var value = parameter.extracting(8..<parameter.count)
    if value.count >= 2, value[0] == UInt8(ascii: "\""), value[value.count - 1] == UInt8(ascii: "\"") {
      value = value.extracting(1..<value.count - 1)
    }
    return value.spellsIgnoringCase("utf-8") || value.spellsIgnoringCase("us-ascii")
  }

  /// What stands before the next semicolon, without the blanks around it.
  @_lifetime(copy text)
  private static func nextPart(_ text: Span<UInt8>, _ rest: inout Range<Int>) -> Span<UInt8> {
    var part = rest
    let semicolon = rest.first { text[$0] == UInt8(ascii: ";") } ?? rest.upperBound
    part = part.lowerBound..<semicolon
    rest = min(semicolon + 1, rest.upperBound)..<rest.upperBound
    func isBlank(_ index: Int) -> Bool { text[index] == 0x20 || text[index] == 0x09 }
    while let first = part.first, isBlank(first) { part.removeFirst() }
    while let last = part.last, isBlank(last) { part.removeLast() }
    return text.extracting(part)
  }
}

extension Span<UInt8> {
  /// Whether the bytes are those of `word`, which has lower-case letters, in any case.
  fileprivate func spellsIgnoringCase(_ word: StaticString) -> Bool {
    count == word.utf8CodeUnitCount && starts(withIgnoringCase: word)
  }

  fileprivate func starts(withIgnoringCase word: StaticString) -> Bool {
    guard count >= word.utf8CodeUnitCount else { return false }
    for index in 0..<word.utf8CodeUnitCount where self[index].lowercased != word.utf8Start[index] { return false }
    return true
  }
}

extension UInt8 {
  /// The lower-case letter of an upper-case ASCII letter, any other byte as it is.
  var lowercased: UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
  }
}

extension Array where Element == UInt8 {
  /// The bytes of a span.
  init(copying span: Span<UInt8>) {
    self = span.withUnsafeBufferPointer { Array($0) }
  }
}
