/// A value that knows its JSON form.
public protocol JSONWritable {
  /// Writes exactly one value.
  func write(to json: inout JSONWriter)
}

extension JSONWriter {
  /// Writes an object whose members are what `body` writes.
  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    beginObject()
    try body(&self)
    endObject()
  }

  /// Writes an array whose elements are what `body` writes.
  public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    beginArray()
    try body(&self)
    endArray()
  }

  /// Writes a value of its own form.
  public mutating func value(_ value: some JSONWritable) { value.write(to: &self) }

  /// Writes a member.
  public mutating func member(_ name: StaticString, _ value: some JSONWritable) {
    key(name)
    value.write(to: &self)
  }

  /// Writes a member, or nothing when there is no value.
  public mutating func member(_ name: StaticString, ifPresent value: (some JSONWritable)?) {
    if let value { member(name, value) }
  }

  /// Writes a member, null when there is no value.
  public mutating func member(_ name: StaticString, orNull value: (some JSONWritable)?) {
    key(name)
    if let value { self.value(value) } else { null() }
  }

  /// Writes a member whose value is the one that `body` writes.
  public mutating func member(_ name: StaticString, _ body: (inout JSONWriter) throws -> Void) rethrows {
    key(name)
    try body(&self)
  }
}

extension String: JSONWritable {
  /// Writes the value.
  public func write(to json: inout JSONWriter) { json.string(self) }
}

extension Bool: JSONWritable {
  /// Writes the value.
  public func write(to json: inout JSONWriter) { json.bool(self) }
}

extension Int: JSONWritable {
  /// Writes the value.
  public func write(to json: inout JSONWriter) { json.integer(self) }
}

extension Int64: JSONWritable {
  /// Writes the value.
  public func write(to json: inout JSONWriter) { json.integer(self) }
}

extension Double: JSONWritable {
  /// Writes the value, which must be finite.
  public func write(to json: inout JSONWriter) { json.number(self) }
}

extension Array: JSONWritable where Element: JSONWritable {
  /// Writes the value.
  public func write(to json: inout JSONWriter) {
    json.array { for element in self { element.write(to: &$0) } }
  }
}

extension Identifier: JSONWritable {
  /// Writes the value.
  public func write(to json: inout JSONWriter) { json.string(self) }
}

extension BasisPoints: JSONWritable {
  /// Writes the factor.
  public func write(to json: inout JSONWriter) { json.decimal(value, scale: 4) }
}

extension Instant: JSONWritable {
  /// Writes the value.
  public func write(to json: inout JSONWriter) { json.instant(self) }
}

extension Currency: JSONWritable {
  /// Writes the value.
  public func write(to json: inout JSONWriter) { json.string(codeBytes) }
}
