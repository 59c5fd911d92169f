// The parameters of the models, as the rules file holds them and `retaind calibrate` prints them. They belong together, so that
// none of them has a default.

extension ChurnModel {
  mutating func read(from section: inout StrictObject) throws(ConfigurationError) {
    version = try section.required("version", section.text("version"))
    purchases = try section.part("purchases", PurchaseModel.init(from:))
    gaps = try section.part("gaps", GapModel.init(from:))
    layer = try section.object("layer").map(LogisticLayer.init(from:))
    try section.finish()
  }
}

extension ReplenishmentModel {
  mutating func read(from section: inout StrictObject) throws(ConfigurationError) {
    version = try section.required("version", section.text("version"))
    renewal = try section.part("renewal", RenewalModel.init(from:))
    gaps = try section.part("gaps", GapModel.init(from:))
    meanGap = try section.number("meanGap", in: 0.01...100_000)
    categories = [:]
    if var list = try section.object("categories") {
      for name in list.names {
        guard let category = CategoryID(name) else {
          throw list.error(name, "is no category: 1 to \(CategoryID.maximumLength) bytes are needed")
        }
        categories[category] = try list.part(name, CategoryGaps.init(from:))
      }
      try list.finish()
    }
    layer = try section.object("layer").map(LogisticLayer.init(from:))
    try section.finish()
  }
}

extension PurchaseModel {
  fileprivate init(from object: inout StrictObject) throws(ConfigurationError) {
    self.init(
      r: try object.parameter("r"), alpha: try object.parameter("alpha"), a: try object.parameter("a"),
      b: try object.parameter("b"))
  }
}

extension RenewalModel {
  fileprivate init(from object: inout StrictObject) throws(ConfigurationError) {
    self.init(
      a0: try object.parameter("a0"), k0: try object.parameter("k0"), a: try object.parameter("a"),
      b: try object.parameter("b"), m: try object.number("m", in: 1...1_000_000))
  }
}

extension GapModel {
  fileprivate init(from object: inout StrictObject) throws(ConfigurationError) {
    self.init(
      logMean: try object.number("logMean", in: -10...15), within: try object.number("within", in: 0.0001...100),
      between: try object.number("between", in: 0.0001...100))
  }
}

extension ReplenishmentModel.CategoryGaps {
  fileprivate init(from object: inout StrictObject) throws(ConfigurationError) {
    self.init(
      meanGap: try object.number("meanGap", in: 0.01...100_000), logMean: try object.number("logMean", in: -10...15))
  }
}

extension LogisticLayer {
  fileprivate init(from object: StrictObject) throws(ConfigurationError) {
    var object = object
    self.init(
      intercept: try object.number("intercept", in: -100...100), logit: try object.number("logit", in: 0...100),
      rate: try object.number("rate", in: 0...100), idle: try object.number("idle", in: -100...0),
      horizonDays: try object.required("horizonDays", object.integer("horizonDays", in: 1...365)))
    try object.finish()
  }
}

extension StrictObject {
  fileprivate func required<T>(_ name: String, _ value: T?) throws(ConfigurationError) -> T {
    guard let value else { throw error(name, "is missing") }
    return value
  }

  fileprivate mutating func number(
    _ name: String, in range: ClosedRange<Double>
  ) throws(ConfigurationError) -> Double {
    var number = try required(name, names.contains(name) ? range.lowerBound : nil)
    try read(name, into: &number, in: range)
    return number
  }

  /// A shape, a scale or a count that is not one: some such fits are degenerate and run off, but these bounds suffice.
  fileprivate mutating func parameter(_ name: String) throws(ConfigurationError) -> Double {
    try number(name, in: 1e-9...1e9)
  }

  fileprivate mutating func part<Part>(
    _ name: String, _ read: (inout StrictObject) throws(ConfigurationError) -> Part
  ) throws(ConfigurationError) -> Part {
    var object = try required(name, object(name))
    let part = try read(&object)
    try object.finish()
    return part
  }
}

extension ChurnModel: JSONWritable {
  /// Writes the object of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("version", version)
      json.member("purchases") { json in
        json.object { json in
          json.member("r", purchases.r)
          json.member("alpha", purchases.alpha)
          json.member("a", purchases.a)
          json.member("b", purchases.b)
        }
      }
      json.member("gaps", gaps)
      json.member("layer", ifPresent: layer)
    }
  }
}

extension ReplenishmentModel: JSONWritable {
  /// Writes the object of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("version", version)
      json.member("renewal") { json in
        json.object { json in
          json.member("a0", renewal.a0)
          json.member("k0", renewal.k0)
          json.member("a", renewal.a)
          json.member("b", renewal.b)
          json.member("m", renewal.m)
        }
      }
      json.member("gaps", gaps)
      json.member("meanGap", meanGap)
      json.member("categories") { json in
        json.object { json in
          for (category, gaps) in categories.sorted(by: { $0.key.description < $1.key.description }) {
            json.key(category.description)
            json.object { json in
              json.member("meanGap", gaps.meanGap)
              json.member("logMean", gaps.logMean)
            }
          }
        }
      }
      json.member("layer", ifPresent: layer)
    }
  }
}

extension GapModel: JSONWritable {
  /// Writes the object of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("logMean", logMean)
      json.member("within", within)
      json.member("between", between)
    }
  }
}

extension LogisticLayer: JSONWritable {
  /// Writes the object of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("intercept", intercept)
      json.member("logit", logit)
      json.member("rate", rate)
      json.member("idle", idle)
      json.member("horizonDays", horizonDays)
    }
  }
}
