import Foundation

/// What is wrong with a configuration file, with the path of the value.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where, such as `points.campaigns[1].multiplier`; empty for the whole file.
  public let path: String
  /// What is wrong and what would be right.
  public let problem: String

  /// An error at a path.
  public init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  /// The path and the problem.
  public var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}

/// A value of a JSON5 file.
public indirect enum ConfigurationValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([ConfigurationValue])
  case object([String: ConfigurationValue])

  /// Parses JSON5: JSON with comments, unquoted keys and trailing commas. Throws with the parser's position.
  public init(json5 bytes: [UInt8]) throws(ConfigurationError) {
    try JSON5Trap.check(bytes)
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    // Foundation reads a number that ends the text together with whatever lies behind it in memory, and ends the process
    // when that looks like more of the number: so a line feed ends the text.
    let text = Data(bytes + [UInt8(ascii: "\n")])
    do {
      self = try decoder.decode(Tree.self, from: text).value
    } catch let DecodingError.dataCorrupted(context) {
      let cause = context.underlyingError.map { String(describing: $0) } ?? context.debugDescription
      throw ConfigurationError(path: "", problem: "is not JSON5: \(cause)")
    } catch {
      throw ConfigurationError(path: "", problem: "is not JSON5: \(error)")
    }
  }

  /// What kind of value it is, in words for an error.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a Boolean"
    case .number: "a number"
    case .text: "a string"
    case .list: "a list"
    case .object: "an object"
    }
  }
}

/// Decodes any JSON value; the decoder knows no such type by itself.
private struct Tree: Decodable {
  let value: ConfigurationValue

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      value = .null
    } else if let bool = try? container.decode(Bool.self) {
      value = .bool(bool)
    } else if let number = try? container.decode(Double.self) {
      value = .number(number)
    } else if let text = try? container.decode(String.self) {
      value = .text(text)
    } else if let list = try? container.decode([Tree].self) {
      value = .list(list.map(\.value))
    } else {
      value = .object(try container.decode([String: Tree].self).mapValues(\.value))
    }
  }
}

/// Reads an object of a configuration file field by field: a wrong type, a value out of range and, at the end, a field
/// nobody asked for are errors that name the path. A missing field leaves the default.
public struct StrictObject {
  /// Where the object stands in its file.
  public let path: String
  private let fields: [String: ConfigurationValue]
  private var asked: Set<String> = []

  /// The object at `path`; throws when `value` is something else.
  public init(_ value: ConfigurationValue, path: String = "") throws(ConfigurationError) {
    guard case .object(let fields) = value else {
      throw ConfigurationError(path: path, problem: "is \(value.kind), an object is needed")
    }
    self.path = path
    self.fields = fields
  }

  /// The names of all fields, sorted; asking for them one by one is left to the caller.
  public var names: [String] { fields.keys.sorted() }

  /// Reads an integer into `target` when the field is there.
  public mutating func read(
    _ name: String, into target: inout Int64, in range: ClosedRange<Int64>
  ) throws(ConfigurationError) {
    if let value = try integer(name, in: range) { target = value }
  }

  /// Reads an integer, or null for none, into `target` when the field is there.
  public mutating func read(
    _ name: String, into target: inout Int64?, in range: ClosedRange<Int64>
  ) throws(ConfigurationError) {
    if fields[name] == .null {
      _ = take(name)
      target = nil
    } else if let value = try integer(name, in: range) {
      target = value
    }
  }

  /// The integer, or nil when the field is missing.
  public mutating func integer(_ name: String, in range: ClosedRange<Int64>) throws(ConfigurationError) -> Int64? {
    guard let value = take(name) else { return nil }
    return try integer(value, at: name, in: range)
  }

  /// A list of integers, or nil when the field is missing.
  public mutating func integers(_ name: String, in range: ClosedRange<Int64>) throws(ConfigurationError) -> [Int64]? {
    guard let list = try list(name) else { return nil }
    var found: [Int64] = []
    for (index, value) in list.enumerated() { found.append(try integer(value, at: "\(name)[\(index)]", in: range)) }
    return found
  }

  /// Reads a number into `target` when the field is there.
  public mutating func read(
    _ name: String, into target: inout Double, in range: ClosedRange<Double>
  ) throws(ConfigurationError) {
    guard let value = try number(name) else { return }
    guard range.contains(value) else {
      throw error(name, "is \(value), it must be \(range.lowerBound) to \(range.upperBound)")
    }
    target = value
  }

  /// Reads a number, or null for none, into `target` when the field is there.
  public mutating func read(
    _ name: String, into target: inout Double?, in range: ClosedRange<Double>
  ) throws(ConfigurationError) {
    if fields[name] == .null {
      _ = take(name)
      target = nil
    } else if fields[name] != nil {
      var value = range.lowerBound
      try read(name, into: &value, in: range)
      target = value
    }
  }

