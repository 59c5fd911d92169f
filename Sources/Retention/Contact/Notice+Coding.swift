/// A notice that waits is stored with the customer.
extension Notice {
  init(from reader: inout FacetReader) throws(FacetError) {
    kind = try reader.choice(of: NoticeKind.self)
    template = try reader.choice(of: Template.self)
    subject = try reader.field()
    parameters = try reader.values()
    reason = try reader.values()
    cause = try Cause(from: &reader)
    expiresAt = try reader.instant()
    guard parameters.map(\.name) == template.parameters else {
      throw FacetError("holds a notice whose parameters are not those of its template")
    }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(text: kind.rawValue)
    writer.put(text: template.rawValue)
    writer.put(subject)
    writer.put(values: parameters)
    writer.put(values: reason)
    cause.encode(into: &writer)
    writer.put(expiresAt)
  }
}

extension Cause {
  init(from reader: inout FacetReader) throws(FacetError) {
    switch try reader.byte() {
    case 0:
      let id = try reader.identifier(Named.Event.self)
      let type = try reader.choice(of: EventType.self)
      self = .event(id, type: type, origin: try Origin(from: &reader))
    case 1:
      let name = try reader.text()
      self = .timer(name, dueAt: try reader.instant())
    default: throw FacetError("holds a cause of no kind")
    }
  }

  func encode(into writer: inout FacetWriter) {
    switch self {
    case .event(let id, let type, let origin):
      writer.put(byte: 0)
      writer.put(id)
      writer.put(text: type.rawValue)
      origin.encode(into: &writer)
    case .timer(let name, let dueAt):
      writer.put(byte: 1)
      writer.put(text: name)
      writer.put(dueAt)
    }
  }
}

extension Cause.Origin {
  init(from reader: inout FacetReader) throws(FacetError) {
    topic = try reader.text()
    partition = Int32(truncatingIfNeeded: try reader.signed())
    offset = try reader.signed()
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(text: topic)
    writer.put(Int64(partition))
    writer.put(offset)
  }
}

extension Value {
  fileprivate init(from reader: inout FacetReader) throws(FacetError) {
    let kind = try reader.byte()
    guard kind == 8 else {
      try self.init(kind, from: &reader)
      return
    }
    self = .list(try reader.list { reader throws(FacetError) in try Value(try reader.byte(), from: &reader) })
  }

  /// A value that is no list.
  private init(_ kind: UInt8, from reader: inout FacetReader) throws(FacetError) {
    switch kind {
    case 0: self = .text(try reader.text())
    case 1: self = .integer(try reader.signed())
    case 2: self = .instant(try reader.instant())
    case 3: self = .factor(BasisPoints(try reader.signed()))
    case 4: self = .flag(try reader.byte() != 0)
    case 5: self = .day(try reader.localDay())
    case 6:
      let amount = try reader.signed()
      guard let currency = Currency(code: try reader.text()) else { throw FacetError("holds money of no currency") }
      self = .money(amount, currency)
    case 7:
      guard let tier = Tier(rawValue: try reader.byte()) else { throw FacetError("holds a tier that nobody knows") }
      self = .tier(tier)
    default: throw FacetError("holds a value of no kind")
    }
  }

  fileprivate func encode(into writer: inout FacetWriter) {
    switch self {
    case .text(let text):
      writer.put(byte: 0)
      writer.put(text: text)
    case .integer(let integer):
      writer.put(byte: 1)
      writer.put(integer)
    case .instant(let instant):
      writer.put(byte: 2)
      writer.put(instant)
    case .factor(let factor):
      writer.put(byte: 3)
      writer.put(factor.value)
    case .flag(let flag):
      writer.put(byte: 4)
      writer.put(byte: flag ? 1 : 0)
    case .day(let day):
      writer.put(byte: 5)
      writer.put(day.number)
    case .money(let amount, let currency):
      writer.put(byte: 6)
      writer.put(amount)
      writer.put(currency.codeBytes)
    case .tier(let tier):
      writer.put(byte: 7)
      writer.put(byte: tier.rawValue)
    case .list(let values):
      writer.put(byte: 8)
      writer.put(list: values) { $0.encode(into: &$1) }
    }
  }
}

extension FacetReader {
  fileprivate mutating func choice<Choice: RawRepresentable<String>>(of _: Choice.Type) throws(FacetError) -> Choice {
    let name = try text()
    guard let choice = Choice(rawValue: name) else { throw FacetError("holds a \(Choice.self) that nobody knows") }
    return choice
  }

  fileprivate mutating func values() throws(FacetError) -> NamedValues {
    var values: NamedValues = []
    for _ in 0..<(try count()) {
      let name = try text()
      values.append((name, try Value(from: &self)))
    }
    return values
  }
}

extension FacetWriter {
  fileprivate mutating func put(values: NamedValues) {
    put(list: values) { element, writer in
      writer.put(text: element.name)
      element.value.encode(into: &writer)
    }
  }
}
