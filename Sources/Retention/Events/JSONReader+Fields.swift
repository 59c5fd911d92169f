/// Fields of an event's data by the kinds the contract knows. A field that is null counts as absent and reads as nil.
extension JSONReader {
  /// Enters the object that is the field's value; false when it is null.
  @_lifetime(self: copy self)
  mutating func objectField(_ name: StaticString) throws(Fault) -> Bool {
    do throws(JSONError) {
      if try readNull() { return false }
      try beginObject()
      return true
    } catch { throw Fault(error, at: name, expected: "an object") }
  }

  /// Enters the array that is the field's value; false when it is null.
  @_lifetime(self: copy self)
  mutating func arrayField(_ name: StaticString) throws(Fault) -> Bool {
    do throws(JSONError) {
      if try readNull() { return false }
      try beginArray()
      return true
    } catch { throw Fault(error, at: name, expected: "an array") }
  }

  /// The name of the next field of the object.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func nextField() throws(Fault) -> JSONText? {
    do throws(JSONError) { return try nextMember() } catch { throw Fault(error, at: "", expected: "a field") }
  }

  /// Whether the array has another item.
  @_lifetime(self: copy self)
  mutating func nextItem() throws(Fault) -> Bool {
    do throws(JSONError) { return try nextElement() } catch { throw Fault(error, at: "", expected: "an item") }
  }

  /// Passes a field nobody asked for.
  @_lifetime(self: copy self)
  mutating func skipField() throws(Fault) {
    do throws(JSONError) { try skipValue() } catch { throw Fault(error, at: "", expected: "a value") }
  }

  /// Passes a field of which only the presence matters; false when it is null.
  @_lifetime(self: copy self)
  mutating func passField() throws(Fault) -> Bool {
    do throws(JSONError) {
      if try readNull() { return false }
      try skipValue()
      return true
    } catch { throw Fault(error, at: "", expected: "a value") }
  }

  /// Makes sure that the value was all.
  @_lifetime(self: copy self)
  mutating func end() throws(Fault) {
    do throws(JSONError) { try finish() } catch { throw Fault(error, at: "", expected: "the end") }
  }

  /// A string as it stands.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func stringField(_ name: StaticString) throws(Fault) -> JSONText? {
    do throws(JSONError) {
      if try readNull() { return nil }
      return try readString()
    } catch { throw Fault(error, at: name, expected: "a string") }
  }

  /// An identifier: 1 to 128 bytes.
  @_lifetime(self: copy self)
  mutating func identifierField<Subject>(_ name: StaticString) throws(Fault) -> Identifier<Subject>? {
    guard let text = try stringField(name) else { return nil }
    guard let identifier = text.withUTF8({ Identifier<Subject>(utf8: $0) }) else {
      throw Fault(.invalidValue, "\(name)", "must be 1 to \(Identifier<Subject>.maximumLength) bytes")
    }
    return identifier
  }

  /// Free text of at most 1,024 bytes.
  @_lifetime(self: copy self)
  mutating func textField(_ name: StaticString) throws(Fault) -> String? {
    guard let text = try stringField(name) else { return nil }
    guard text.utf8Count <= 1_024 else { throw Fault(.invalidValue, "\(name)", "must be at most 1024 bytes") }
    return text.string
  }

  /// An integer within bounds.
  @_lifetime(self: copy self)
  mutating func integerField(_ name: StaticString, in bounds: ClosedRange<Int64>) throws(Fault) -> Int64? {
    let value: Int64
    do throws(JSONError) {
      if try readNull() { return nil }
      value = try readInteger()
    } catch {
      throw Fault(
        error, at: name, expected: "an integer from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    guard bounds.contains(value) else {
      throw Fault(
        .outOfRange, "\(name)", "must be an integer from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return value
  }

  /// An amount in minor units: up to 10^15, ten trillion in a currency of cents.
  @_lifetime(self: copy self)
  mutating func amountField(_ name: StaticString, from least: Int64 = 0) throws(Fault) -> Int64? {
    try integerField(name, in: least...1_000_000_000_000_000)
  }

  /// True or false.
  @_lifetime(self: copy self)
  mutating func flagField(_ name: StaticString) throws(Fault) -> Bool? {
    do throws(JSONError) {
      if try readNull() { return nil }
      return try readBool()
    } catch { throw Fault(error, at: name, expected: "true or false") }
  }

  /// A string of a format that `parse` knows; nil from `parse` is an invalid value.
  @_lifetime(self: copy self)
  mutating func parsedField<Value>(
    _ name: StaticString, _ format: String, code: Reject.Code = .invalidValue, _ parse: (Span<UInt8>) -> Value?
  ) throws(Fault) -> Value? {
    guard let text = try stringField(name) else { return nil }
    guard let value = text.withUTF8(parse) else { throw Fault(code, "\(name)", "must be \(format)") }
    return value
  }

  /// A word of a closed vocabulary.
  @_lifetime(self: copy self)
  mutating func wordField<Word: RawRepresentable & CaseIterable>(
    _ name: StaticString, _ parse: (Span<UInt8>) -> Word?
  ) throws(Fault) -> Word? where Word.RawValue == String {
    guard let text = try stringField(name) else { return nil }
    guard let word = text.withUTF8(parse) else { throw Fault(.invalidValue, "\(name)", "must be \(Word.wordList)") }
    return word
  }

  /// An instant.
  @_lifetime(self: copy self)
  mutating func instantField(_ name: StaticString) throws(Fault) -> Instant? {
    try parsedField(name, "an RFC 3339 time with an offset") { Instant(rfc3339: $0) }
  }
}

/// The value of a field that must be there.
func required<Value>(_ value: consuming Value?, _ name: StaticString) throws(Fault) -> Value {
  guard let value else { throw Fault(.missingField, "\(name)", "is missing") }
  return value
}
