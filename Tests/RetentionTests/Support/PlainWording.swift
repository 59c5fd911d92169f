@testable import Retention

/// A wording that shows every parameter of every template, and in which language it is.
enum PlainWording {
  static func all() throws(ConfigurationError) -> Wording {
    try Wording(json5: [.chinese: file(.chinese), .english: file(.english)])
  }

  /// One language, with the entries of `replacing` in place of the generated ones; an empty one leaves the template out.
  static func file(_ locale: Locale, replacing: [Template: String] = [:], adding: String = "") -> [UInt8] {
    let entries = Template.allCases.compactMap { template -> String? in
      let entry = replacing[template] ?? plainEntry(template, locale)
      return entry.isEmpty ? nil : "\"\(template.rawValue)\": \(entry)"
    }
    let tiers = Tier.allCases.map { "\($0.name): \"\(locale.rawValue) \($0.name)\"" }.joined(separator: ", ")
    let names = "salutation: \"\(locale.rawValue) you\", tiers: {\(tiers)}"
    return Array("{\(names),\n\(entries.joined(separator: ",\n"))\(adding)}".utf8)
  }

  private static func plainEntry(_ template: Template, _ locale: Locale) -> String {
    let body = template.parameters.map { "\($0)={\($0)}" }.joined(separator: " ")
    return "{title: \"\(locale.rawValue) \(template.rawValue)\", body: \"\(body)\"}"
  }
}
