/// The fields of a log line, in the order in which they were given; a name stands once, and the last value given wins.
public struct LogFields: Sendable, Equatable {
  /// One field.
  public struct Field: Sendable, Equatable {
    /// The name, camelCase.
    public let name: String
    /// The value.
    public var value: LogValue
  }

  private(set) var fields: [Field] = []

  /// No fields yet.
  public init() {}

  /// The value of a field. Setting one that is there keeps its place; setting nil takes it away.
  public subscript(name: String) -> LogValue? {
    get { fields.first { $0.name == name }?.value }
    set {
      let index = fields.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): fields[index].value = value
      case (let index?, nil): fields.remove(at: index)
      case (nil, let value?): fields.append(Field(name: name, value: value))
      case (nil, nil): break
      }
    }
  }

  /// These fields and then the others; where both have a name, the others' value stands.
  public func merging(_ others: LogFields) -> LogFields {
    if fields.isEmpty { return others }
    var merged = self
    for field in others.fields { merged[field.name] = field.value }
    return merged
  }
}

extension LogFields: ExpressibleByDictionaryLiteral {
  /// The elements in their order.
  public init(dictionaryLiteral elements: (String, LogValue)...) {
    fields.reserveCapacity(elements.count)
    for (name, value) in elements { self[name] = value }
  }
}

extension LogFields: Sequence {
  /// The fields in their order.
  public func makeIterator() -> IndexingIterator<[Field]> { fields.makeIterator() }
}
