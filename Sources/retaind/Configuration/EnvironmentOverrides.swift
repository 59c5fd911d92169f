import Retention

/// Single values of `retaind.json` from environment variables.
struct EnvironmentOverrides {
  private static let prefix = "RETAIND_"
  /// Variables with the prefix that are no settings.
  private static let others: Set<String> = ["RETAIND_CONFIG_DIR"]
  private static let otherPrefixes = ["RETAIND_TEST_"]

  private enum Kind {
    case text
    case number
    case bool
  }

  private static let settings: [(path: [String], kind: Kind)] =
    [
      (["group"], .text), (["instance"], .text), (["workers"], .number), (["partitions"], .number),
      (["createTopics"], .bool), (["replicationFactor"], .number), (["stateDirectory"], .text), (["source"], .text),
      (["commitIntervalMs"], .number), (["commitRecords"], .number), (["checkpointIntervalSeconds"], .number),
      (["restoreDeadlineSeconds"], .number), (["maxRecordBytes"], .number), (["maxFutureSkewSeconds"], .number),
      (["deadLetterLimit", "records"], .number), (["deadLetterLimit", "window"], .number), (["log", "level"], .text),
      (["telemetry", "listen"], .text),
      (["log", "format"], .text), (["log", "customerIds"], .bool),
    ]
    + [
      "orders", "shipments", "browsing", "customers", "notifications", "ledger", "deadLetters", "state", "forward",
    ].map { (["topics", $0], .text) }

  private let variables: [(name: String, value: String)]

  init(_ environment: [String: String]) {
    variables = environment.filter { name, _ in
      name.hasPrefix(Self.prefix) && !Self.others.contains(name)
        && !Self.otherPrefixes.contains(where: name.hasPrefix)
    }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The file's value with the variables put in. Throws for a variable that names no setting or has a wrong type.
  func applied(to file: ConfigurationValue) throws(ConfigurationError) -> ConfigurationValue {
    var result = file
    for (name, text) in variables { result = try set(name, text, in: result) }
    return result
  }

  private func set(
    _ name: String, _ text: String, in file: ConfigurationValue
  ) throws(ConfigurationError) -> ConfigurationValue {
    let kafka = Self.prefix + "KAFKA_"
    if name.hasPrefix(kafka) {
      let property = name.dropFirst(kafka.count).lowercased().replacing("_", with: ".")
      return file.setting(["kafka", property], to: .text(text))
    }
    guard let setting = Self.settings.first(where: { variable($0.path) == name }) else {
      let nearest = NearestName.of(name, among: Self.settings.map { variable($0.path) })
      throw ConfigurationError(
        path: name, problem: "is no setting" + (nearest.map { "; did you mean \($0)?" } ?? "; see Config/retaind.json"))
    }
    return file.setting(setting.path, to: try value(text, setting.kind, name))
  }

  private func value(_ text: String, _ kind: Kind, _ name: String) throws(ConfigurationError) -> ConfigurationValue {
    switch kind {
    case .text: return .text(text)
    case .number:
      guard let number = Double(text) else { throw ConfigurationError(path: name, problem: "is no number") }
      return .number(number)
    case .bool:
      guard let bool = Bool(text) else { throw ConfigurationError(path: name, problem: "is neither true nor false") }
      return .bool(bool)
    }
  }

  /// `commitIntervalMs` is `RETAIND_COMMIT_INTERVAL_MS`.
  private func variable(_ path: [String]) -> String {
    Self.prefix
      + path.map { word in word.map { $0.isUppercase ? "_\($0)" : "\($0)" }.joined().uppercased() }.joined(
        separator: "_")
  }
}

extension ConfigurationValue {
  fileprivate func setting(_ path: [String], to value: ConfigurationValue) -> ConfigurationValue {
    guard let first = path.first else { return value }
    var fields: [String: ConfigurationValue] = [:]
    if case .object(let present) = self { fields = present }
    fields[first] = (fields[first] ?? .object([:])).setting(Array(path.dropFirst()), to: value)
    return .object(fields)
  }
}
