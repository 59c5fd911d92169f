extension JSONReader {
  /// Reads an integer of 64 bits, exactly.
  ///
  /// The number may be written with a fraction or an exponent as long as its value is an integer: `1.0` and `1e3` are 1
  /// and 1000, `-0` is 0. RFC 8259 section 6 knows only numbers, not their notation, and JSON Schema (2020-12 validation,
  /// section 6.1.1) counts any number with a zero fraction as an integer, as the published schemas promise.
  @_lifetime(self: copy self)
  public mutating func readInteger() throws(JSONError) -> Int64 {
    try expect(.number)
    let start = offset
    let number = try scanNumber()
    if number.isPlain, let value = number.value { return value }
    guard let exact = integer(number, from: start) else {
      throw JSONError(code: number.isPlain ? .integerOverflow : failure(number, from: start), offset: start)
    }
    return exact
  }

  /// A number as it stands: where its parts are, and its value when that is simple.
  struct ScannedNumber {
    /// The value when it has neither fraction nor exponent and fits.
    var value: Int64?
    /// Whether it has neither fraction nor exponent.
    var isPlain = true
    /// Digits after the point.
    var places = 0
    /// The exponent; saturates far beyond the length of any text.
    var exponent = 0
    /// Behind the last digit before the exponent.
    var mantissaEnd = 0
  }

  /// Passes the number at `offset` (RFC 8259 section 6).
  @_lifetime(self: copy self)
  mutating func scanNumber() throws(JSONError) -> ScannedNumber {
    var number = ScannedNumber()
    let negative = bytes[offset] == UInt8(ascii: "-")
    if negative { offset += 1 }
    let start = offset
    number.value = try scanDigits(negative: negative)
    if offset - start > 1, bytes[start] == UInt8(ascii: "0") {
      throw JSONError(code: .invalidNumber, offset: start + 1)
    }
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      offset += 1
      let fraction = offset
      _ = try scanDigits(negative: false)
      number.isPlain = false
      number.places = offset - fraction
    }
    number.mantissaEnd = offset
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      offset += 1
      number.isPlain = false
      number.exponent = try scanExponent()
    }
    return number
  }

  /// Passes at least one digit; nil when the value does not fit.
  @_lifetime(self: copy self)
  private mutating func scanDigits(negative: Bool) throws(JSONError) -> Int64? {
    let start = offset
    var value: Int64? = 0
    while offset < bytes.count {
      let digit = bytes[offset] &- UInt8(ascii: "0")
      guard digit <= 9 else { break }
      value = value.flatMap { shifted($0, appending: digit, negative: negative) }
      offset += 1
    }
    if offset == start { throw error(offset < bytes.count ? .invalidNumber : .unexpectedEnd) }
    return value
  }

  @_lifetime(self: copy self)
  private mutating func scanExponent() throws(JSONError) -> Int {
    guard offset < bytes.count else { throw error(.unexpectedEnd) }
    let sign = bytes[offset]
    if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { offset += 1 }
    let bound: Int64 = 1 << 60
    let value = try scanDigits(negative: sign == UInt8(ascii: "-")) ?? (sign == UInt8(ascii: "-") ? -bound : bound)
    return Int(max(-bound, min(bound, value)))
  }

  /// The value of a number with fraction or exponent: its digits without trailing zeros, times a power of ten that
  /// must not be negative then. Nil when it is no integer or does not fit.
  private func integer(_ number: ScannedNumber, from start: Int) -> Int64? {
    let negative = bytes[start] == UInt8(ascii: "-")
    let (end, power) = significant(number, from: start)
    var value: Int64 = 0
    for index in start..<end {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { continue }
      guard let next = shifted(value, appending: digit, negative: negative) else { return nil }
      value = next
    }
    if value == 0 { return 0 }
    guard (0..<19).contains(power) else { return nil }
    for _ in 0..<power {
      guard let next = shifted(value, appending: 0, negative: negative) else { return nil }
      value = next
    }
    return value
  }

  /// Where the significant digits end, and the power of ten that they are multiplied by.
  private func significant(_ number: ScannedNumber, from start: Int) -> (end: Int, power: Int) {
    var end = number.mantissaEnd
    var power = number.exponent - number.places
    while end > start + 1 {
      let byte = bytes[end - 1]
      if byte == UInt8(ascii: "0") { power += 1 } else if byte != UInt8(ascii: ".") { break }
      end -= 1
    }
    return (end, power)
  }

  private func failure(_ number: ScannedNumber, from start: Int) -> JSONError.Code {
    significant(number, from: start).power < 0 ? .notAnInteger : .integerOverflow
  }
}

/// Ten times `value` plus or minus a digit; negative numbers grow downwards, so that `Int64.min` can be read.
@inline(__always)
private func shifted(_ value: Int64, appending digit: UInt8, negative: Bool) -> Int64? {
  let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
  let (sum, carry) =
    negative
    ? tenfold.subtractingReportingOverflow(Int64(digit)) : tenfold.addingReportingOverflow(Int64(digit))
  return overflow || carry ? nil : sum
}
