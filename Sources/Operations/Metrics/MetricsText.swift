/// Metrics in the text format of Prometheus, version 0.0.4.
///
///     var metrics = MetricsText()
///     metrics.counter("shop_orders_total", "Orders taken.", [([("type", "paid")], 3)])
///
/// Names, labels and help are the caller's; values are escaped and written so that nothing is lost.
public struct MetricsText {
  /// Pairs of name and value that tell the samples of a family apart.
  public typealias Labels = [(name: String, value: String)]

  /// One distribution of a histogram family.
  public struct Distribution {
    let labels: Labels
    let bounds: [Double]
    let counts: [Int]
    let sum: Double

    /// `counts` says how many values fell into each bucket, not added up; it has one more than there are `bounds`, for what
    /// is larger than the last of them.
    public init(labels: Labels = [], bounds: [Double], counts: [Int], sum: Double) {
      precondition(counts.count == bounds.count + 1, "\(counts.count) counts of \(bounds.count) bounds")
      self.labels = labels
      self.bounds = bounds
      self.counts = counts
      self.sum = sum
    }
  }

  /// The content type of the format.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// What was written so far.
  public private(set) var text = ""

  /// Nothing written.
  public init() {}

  /// What only grows; the name ends in `_total`.
  public mutating func counter(_ name: String, _ help: String, _ samples: [(Labels, Double)]) {
    family(name, "counter", help, samples)
  }

  /// What goes up and down.
  public mutating func gauge(_ name: String, _ help: String, _ samples: [(Labels, Double)]) {
    family(name, "gauge", help, samples)
  }

  /// How values are distributed.
  public mutating func histogram(_ name: String, _ help: String, _ distributions: [Distribution]) {
    begin(name, "histogram", help)
    for distribution in distributions {
      var below = 0
      for (bound, count) in zip(distribution.bounds.map(number) + ["+Inf"], distribution.counts) {
        below += count
        sample("\(name)_bucket", distribution.labels + [("le", bound)], Double(below))
      }
      sample("\(name)_sum", distribution.labels, distribution.sum)
      sample("\(name)_count", distribution.labels, Double(below))
    }
  }

  private mutating func family(_ name: String, _ type: String, _ help: String, _ samples: [(Labels, Double)]) {
    // A family without samples would only confuse: a dashboard asks for what is there.
    guard !samples.isEmpty else { return }
    begin(name, type, help)
    for (labels, value) in samples { sample(name, labels, value) }
  }

  private mutating func begin(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(escaped(help, quotes: false))\n# TYPE \(name) \(type)\n"
  }

  private mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
    text += name
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }
    text += " \(number(value))\n"
  }

  private func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value == value.rounded() && value.magnitude < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  private func escaped(_ text: String, quotes: Bool) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.append(character)
      }
    }
  }
}
