/// Decodes Kafka records into events: CloudEvents 1.0 in the structured and the binary mode of its Kafka binding.
///
/// One pass over the value, straight into the event's fields. Whatever is not valid is a `Reject`; JSON that is broken
/// anywhere in the value counts before everything else, then the first fault in reading order. A field that occurs
/// twice must be valid each time, and the last one wins (RFC 8259 section 4 leaves it open).
public struct EventDecoder: Sendable {
  /// How far an event's time may lie ahead of the clock.
  public let maxFutureSkew: TimeSpan
  /// The longest value that is looked at, in bytes.
  public let maxRecordBytes: Int

  /// A decoder with these bounds.
  public init(maxFutureSkew: TimeSpan = .hours(1), maxRecordBytes: Int = 1_048_576) {
    self.maxFutureSkew = maxFutureSkew
    self.maxRecordBytes = maxRecordBytes
  }

  /// Decodes one record's value and headers at the time `now`; throws when it cannot be an event.
  public func decode(value: Span<UInt8>?, headers: [MessageHeader], now: Instant) throws(Reject) -> Decoded {
    guard let value, !value.isEmpty else {
      throw Reject(.emptyRecord, "the record has no value")
    }
    guard value.count <= maxRecordBytes else {
      throw Reject(.recordTooLarge, "the value has more than \(maxRecordBytes) bytes")
    }
    do throws(Fault) {
      return try decode(value, RecordMode(headers), headers, notAfter: now + maxFutureSkew)
    } catch { throw error.reject }
  }

  private func decode(
    _ value: Span<UInt8>, _ mode: RecordMode, _ headers: [MessageHeader], notAfter latest: Instant
  ) throws(Fault) -> Decoded {
    switch mode {
    case .binary: return try binary(value, headers, notAfter: latest)
    case .structured(let isDeclared): return try structured(value, isDeclared: isDeclared, notAfter: latest)
    case .otherEvent:
      throw Fault(.unsupportedContentType, "content-type", "must be application/cloudevents+json in UTF-8")
    case .incompleteBinary: throw Fault(.missingField, "ce_specversion", "is missing")
    case .neither:
      throw Fault(
        .notACloudEvent, "", "there are no ce_ headers, and the content type is not application/cloudevents+json")
    }
  }
}

/// How a record carries its event, as far as its headers tell.
private enum RecordMode {
  case binary
  case structured(isDeclared: Bool)
  case otherEvent
  case incompleteBinary
  case neither

  init(_ headers: [MessageHeader]) {
    var contentType: ContentType?
    var hasVersion = false
    var hasAttributes = false
    for header in headers {
      guard let value = header.value else { continue }
      if header.isContentType { contentType = ContentType(value.span) }
      guard let attribute = header.attribute else { continue }
      hasAttributes = true
      if attribute == .version { hasVersion = true }
    }
    switch contentType {
    case .structuredEvent: self = .structured(isDeclared: true)
    case .otherEvent: self = .otherEvent
    case _ where hasVersion: self = .binary
    case nil where !hasAttributes: self = .structured(isDeclared: false)
    case _ where hasAttributes: self = .incompleteBinary
    default: self = .neither
    }
  }
}

extension MessageHeader {
  /// Whether this is the header that tells the content type. Kafka compares names by case, producers do not agree on one.
  var isContentType: Bool {
    name.count == 12 && zip(name, "content-type".utf8).allSatisfy { $0.lowercased == $1 }
  }

  /// The CloudEvents attribute that the header holds in binary mode, under a name such as `ce_id`.
  var attribute: Envelope.Attribute? {
    let name = name.span
    guard name.count > 3, name.extracting(0..<3).spells("ce_") else { return nil }
    return Envelope.Attribute(name.extracting(3..<name.count))
  }
}
