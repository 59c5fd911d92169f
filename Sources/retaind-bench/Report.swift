import Foundation

/// A number of the table: under `key` in the JSON, under `name` in the text.
struct Measure {
  let key: String
  let name: String
  let value: Double
  let unit: String

  init(_ key: String, _ name: String, _ value: Double, _ unit: String) {
    (self.key, self.name, self.value, self.unit) = (key, name, value, unit)
  }

  init(_ key: String, _ name: String, _ count: Int, _ unit: String) {
    self.init(key, name, Double(count), unit)
  }
}

/// The table.
struct Report {
  let measures: [Measure]

  var text: String {
    measures.map { measure in
      let isCoarse = measure.value >= 1_000 || measure.value == measure.value.rounded()
      let number = String(format: isCoarse ? "%.0f" : "%.3f", measure.value)
      let name = measure.name.padding(toLength: max(36, measure.name.count + 1), withPad: " ", startingAt: 0)
      let line = name + String(repeating: " ", count: max(0, 12 - number.count)) + number
      return measure.unit.isEmpty ? line : line + " " + measure.unit
    }
    .joined(separator: "\n")
  }

  func json() throws -> String {
    let members = Dictionary(uniqueKeysWithValues: measures.map { ($0.key, $0.value) })
    return String(decoding: try JSONSerialization.data(withJSONObject: members, options: [.sortedKeys]), as: UTF8.self)
  }
}
