/// Values by name, in an order that means something. One type for all of them: lists of tuples whose labels differ are turned
/// into each other element by element.
public typealias NamedValues = [(name: String, value: Value)]

/// A value of a notice: a parameter of its text, or a piece of its evidence.
public enum Value: Sendable, Equatable, JSONWritable {
  /// Words.
  case text(String)
  /// A count.
  case integer(Int64)
  /// A point in time, shown in the customer's local time.
  case instant(Instant)
  /// A local day.
  case day(LocalDay)
  /// An amount in minor units.
  case money(Int64, Currency)
  /// A factor.
  case factor(BasisPoints)
  /// A tier, shown by the name that the wording gives it.
  case tier(Tier)
  /// True or false.
  case flag(Bool)
  /// Several values, none of which is a list.
  case list([Value])

  /// An identifier as words.
  static func id<Subject>(_ identifier: Identifier<Subject>) -> Value { .text(identifier.description) }

  /// A number of any kind, to four decimals.
  static func decimal(_ number: Double) -> Value {
    .factor(BasisPoints(Int64(max(-1e14, min(1e14, (number * 10_000).rounded())))))
  }

  /// Writes an instant as RFC 3339, a day as a date, a factor as a decimal number, and money as an object with `amount` and
  /// `currency`.
  public func write(to json: inout JSONWriter) {
    switch self {
    case .text(let text): json.string(text)
    case .integer(let integer): json.integer(integer)
    case .instant(let instant): json.instant(instant)
    case .day(let day): json.string(day.iso8601)
    case .money(let amount, let currency):
      json.object {
        $0.member("amount", amount)
        $0.member("currency", currency.code)
      }
    case .factor(let factor): json.decimal(factor.value, scale: 4)
    case .tier(let tier): json.string(tier.name)
    case .flag(let flag): json.bool(flag)
    case .list(let values): json.value(values)
    }
  }

  /// The value as it stands in a text; `tiers` are the names of the tiers.
  func worded(in locale: Locale, at zone: LocalTime, tiers: [Tier: String] = [:]) -> String {
    switch self {
    case .text(let text): text
    case .integer(let integer): grouped(integer)
    case .instant(let instant): date(zone.day(of: instant), in: locale) + timeOfDay(instant, in: locale, at: zone)
    case .day(let day): date(day, in: locale)
    case .money(let amount, let currency): price(amount, in: currency, in: locale)
    case .factor(let factor): factor.decimal
    case .tier(let tier): tiers[tier] ?? tier.name
    case .flag(let flag): flag ? "true" : "false"
    case .list(let values):
      values.map { $0.worded(in: locale, at: zone, tiers: tiers) }
        .joined(separator: locale == .chinese ? "、" : ", ")
    }
  }
}

/// The integer with a comma before each group of three digits, as both languages write it.
private func grouped(_ integer: Int64) -> String {
  guard integer.magnitude >= 1_000 else { return String(integer) }
  // Byte by byte: to walk the characters of a string takes many times as long.
  let digits = String(integer.magnitude).utf8
  return String(unsafeUninitializedCapacity: 1 + digits.count + (digits.count - 1) / 3) { text in
    var count = 0
    func append(_ character: UInt8) {
      text.initializeElement(at: count, to: character)
      count += 1
    }
    if integer < 0 { append(UInt8(ascii: "-")) }
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { append(UInt8(ascii: ",")) }
      append(digit)
    }
    return count
  }
}

private func date(_ day: LocalDay, in locale: Locale) -> String {
  let (_, month, day) = day.civil
  switch locale {
  case .chinese: return "\(month)月\(day)日"
  case .english:
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return "\(months[month - 1]) \(day)"
  }
}

private func timeOfDay(_ instant: Instant, in locale: Locale, at zone: LocalTime) -> String {
  let minute = zone.minuteOfDay(of: instant)
  return (locale == .english ? ", " : " ") + twoDigits(minute / 60) + ":" + twoDigits(minute % 60)
}

/// The amount with its currency's sign in front, and as many decimals as the currency has.
/// Source of the signs: Unicode CLDR 46, locales zh and en.
private func price(_ amount: Int64, in currency: Currency, in locale: Locale) -> String {
  let sign =
    switch (currency.code, locale) {
    case ("CNY", .chinese), ("JPY", .english): "¥"
    case ("CNY", .english): "CN¥"
    case ("JPY", .chinese): "JP¥"
    case ("USD", .chinese): "US$"
    case ("USD", .english): "$"
    case ("EUR", _): "€"
    case ("GBP", _): "£"
    case ("HKD", _): "HK$"
    case ("TWD", _): "NT$"
    default: currency.code + "\u{a0}"
    }
  let perMajor = UInt64(currency.minorUnitsPerMajor)
  let whole = grouped(Int64(amount.magnitude / perMajor))
  let fraction = String(perMajor + amount.magnitude % perMajor).dropFirst()
  return (amount < 0 ? "-" : "") + sign + whole + (fraction.isEmpty ? "" : "." + fraction)
}
