@testable import Retention

/// A wording file of any bytes, in both languages. What is refused is refused with its path and a problem; what is
/// accepted words every template, and shows the values and not the names of its parameters.
struct WordingTarget: FuzzTarget {
  static let name = "wording"
  private let zone = LocalTime(identifier: "Asia/Shanghai")

  func run(_ bytes: [UInt8]) {
    let wording: Wording
    do throws(ConfigurationError) {
      wording = try Wording(json5: [.chinese: bytes, .english: bytes])
    } catch {
      return require(!error.problem.isEmpty && !error.path.isEmpty, "refused without a path or a reason: \(error)")
    }
    guard let zone else { fatalError("the system lacks time zones") }
    for locale in Locale.allCases {
      for template in Template.allCases {
        let parameters = template.parameters.map { ($0, value(of: $0)) }
        let text = wording.compose(template, parameters, in: locale, at: zone)
        require(!text.title.isEmpty && !text.body.isEmpty, "\(template) is not worded")
        for (name, _) in parameters {
          require(!(text.title + text.body).contains("{\(name)}"), "\(template) shows {\(name)}")
        }
      }
    }
  }

  private func value(of parameter: String) -> Value {
    switch parameter {
    case "points", "pending", "available", "debt": .integer(-1_234_567)
    case "multiplier": .factor(BasisPoints(15_000))
    case "oldEta", "newEta": .instant(Present.instant)
    default: .text(parameter)
    }
  }
}
