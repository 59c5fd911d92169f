/// The texts of every notice in every language, read from the wording files.
public struct Wording: Sendable {
  private let texts: [Locale: [Template: Text]]

  /// The title and body of one template.
  struct Text: Sendable, Equatable {
    let title: [Segment]
    let body: [Segment]
  }

  enum Segment: Sendable, Equatable {
    case literal(String)
    case parameter(String)
  }

  /// Reads one file a language: an object of `{title, body}` by template, with `{parameter}` where a value goes.
  /// Every language, every template and no other must be there, and a text may use the parameters of its template only.
  /// Throws with the language and the path of the text.
  public init(json5 files: [Locale: [UInt8]]) throws(ConfigurationError) {
    var texts: [Locale: [Template: Text]] = [:]
    for locale in Locale.allCases {
      guard let bytes = files[locale] else {
        throw ConfigurationError(path: "", problem: "there is no wording for \(locale.rawValue)")
      }
      do {
        texts[locale] = try read(bytes)
      } catch {
        let path = error.path.isEmpty ? locale.rawValue : "\(locale.rawValue): \(error.path)"
        throw ConfigurationError(path: path, problem: error.problem)
      }
    }
    self.texts = texts
  }

  /// The title and body of a notice with its values filled in.
  func compose(
    _ template: Template, _ parameters: [(name: String, value: Value)], in locale: Locale, at zone: LocalTime
  ) -> (title: String, body: String) {
    guard let text = texts[locale]?[template] else { preconditionFailure("init checks that every template is worded") }
    func fill(_ segments: [Segment]) -> String {
      segments.map { segment in
        switch segment {
        case .literal(let literal): literal
        case .parameter(let name): parameters.first { $0.name == name }?.value.worded(in: locale, at: zone) ?? ""
        }
      }.joined()
    }
    return (fill(text.title), fill(text.body))
  }
}

private func read(_ bytes: [UInt8]) throws(ConfigurationError) -> [Template: Wording.Text] {
  var file = try StrictObject(ConfigurationValue(json5: bytes))
  var texts: [Template: Wording.Text] = [:]
  for template in Template.allCases {
    guard var entry = try file.object(template.rawValue) else {
      throw file.error(template.rawValue, "is missing: every template needs a title and a body in every language")
    }
    let title = try segments("title", of: template, in: &entry)
    let body = try segments("body", of: template, in: &entry)
    try entry.finish()
    texts[template] = Wording.Text(title: title, body: body)
  }
  try file.finish()
  return texts
}

private func segments(
  _ field: String, of template: Template, in entry: inout StrictObject
) throws(ConfigurationError) -> [Wording.Segment] {
  guard let text = try entry.text(field) else { throw entry.error(field, "is missing") }
  var segments: [Wording.Segment] = []
  var rest = text[...]
  while let open = rest.firstIndex(of: "{") {
    guard let close = rest[open...].firstIndex(of: "}") else { throw entry.error(field, "has a { without a }") }
    let name = String(rest[rest.index(after: open)..<close])
    guard template.parameters.contains(name) else {
      let known = template.parameters.joined(separator: ", ")
      throw entry.error(field, "uses {\(name)}; \(template.rawValue) has only \(known)")
    }
    if open > rest.startIndex { segments.append(.literal(String(rest[..<open]))) }
    segments.append(.parameter(name))
    rest = rest[rest.index(after: close)...]
  }
  if !rest.isEmpty { segments.append(.literal(String(rest))) }
  return segments
}
