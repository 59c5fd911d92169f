/// The texts of every notice in every language, read from the wording files.
public struct Wording: Sendable {
  /// Found by looking through them: they are few, and to hash a word takes longer.
  private let texts: [Texts]

  /// What is said in one language. An object, as is each of its texts, so that to take one up is not to copy it.
  final class Texts: Sendable {
    let locale: Locale
    /// How a customer is addressed who did not say how.
    let salutation: String
    let tiers: [Tier: String]
    /// The templates and the text of each, at the same place.
    private let templates: [Template]
    private let texts: [Text]

    init(locale: Locale, salutation: String, tiers: [Tier: String], texts: [(Template, Text)]) {
      self.locale = locale
      self.salutation = salutation
      self.tiers = tiers
      templates = texts.map(\.0)
      self.texts = texts.map(\.1)
    }

    func text(_ template: Template) -> Text? { templates.firstIndex(of: template).map { texts[$0] } }
  }

  /// The title and body of one template.
  final class Text: Sendable {
    let title: [Segment]
    let body: [Segment]

    init(title: [Segment], body: [Segment]) {
      self.title = title
      self.body = body
    }
  }

  enum Segment: Sendable, Equatable {
    case literal(String)
    case parameter(String)
    /// One word for a parameter of one, another for any other number.
    case plural(String, one: String, other: String)
    case salutation
  }

  /// Reads one file a language: an object of `{title, body}` by template, with `{parameter}` where a value goes,
  /// `{parameter|point|points}` for a word that depends on a number, and `{salutation}`, which is the customer's own or the
  /// file's `salutation`. The file's `tiers` are their names. Every language, every template and no other must be there, and a text may use the parameters of its
  /// template only.
  /// Throws with the language and the path of the text.
  public init(json5 files: [Locale: [UInt8]]) throws(ConfigurationError) {
    var texts: [Texts] = []
    for locale in Locale.allCases {
      guard let bytes = files[locale] else {
        throw ConfigurationError(path: "", problem: "there is no wording for \(locale.rawValue)")
      }
      do {
        texts.append(try read(bytes, locale))
      } catch {
        let path = error.path.isEmpty ? locale.rawValue : "\(locale.rawValue): \(error.path)"
        throw ConfigurationError(path: path, problem: error.problem)
      }
    }
    self.texts = texts
  }

  /// The title and body of a notice with its values filled in. `name` is how the customer wants to be addressed.
  func compose(
    _ template: Template, _ parameters: NamedValues, to name: String? = nil, in locale: Locale,
    at zone: LocalTime
  ) -> (title: String, body: String) {
    guard let texts = texts.first(where: { $0.locale == locale }), let text = texts.text(template) else {
      preconditionFailure("init checks that every template is worded")
    }
    func value(_ name: String) -> Value? { parameters.first { $0.name == name }?.value }
    // A string asks at each append who holds it and what is in it.
    var filled = ByteBuffer(capacity: 512)
    func fill(_ segments: [Segment]) -> String {
      filled.removeAll()
      for segment in segments {
        switch segment {
        case .literal(let literal): filled.append(literal)
        case .parameter(let name):
          if let value = value(name) { filled.append(value.worded(in: locale, at: zone, tiers: texts.tiers)) }
        case .plural(let name, let one, let other): filled.append(value(name) == .integer(1) ? one : other)
        case .salutation: filled.append(name ?? texts.salutation)
        }
      }
      return String(decoding: filled.slice(0..<filled.count), as: UTF8.self)
    }
    return (fill(text.title), fill(text.body))
  }
}

private func read(_ bytes: [UInt8], _ locale: Locale) throws(ConfigurationError) -> Wording.Texts {
  var file = try StrictObject(ConfigurationValue(json5: bytes))
  guard let salutation = try file.text("salutation") else {
    throw file.error("salutation", "is missing: it addresses customers who did not say how they want to be addressed")
  }
  guard var names = try file.object("tiers") else {
    throw file.error("tiers", "is missing: it names base, silver, gold and diamond")
  }
  var tiers: [Tier: String] = [:]
  for tier in Tier.allCases {
    guard let name = try names.text(tier.name) else { throw names.error(tier.name, "is missing") }
    tiers[tier] = name
  }
  try names.finish()
  var texts: [(Template, Wording.Text)] = []
  for template in Template.allCases {
    guard var entry = try file.object(template.rawValue) else {
      throw file.error(template.rawValue, "is missing: every template needs a title and a body in every language")
    }
    let title = try segments("title", of: template, in: &entry)
    let body = try segments("body", of: template, in: &entry)
    try entry.finish()
    texts.append((template, Wording.Text(title: title, body: body)))
  }
  try file.finish()
  return Wording.Texts(locale: locale, salutation: salutation, tiers: tiers, texts: texts)
}

private func segments(
  _ field: String, of template: Template, in entry: inout StrictObject
) throws(ConfigurationError) -> [Wording.Segment] {
  guard let text = try entry.text(field) else { throw entry.error(field, "is missing") }
  var segments: [Wording.Segment] = []
  var rest = text[...]
  while let open = rest.firstIndex(of: "{") {
    guard let close = rest[open...].firstIndex(of: "}") else { throw entry.error(field, "has a { without a }") }
    let words = rest[rest.index(after: open)..<close].split(separator: "|", omittingEmptySubsequences: false)
    let name = String(words[0])
    guard template.parameters.contains(name) || (name == "salutation" && words.count == 1) else {
      let known = (template.parameters + ["salutation"]).joined(separator: ", ")
      throw entry.error(field, "uses {\(name)}; \(template.rawValue) has only \(known)")
    }
    if open > rest.startIndex { segments.append(.literal(String(rest[..<open]))) }
    switch words.count {
    case 1: segments.append(name == "salutation" ? .salutation : .parameter(name))
    case 3: segments.append(.plural(name, one: String(words[1]), other: String(words[2])))
    default: throw entry.error(field, "has {\(words.joined(separator: "|"))}; a plural is {\(name)|one|many}")
    }
    rest = rest[rest.index(after: close)...]
  }
  if !rest.isEmpty { segments.append(.literal(String(rest))) }
  return segments
}
