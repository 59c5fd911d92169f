import Engine
import Kafka
import Operations
import Retention

/// How this installation runs, read from `retaind.json`.
struct Deployment: Equatable {
  var kafka: [String: String] = [:]
  /// Files from which properties of the client are read that are secrets, by property.
  var secretFiles: [String: String] = [:]
  var engine = EngineConfiguration()
  /// 0 is one a core.
  var workers: Int64 = 0
  /// The partition count of the state topic when it is created.
  var partitions: Int64 = 8
  var createTopics = true
  /// -1 is the broker's default.
  var replicationFactor: Int64 = -1
  var stateDirectory = "/var/lib/retaind"
  var maxRecordBytes: Int64 = 1_048_576
  var maxFutureSkewSeconds: Int64 = 3_600
  /// Where metrics, health and status are asked for; nil when nowhere.
  var telemetry: ListenAddress? = .ipv4("127.0.0.1", port: 9_464)
  var log = LogSettings()

  struct LogSettings: Equatable {
    var level = LogLevel.info
    var format = Format.json
    var customerIds = false

    enum Format: String, CaseIterable {
      case json
      case text
    }
  }

  /// Reads a deployment file (JSON5). `environment` overrides single values: `RETAIND_COMMIT_INTERVAL_MS` stands for
  /// `commitIntervalMs`, `RETAIND_TOPICS_ORDERS` for `topics.orders`, `RETAIND_KAFKA_BOOTSTRAP_SERVERS` for
  /// `kafka."bootstrap.servers"`. Unknown fields, wrong types and values out of range are errors that name the path.
  init(json5 bytes: [UInt8], environment: [String: String] = [:]) throws(ConfigurationError) {
    let value = try EnvironmentOverrides(environment).applied(to: ConfigurationValue(json5: bytes))
    var file = try StrictObject(value)
    if var section = try file.object("kafka") { kafka = try clientProperties(&section) }
    if var section = try file.object("secretFiles") { secretFiles = try clientProperties(&section) }
    try readEngine(&file)
    try file.read("workers", into: &workers, in: 0...1_024)
    try file.read("partitions", into: &partitions, in: 1...10_000)
    try file.read("createTopics", into: &createTopics)
    try file.read("replicationFactor", into: &replicationFactor, in: -1...100)
    try file.read("stateDirectory", into: &stateDirectory)
    try file.read("maxRecordBytes", into: &maxRecordBytes, in: 1_024...100_000_000)
    try file.read("maxFutureSkewSeconds", into: &maxFutureSkewSeconds, in: 0...31_536_000)
    if var section = try file.object("telemetry") {
      var listen = telemetry?.description ?? "off"
      try section.read("listen", into: &listen)
      telemetry = ListenAddress(listen)
      guard telemetry != nil || listen == "off" else {
        throw section.error(
          "listen",
          "is \"\(listen)\": it must be an address and a port (\"127.0.0.1:9464\", \"[::1]:9464\"), \"unix:\" and an absolute path, or \"off\""
        )
      }
      try section.finish()
    }
    if var section = try file.object("log") {
      log.level = try section.choice("level", of: LogLevel.self) ?? log.level
      log.format = try section.choice("format", of: LogSettings.Format.self) ?? log.format
      try section.read("customerIds", into: &log.customerIds)
      try section.finish()
    }
    try file.finish()
  }

  private mutating func readEngine(_ file: inout StrictObject) throws(ConfigurationError) {
    try file.read("group", into: &engine.group)
    try file.read("instance", into: &engine.instance)
    // They become part of Kafka's names and of a directory's.
    for (field, name) in [("group", engine.group), ("instance", engine.instance)] {
      guard name.utf8.allSatisfy({ isNameByte($0) }), name.utf8.count <= 200, ![".", ".."].contains(name) else {
        throw file.error(field, "is \"\(name)\": only letters, digits, full stops, hyphens and underscores are allowed")
      }
    }
    try file.read("source", into: &engine.source)
    if var section = try file.object("topics") { try engine.topics.read(from: &section) }
    if let value = try file.integer("commitIntervalMs", in: 1...10_000) {
      engine.commitInterval = .milliseconds(value)
    }
    if let value = try file.integer("commitRecords", in: 1...1_000_000) { engine.commitRecords = Int(value) }
    if let value = try file.integer("checkpointIntervalSeconds", in: 1...86_400) {
      engine.checkpointInterval = .seconds(value)
    }
    if let value = try file.integer("restoreDeadlineSeconds", in: 1...86_400) {
      engine.restoreDeadline = .seconds(value)
    }
    if var section = try file.object("deadLetterLimit") {
      let window = try section.integer("window", in: 1...1_000_000) ?? Int64(engine.deadLetterLimit.window)
      let records = try section.integer("records", in: 0...window) ?? min(500, window)
      engine.deadLetterLimit.window = Int(window)
      engine.deadLetterLimit.records = Int(records)
      try section.finish()
    }
  }
}

private func isNameByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
    true
  default: false
  }
}

/// What exactly-once rests on, and what retaind derives from `group` and `instance`.
private let reservedProperties: Set<String> = [
  "group.id", "group.instance.id", "transactional.id", "enable.auto.commit", "enable.auto.offset.store",
  "enable.idempotence", "isolation.level", "partition.assignment.strategy", "auto.offset.reset",
  "enable.partition.eof",
]

private let secretProperties: Set<String> = ["sasl.password", "ssl.key.password", "ssl.keystore.password"]

/// Properties of the client by librdkafka's names; numbers and Booleans are passed on as text.
private func clientProperties(_ section: inout StrictObject) throws(ConfigurationError) -> [String: String] {
  var properties: [String: String] = [:]
  for name in section.names {
    guard !reservedProperties.contains(name) else {
      throw section.error(name, "is set by retaind itself, because exactly-once processing rests on it: leave it out")
    }
    let value = try section.scalar(name)
    guard !secretProperties.contains(name) || section.path == "secretFiles" else {
      throw section.error(name, "is a secret: write it into a file and name that under secretFiles.\"\(name)\"")
    }
    properties[name] = value
  }
  return properties
}

extension Topics {
  fileprivate mutating func read(from section: inout StrictObject) throws(ConfigurationError) {
    try section.read("orders", into: &orders)
    try section.read("shipments", into: &shipments)
    try section.read("browsing", into: &browsing)
    try section.read("customers", into: &customers)
    try section.read("notifications", into: &notifications)
    try section.read("ledger", into: &ledger)
    try section.read("deadLetters", into: &deadLetters)
    try section.read("state", into: &state)
    try section.read("forward", into: &forward)
    try section.finish()
    let all = inputs + outputs
    if let twice = all.first(where: { name in all.count { $0 == name } > 1 }) {
      throw ConfigurationError(path: section.path, problem: "names \"\(twice)\" twice: every topic needs its own name")
    }
  }
}
