/// Who the customer is and what they allow, as they told last: of each field the value whose event happened last, in
/// whatever order the events come.
struct Profile: Facet {
  static let kind = FacetKind.profile
  static let version: UInt8 = 1

  private(set) var displayName: Told<String>?
  private(set) var salutation: Told<String>?
  /// A BCP 47 tag.
  private(set) var locale: Told<String>?
  /// An IANA name.
  private(set) var timeZone: Told<String>?
  private(set) var birthday: Told<Birthday>?
  private(set) var quietHours: Told<QuietHours>?
  /// By channel, as its number in `Channel.allCases`; marketing of any channel stands behind them.
  private var consent: [Told<Bool>?] = Self.noConsent

  init() {}

  /// What the customer said of the channel; nil when nothing.
  func consent(to channel: Channel) -> Bool? { consent[channel.number]?.value }

  /// Whether the customer said anything of any channel or of marketing.
  var hasConsent: Bool { consent.contains { $0 != nil } }

  /// What the customer said of marketing; nil when nothing.
  var marketingConsent: Bool? { consent[Self.marketing]?.value }

  private static let marketing = Channel.allCases.count
  private static let noConsent: [Told<Bool>?] = Array(repeating: nil, count: Channel.allCases.count + 1)

  /// Notes what the customer told at `time`.
  mutating func take(_ update: ProfileUpdate, at time: Instant) {
    merge(update.displayName, at: time, into: &displayName)
    merge(update.salutation, at: time, into: &salutation)
    merge(update.locale, at: time, into: &locale)
    merge(update.timeZone, at: time, into: &timeZone)
    merge(update.birthday, at: time, into: &birthday)
    merge(update.quietHours, at: time, into: &quietHours)
    guard let told = update.consent else { return }
    for channel in Channel.allCases { merge(told[channel], at: time, into: &consent[channel.number]) }
    merge(told.marketing, at: time, into: &consent[Self.marketing])
  }

  mutating func read(_ reader: inout FacetReader, version: UInt8) throws(FacetError) {
    let fields = try reader.unsigned()
    func has(_ bit: Int) -> Bool { fields & 1 << UInt64(bit) != 0 }
    if has(0) { displayName = try reader.told { reader throws(FacetError) in try reader.text() } }
    if has(1) { salutation = try reader.told { reader throws(FacetError) in try reader.text() } }
    if has(2) { locale = try reader.told { reader throws(FacetError) in try reader.text() } }
    if has(3) { timeZone = try reader.told { reader throws(FacetError) in try reader.text() } }
    if has(4) { birthday = try reader.told { reader throws(FacetError) in try Birthday(from: &reader) } }
    if has(5) { quietHours = try reader.told { reader throws(FacetError) in try QuietHours(from: &reader) } }
    for index in consent.indices where has(6 + index) {
      consent[index] = try reader.told { reader throws(FacetError) in try reader.byte() != 0 }
    }
    guard fields >> UInt64(6 + consent.count) == 0 else { throw FacetError("has a field that nobody knows") }
  }

  func encode(into writer: inout FacetWriter) {
    let present = [
      displayName != nil, salutation != nil, locale != nil, timeZone != nil, birthday != nil, quietHours != nil,
    ]
    let bits = (present + consent.map { $0 != nil }).enumerated()
    writer.put(bits.reduce(UInt64(0)) { $0 | ($1.element ? 1 << UInt64($1.offset) : 0) })
    for text in [displayName, salutation, locale, timeZone] { writer.put(text) { $0.put(Array($1.utf8)) } }
    writer.put(birthday) {
      $0.put(byte: $1.month)
      $0.put(byte: $1.day)
    }
    writer.put(quietHours) {
      $0.put(UInt64($1.start))
      $0.put(UInt64($1.end))
    }
    for flag in consent { writer.put(flag) { $0.put(byte: $1 ? 1 : 0) } }
  }
}

/// A value and when the customer told it.
struct Told<Value: Equatable & Sendable>: Equatable, Sendable {
  let value: Value
  let at: Instant
}

/// An equally old value gives way, so that of two events of one instant the one that came last counts.
private func merge<Value>(_ value: Value?, at time: Instant, into told: inout Told<Value>?) {
  guard let value, told.map({ $0.at <= time }) ?? true else { return }
  told = Told(value: value, at: time)
}

extension Channel {
  /// The channel's place in stored profiles; it never changes.
  fileprivate var number: Int {
    switch self {
    case .push: 0
    case .sms: 1
    case .email: 2
    case .phone: 3
    case .wechat: 4
    }
  }
}

extension ConsentUpdate {
  fileprivate subscript(channel: Channel) -> Bool? {
    switch channel {
    case .push: push
    case .sms: sms
    case .email: email
    case .phone: phone
    case .wechat: wechat
    }
  }
}

extension Birthday {
  fileprivate init(from reader: inout FacetReader) throws(FacetError) {
    guard let birthday = Birthday(month: try reader.byte(), day: try reader.byte()) else {
      throw FacetError("holds a birthday of no calendar")
    }
    self = birthday
  }
}

extension QuietHours {
  fileprivate init(from reader: inout FacetReader) throws(FacetError) {
    let (start, end) = (try reader.unsigned(), try reader.unsigned())
    guard let hours = QuietHours(start: Int(truncatingIfNeeded: start), end: Int(truncatingIfNeeded: end)) else {
      throw FacetError("holds quiet hours of no day")
    }
    self = hours
  }
}

extension FacetReader {
  fileprivate mutating func told<Value>(
    _ value: (inout FacetReader) throws(FacetError) -> Value
  ) throws(FacetError) -> Told<Value> {
    Told(value: try value(&self), at: try instant())
  }
}

extension FacetWriter {
  fileprivate mutating func put<Value>(_ told: Told<Value>?, _ value: (inout FacetWriter, Value) -> Void) {
    guard let told else { return }
    value(&self, told.value)
    put(told.at)
  }
}
