/// The data of `customer.updated`: what is nil was not mentioned and stays as it was.
public struct ProfileUpdate: Sendable, Equatable {
  /// The customer's name.
  public var displayName: String?
  /// How the customer wants to be addressed, such as 米粒的主人.
  public var salutation: String?
  /// A BCP 47 language tag, such as zh-Hans or en.
  public var locale: String?
  /// An IANA time zone name, such as Asia/Shanghai.
  public var timeZone: String?
  /// The birthday, without a year.
  public var birthday: Birthday?
  /// What the customer allows.
  public var consent: ConsentUpdate?
  /// When the customer wants to be left alone.
  public var quietHours: QuietHours?

  /// An update that mentions nothing.
  public init() {}
}

/// A day of any year.
public struct Birthday: Sendable, Equatable {
  /// 1 to 12.
  public let month: UInt8
  /// 1 to the month's length, 29 for February.
  public let day: UInt8

  /// The day of a month; nil when there is no such day in a leap year.
  public init?(month: UInt8, day: UInt8) {
    let lengths: [UInt8] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), (1...lengths[Int(month) - 1]).contains(day) else { return nil }
    self.month = month
    self.day = day
  }
}

/// What a customer allows, channel by channel; what is nil was not mentioned.
public struct ConsentUpdate: Sendable, Equatable {
  /// Push messages of the app.
  public var push: Bool?
  /// Text messages.
  public var sms: Bool?
  /// Mail.
  public var email: Bool?
  /// Calls.
  public var phone: Bool?
  /// WeChat messages.
  public var wechat: Bool?
  /// Marketing of any channel.
  public var marketing: Bool?

  /// Nothing mentioned.
  public init() {}
}

/// A daily window of local time, in minutes after midnight; a start after the end spans midnight.
public struct QuietHours: Sendable, Equatable {
  /// The first quiet minute, 0 to 1,439.
  public let start: Int
  /// The first minute that is not quiet any more, 0 to 1,439.
  public let end: Int

  /// A window from its ends; nil when one is not a minute of a day.
  public init?(start: Int, end: Int) {
    guard (0..<1_440).contains(start), (0..<1_440).contains(end) else { return nil }
    self.start = start
    self.end = end
  }
}