  /// The number, or nil when the field is missing.
  public mutating func number(_ name: String) throws(ConfigurationError) -> Double? {
    guard let value = take(name) else { return nil }
    guard case .number(let number) = value else { throw error(name, "is \(value.kind), a number is needed") }
    return number
  }

  /// The text, which must not be empty, or nil when the field is missing.
  public mutating func text(_ name: String) throws(ConfigurationError) -> String? {
    guard let value = take(name) else { return nil }
    guard case .text(let text) = value, !text.isEmpty else {
      throw error(name, "is \(value == .text("") ? "empty" : value.kind), a string is needed")
    }
    return text
  }

  /// Reads a Boolean into `target` when the field is there.
  public mutating func read(_ name: String, into target: inout Bool) throws(ConfigurationError) {
    guard let value = take(name) else { return }
    guard case .bool(let bool) = value else { throw error(name, "is \(value.kind), true or false is needed") }
    target = bool
  }

  /// Reads a text into `target` when the field is there.
  public mutating func read(_ name: String, into target: inout String) throws(ConfigurationError) {
    if let text = try text(name) { target = text }
  }

  /// One of an enumeration's raw values, or nil when the field is missing.
  public mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, of: Choice.Type
  ) throws(ConfigurationError) -> Choice? where Choice.RawValue == String {
    guard let text = try text(name) else { return nil }
    return try parse(text, at: name)
  }

  /// A list of an enumeration's raw values, or nil when the field is missing.
  public mutating func choices<Choice: RawRepresentable & CaseIterable>(
    _ name: String, of: Choice.Type
  ) throws(ConfigurationError) -> [Choice]? where Choice.RawValue == String {
    guard let texts = try texts(name) else { return nil }
    var found: [Choice] = []
    for (index, text) in texts.enumerated() { found.append(try parse(text, at: "\(name)[\(index)]")) }
    return found
  }

  /// A list of texts, or nil when the field is missing.
  public mutating func texts(_ name: String) throws(ConfigurationError) -> [String]? {
    guard let list = try list(name) else { return nil }
    var texts: [String] = []
    for (index, value) in list.enumerated() {
      guard case .text(let text) = value else {
        throw error("\(name)[\(index)]", "is \(value.kind), a string is needed")
      }
      texts.append(text)
    }
    return texts
  }

  /// A list, or nil when the field is missing.
  public mutating func list(_ name: String) throws(ConfigurationError) -> [ConfigurationValue]? {
    guard let value = take(name) else { return nil }
    guard case .list(let list) = value else { throw error(name, "is \(value.kind), a list is needed") }
    return list
  }

  /// A text, a number or a Boolean as text; for properties that are passed on to another program.
  public mutating func scalar(_ name: String) throws(ConfigurationError) -> String {
    switch take(name) {
    case .text(let text): return text
    case .bool(let bool): return bool ? "true" : "false"
    case .number(let number): return Int64(exactly: number).map(String.init) ?? String(number)
    case let other: throw error(name, "is \(other?.kind ?? "missing"), a string, a number or a Boolean is needed")
    }
  }

  /// An object within, or nil when the field is missing.
  public mutating func object(_ name: String) throws(ConfigurationError) -> StrictObject? {
    guard let value = take(name) else { return nil }
    return try StrictObject(value, path: joined(name))
  }

  /// Throws when there is a field that nobody asked for, naming the nearest that is known.
  public func finish() throws(ConfigurationError) {
    guard let unknown = fields.keys.filter({ !asked.contains($0) }).min() else { return }
    let nearest = NearestName.of(unknown, among: asked.sorted())
    let hint = nearest.map { "; did you mean \($0)?" } ?? "; known are \(asked.sorted().joined(separator: ", "))"
    throw error(unknown, "is not a known field\(hint)")
  }

  /// An error at a field of this object.
  public func error(_ name: String, _ problem: String) -> ConfigurationError {
    ConfigurationError(path: joined(name), problem: problem)
  }

  private mutating func take(_ name: String) -> ConfigurationValue? {
    asked.insert(name)
    return fields[name]
  }

  private func joined(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  private func integer(
    _ value: ConfigurationValue, at name: String, in range: ClosedRange<Int64>
  ) throws(ConfigurationError) -> Int64 {
    guard case .number(let number) = value, let integer = Int64(exactly: number) else {
      throw error(name, "is \(value.kind), a whole number is needed")
    }
    guard range.contains(integer) else {
      throw error(name, "is \(integer), it must be \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  private func parse<Choice: RawRepresentable & CaseIterable>(
    _ text: String, at name: String
  ) throws(ConfigurationError) -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw error(name, "is \"\(text)\", it must be one of \(known)")
    }
    return choice
  }
}
