/// The fields of `customer.updated`, in any order; the reader stands inside the object.
struct ProfileFields: ~Copyable {
  private var customer: CustomerID?
  private var update = ProfileUpdate()

  @_lifetime(reader: copy reader)
  init(from reader: inout JSONReader) throws(Fault) {
    while let name = try reader.nextField() {
      switch name {
      case "customerId": customer = try reader.identifierField("customerId")
      case "displayName": update.displayName = try reader.textField("displayName")
      case "salutation": update.salutation = try reader.textField("salutation")
      case "locale":
        update.locale = try reader.parsedField("locale", "a language tag of BCP 47, such as zh-Hans", languageTag)
      case "timeZone":
        update.timeZone = try reader.parsedField("timeZone", "an IANA name, such as Asia/Shanghai", zoneName)
      case "birthday":
        update.birthday = try reader.parsedField("birthday", "a day as MM-DD") { Birthday(utf8: $0) }
      case "consent": update.consent = try consent(from: &reader)
      case "quietHours": update.quietHours = try quietHours(from: &reader)
      default: try reader.skipField()
      }
    }
  }

  consuming func content() throws(Fault) -> EventContent { try EventContent(customer, .customerUpdated(update)) }
}

@_lifetime(reader: copy reader)
private func consent(from reader: inout JSONReader) throws(Fault) -> ConsentUpdate? {
  guard try reader.objectField("consent") else { return nil }
  var consent = ConsentUpdate()
  do throws(Fault) {
    while let channel = try reader.nextField() {
      switch channel {
      case "push": consent.push = try reader.flagField("push")
      case "sms": consent.sms = try reader.flagField("sms")
      case "email": consent.email = try reader.flagField("email")
      case "phone": consent.phone = try reader.flagField("phone")
      case "wechat": consent.wechat = try reader.flagField("wechat")
      case "marketing": consent.marketing = try reader.flagField("marketing")
      default: try reader.skipField()
      }
    }
  } catch { throw error.inside("consent") }
  return consent
}

@_lifetime(reader: copy reader)
private func quietHours(from reader: inout JSONReader) throws(Fault) -> QuietHours? {
  guard try reader.objectField("quietHours") else { return nil }
  do throws(Fault) {
    var start: Int?
    var end: Int?
    while let name = try reader.nextField() {
      switch name {
      case "start": start = try reader.parsedField("start", "a time of day as HH:MM", minuteOfDay)
      case "end": end = try reader.parsedField("end", "a time of day as HH:MM", minuteOfDay)
      default: try reader.skipField()
      }
    }
    return QuietHours(start: try required(start, "start"), end: try required(end, "end"))
  } catch { throw error.inside("quietHours") }
}

extension Birthday {
  fileprivate init?(utf8 text: Span<UInt8>) {
    guard text.count == 5, text[2] == UInt8(ascii: "-"), let month = twoDigits(text, 0), let day = twoDigits(text, 3)
    else { return nil }
    self.init(month: UInt8(month), day: UInt8(day))
  }
}

/// The minutes of a time of day such as 22:00; nil when the text is none.
func minuteOfDay(_ text: Span<UInt8>) -> Int? {
  guard text.count == 5, text[2] == UInt8(ascii: ":"), let hour = twoDigits(text, 0), let minute = twoDigits(text, 3),
    hour <= 23, minute <= 59
  else { return nil }
  return hour * 60 + minute
}

private func twoDigits(_ text: Span<UInt8>, _ start: Int) -> Int? {
  let tens = text[start] &- UInt8(ascii: "0")
  let ones = text[start + 1] &- UInt8(ascii: "0")
  return tens <= 9 && ones <= 9 ? Int(tens) * 10 + Int(ones) : nil
}

/// A tag whose subtags have the shape that RFC 5646 section 2.1 gives them: letters first, then 1 to 8 letters or digits each.
private func languageTag(_ text: Span<UInt8>) -> String? {
  let tag = String(decoding: Array(copying: text), as: UTF8.self)
  let subtags = tag.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
  guard text.count <= 64, subtags.allSatisfy({ (1...8).contains($0.count) && $0.allSatisfy(isAlphanumeric) }),
    let language = subtags.first, language.count >= 2, language.allSatisfy(isLetter)
  else { return nil }
  return tag
}

/// A name of the shape that names in the IANA time zone database have. Whether the zone exists is not asked here: the
/// database differs from host to host, and the same event must not be valid on one and a dead letter on another.
private func zoneName(_ text: Span<UInt8>) -> String? {
  let name = String(decoding: Array(copying: text), as: UTF8.self)
  let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  let sound = parts.allSatisfy { part in
    part.first.map(isLetter) == true && part.allSatisfy { isAlphanumeric($0) || "_+-".utf8.contains($0) }
  }
  return text.count <= 64 && parts.count <= 3 && sound ? name : nil
}

private func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

private func isAlphanumeric(_ byte: UInt8) -> Bool {
  isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
