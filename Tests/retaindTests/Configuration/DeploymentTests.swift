import Engine
import Foundation
import Operations
import Retention
import Testing

@testable import retaind

@Suite struct DeploymentTests {
  private func read(_ text: String, _ environment: [String: String] = [:]) throws(ConfigurationError) -> Deployment {
    try Deployment(json5: Array(text.utf8), environment: environment)
  }

  private func problem(_ text: String, _ environment: [String: String] = [:]) -> String? {
    do {
      _ = try read(text, environment)
      return nil
    } catch {
      return error.description
    }
  }

  private let brokers = "kafka: { 'bootstrap.servers': 'a:1' }"

  @Test func whatIsLeftOutTakesTheDefault() throws {
    let deployment = try read("{ \(brokers) }")
    #expect(deployment.engine == EngineConfiguration())
    #expect(deployment.kafka == ["bootstrap.servers": "a:1"])
    #expect(deployment.workers == 0 && deployment.partitions == 8 && deployment.createTopics)
  }

  @Test func theShippedFileHoldsTheDefaults() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "../../../Config/retaind.json")
    var deployment = try Deployment(json5: Array(Data(contentsOf: file)))
    #expect(deployment.kafka == ["bootstrap.servers": "localhost:9092"])
    // The one value that a first installation on a single broker needs otherwise.
    #expect(deployment.replicationFactor == 1)
    deployment.replicationFactor = -1
    deployment.kafka["bootstrap.servers"] = "a:1"
    #expect(try deployment == read("{ \(brokers) }"))
  }

  @Test func everyFieldIsRead() throws {
    let deployment = try read(
      """
      { \(brokers), secretFiles: { "sasl.password": "/run/secret" }, group: "g", instance: "i", workers: 3,
        partitions: 16, createTopics: false, replicationFactor: 3, stateDirectory: "/s", source: "/x",
        commitIntervalMs: 20, commitRecords: 7, checkpointIntervalSeconds: 9, restoreDeadlineSeconds: 11,
        maxRecordBytes: 4096, maxFutureSkewSeconds: 5, deadLetterLimit: { records: 2, window: 4 },
        topics: { orders: "o", shipments: "s", browsing: "b", customers: "c", notifications: "n", ledger: "l",
                  deadLetters: "d", state: "st", forward: "f" },
        log: { level: "debug", format: "text", customerIds: true } }
      """)
    #expect(deployment.secretFiles == ["sasl.password": "/run/secret"])
    #expect(deployment.engine.group == "g" && deployment.engine.instance == "i" && deployment.engine.source == "/x")
    #expect(deployment.workers == 3 && deployment.partitions == 16 && !deployment.createTopics)
    #expect(deployment.replicationFactor == 3 && deployment.stateDirectory == "/s")
    #expect(deployment.engine.commitInterval == .milliseconds(20) && deployment.engine.commitRecords == 7)
    #expect(deployment.engine.checkpointInterval == .seconds(9) && deployment.engine.restoreDeadline == .seconds(11))
    #expect(deployment.maxRecordBytes == 4_096 && deployment.maxFutureSkewSeconds == 5)
    #expect(deployment.engine.deadLetterLimit.records == 2 && deployment.engine.deadLetterLimit.window == 4)
    let topics = deployment.engine.topics
    #expect(topics.inputs == ["o", "s", "b", "c"] && topics.outputs == ["n", "l", "d", "st", "f"])
    #expect(deployment.log.level == .debug && deployment.log.format == .text && deployment.log.customerIds)
  }

  @Test(arguments: [
    ("{ kafka: 1 }", "kafka: is a number, an object is needed"),
    ("{ kafka: { 'bootstrap.servers': 'a:1', 'group.id': 'x' } }", "kafka.group.id: is set by retaind itself"),
    ("{ kafka: { 'bootstrap.servers': 'a:1', 'sasl.password': 'x' } }", "kafka.sasl.password: is a secret"),
    (
      "{ kafka: { 'bootstrap.servers': 'a:1' }, comitIntervalMs: 5 }",
      "comitIntervalMs: is not a known field; did you mean commitIntervalMs?"
    ),
    ("{ kafka: { 'bootstrap.servers': 'a:1' }, commitIntervalMs: 0 }", "commitIntervalMs: is 0, it must be 1 to 10000"),
    ("{ kafka: { 'bootstrap.servers': 'a:1' }, workers: 1.5 }", "workers: is a number, a whole number is needed"),
    ("{ kafka: { 'bootstrap.servers': 'a:1' }, instance: 'a/b' }", "instance: is \"a/b\""),
    ("{ kafka: { 'bootstrap.servers': 'a:1' }, topics: { orders: 'shipments' } }", "topics: names \"shipments\" twice"),
    ("{ kafka: { 'bootstrap.servers': 'a:1' }, log: { level: 'loud' } }", "log.level: is \"loud\", it must be one of"),
    ("[1]", "is a list, an object is needed"),
    ("{ kafka: ", "is not JSON5"),
  ])
  func whatIsWrongIsNamedWithItsPath(text: String, expected: String) {
    #expect(problem(text)?.hasPrefix(expected) == true, "\(problem(text) ?? "no error")")
  }

  @Test func theEnvironmentOverridesSingleValues() throws {
    let deployment = try read(
      "{ \(brokers), group: 'g' }",
      [
        "RETAIND_KAFKA_BOOTSTRAP_SERVERS": "b:2", "RETAIND_COMMIT_INTERVAL_MS": "30", "RETAIND_GROUP": "h",
        "RETAIND_TOPICS_DEAD_LETTERS": "d", "RETAIND_CREATE_TOPICS": "false", "RETAIND_DEAD_LETTER_LIMIT_RECORDS": "9",
        "RETAIND_CONFIG_DIR": "/nowhere", "RETAIND_TEST_BOOTSTRAP": "x", "PATH": "/bin",
      ])
    #expect(deployment.kafka["bootstrap.servers"] == "b:2")
    #expect(deployment.engine.commitInterval == .milliseconds(30))
    #expect(deployment.engine.group == "h" && deployment.engine.topics.deadLetters == "d")
    #expect(!deployment.createTopics && deployment.engine.deadLetterLimit.records == 9)
  }

  @Test(arguments: [
    (
      "RETAIND_COMIT_INTERVAL_MS", "5",
      "RETAIND_COMIT_INTERVAL_MS: is no setting; did you mean RETAIND_COMMIT_INTERVAL_MS?"
    ),
    ("RETAIND_WORKERS", "many", "RETAIND_WORKERS: is no number"),
    ("RETAIND_CREATE_TOPICS", "yes", "RETAIND_CREATE_TOPICS: is neither true nor false"),
    ("RETAIND_WORKERS", "-1", "workers: is -1, it must be 0 to 1024"),
  ])
  func aWrongVariableIsAnError(name: String, value: String, expected: String) {
    #expect(problem("{ \(brokers) }", [name: value]) == expected)
  }
}
