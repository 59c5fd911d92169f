/// What a handler wants a customer to be told; the gate decides whether it becomes a `Notification`.
struct Notice: Sendable {
  let kind: NoticeKind
  let template: Template
  /// What the notice is about, beside customer and cause: with both it makes the notification's identity.
  let subject: [UInt8]
  /// The values of the text, in the order of the template.
  var parameters: NamedValues
  /// The evidence.
  var reason: NamedValues
  let cause: Cause
  /// From when on it does not help any more.
  let expiresAt: Instant

  /// The same for the same customer, kind, cause and subject.
  func identity(for customer: CustomerID) -> String {
    var hash = StableHash(wide: true)
    hash.combine(field: customer)
    hash.combine(field: kind.rawValue)
    cause.hash(into: &hash)
    hash.combine(field: subject)
    return hash.digest128()
  }

  /// Changes a value that both the text and the evidence show.
  mutating func set(_ name: String, _ value: Value) {
    for index in parameters.indices where parameters[index].name == name { parameters[index].value = value }
    for index in reason.indices where reason[index].name == name { reason[index].value = value }
  }

  /// Whether both have the same identity, told to the same customer.
  func isSame(as other: Notice) -> Bool { kind == other.kind && cause == other.cause && subject == other.subject }
}

extension Notice: Equatable {
  static func == (a: Notice, b: Notice) -> Bool {
    a.isSame(as: b) && a.template == b.template && a.expiresAt == b.expiresAt
      && a.parameters.elementsEqual(b.parameters, by: ==) && a.reason.elementsEqual(b.reason, by: ==)
  }
}

/// A message to one customer, ready to be published.
public struct Notification: Sendable {
  /// The same for the same customer, kind, cause and subject: a consumer that reads twice recognises it.
  public let id: String
  /// To whom.
  public let customer: CustomerID
  /// What about.
  public let kind: NoticeKind
  /// The language of title and body.
  public let locale: Locale
  /// One line.
  public let title: String
  /// The text.
  public let body: String
  /// Which text it was made of.
  public let template: Template
  /// The values of the text, in the order of the template.
  public let parameters: NamedValues
  /// The channels the customer allows; none of a notice that is only for other services.
  public let channels: [Channel]
  /// The evidence.
  public let reason: NamedValues
  /// What made it.
  public let cause: Cause
  /// When it was made.
  public let createdAt: Instant
  /// From when on it does not help any more.
  public let expiresAt: Instant
  /// The edition of the rules.
  public let rulesVersion: String

  package init(
    id: String, customer: CustomerID, kind: NoticeKind, locale: Locale, title: String, body: String, template: Template,
    parameters: NamedValues, channels: [Channel], reason: NamedValues,
    cause: Cause, createdAt: Instant, expiresAt: Instant, rulesVersion: String
  ) {
    self.id = id
    self.customer = customer
    self.kind = kind
    self.locale = locale
    self.title = title
    self.body = body
    self.template = template
    self.parameters = parameters
    self.channels = channels
    self.reason = reason
    self.cause = cause
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.rulesVersion = rulesVersion
  }
}

extension Notification: JSONWritable {
  /// Writes the contract's JSON.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("notificationId", id)
      json.member("customerId", customer)
      json.member("kind", kind.rawValue)
      json.member("class", kind.noticeClass.rawValue)
      json.member("locale", locale.rawValue)
      json.member("title", title)
      json.member("body", body)
      json.member("template") { json in
        json.object {
          $0.member("id", template.rawValue)
          $0.member("params") { writeValues(parameters, to: &$0) }
        }
      }
      json.member("channels") { json in json.array { for channel in channels { $0.string(channel.rawValue) } } }
      json.member("reason") { writeValues(reason, to: &$0) }
      json.member("cause", cause)
      json.member("createdAt", createdAt)
      json.member("expiresAt", expiresAt)
      json.member("rulesVersion", rulesVersion)
    }
  }
}

/// Writes an object of the values.
func writeValues(_ values: NamedValues, to json: inout JSONWriter) {
  json.object { json in
    for (name, value) in values {
      json.key(name)
      json.value(value)
    }
  }
}
