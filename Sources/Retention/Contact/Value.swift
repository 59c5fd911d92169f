/// A value of a notice: a parameter of its text, or a piece of its evidence.
public enum Value: Sendable, Equatable, JSONWritable {
  /// Words.
  case text(String)
  /// A count.
  case integer(Int64)
  /// A point in time, shown in the customer's local time.
  case instant(Instant)
  /// A factor.
  case factor(BasisPoints)
  /// True or false.
  case flag(Bool)

  /// An identifier as words.
  static func id<Subject>(_ identifier: Identifier<Subject>) -> Value { .text(identifier.description) }

  /// Writes an instant as RFC 3339 and a factor as a decimal number.
  public func write(to json: inout JSONWriter) {
    switch self {
    case .text(let text): json.string(text)
    case .integer(let integer): json.integer(integer)
    case .instant(let instant): json.instant(instant)
    case .factor(let factor): json.decimal(factor.value, scale: 4)
    case .flag(let flag): json.bool(flag)
    }
  }

  /// The value as it stands in a text.
  func worded(in locale: Locale, at zone: LocalTime) -> String {
    switch self {
    case .text(let text): text
    case .integer(let integer): grouped(integer)
    case .instant(let instant): dateAndTime(instant, in: locale, at: zone)
    case .factor(let factor): factor.decimal
    case .flag(let flag): flag ? "true" : "false"
    }
  }
}

/// The integer with a comma before each group of three digits, as both languages write it.
private func grouped(_ integer: Int64) -> String {
  var text = ""
  let digits = String(integer.magnitude)
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return integer < 0 ? "-" + text : text
}

private func dateAndTime(_ instant: Instant, in locale: Locale, at zone: LocalTime) -> String {
  let (_, month, day) = zone.day(of: instant).civil
  let minute = zone.minuteOfDay(of: instant)
  let time = twoDigits(minute / 60) + ":" + twoDigits(minute % 60)
  switch locale {
  case .chinese: return "\(month)月\(day)日 \(time)"
  case .english:
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return "\(months[month - 1]) \(day), \(time)"
  }
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
