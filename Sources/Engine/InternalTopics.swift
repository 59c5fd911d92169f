import Foundation
import Kafka
import Operations

/// The topics that retaind writes: made when they are missing, or refused with the command that makes them.
public struct InternalTopics: Sendable {
  private let topics: Topics
  private let partitions: Int
  private let replicationFactor: Int
  private let bootstrapServers: String

  /// `partitions` is what `retaind.state` and `retaind.forward` are made with; `replicationFactor` -1 is the broker's default.
  public init(_ topics: Topics, partitions: Int, replicationFactor: Int, bootstrapServers: String) {
    self.topics = topics
    self.partitions = partitions
    self.replicationFactor = replicationFactor
    self.bootstrapServers = bootstrapServers
  }

  /// Makes sure that the topics are there and returns how state is partitioned. The partition count of an existing
  /// state topic is the truth; the forward topic must have the same.
  /// Throws a `Stop` whose remedy is the command when something is missing that may not be created, or does not fit.
  public func ensure(_ admin: Admin, mayCreate: Bool, log: Log) throws -> Partitioning {
    var counts = try existing(admin)
    let count = counts[topics.state] ?? counts[topics.forward] ?? partitions
    let missing = wanted(count).filter { counts[$0.name] == nil }
    if !missing.isEmpty {
      guard mayCreate else {
        throw Stop(
          .configuration, "the topics \(missing.map(\.name).joined(separator: ", ")) do not exist",
          remedy: "create them, or set createTopics to true:\n" + missing.map(command).joined(separator: "\n"))
      }
      try admin.create(missing, timeout: .seconds(30))
      for topic in missing {
        log.notice(
          "topic-created", "A topic was created",
          ["topic": .string(topic.name), "partitions": .integer(topic.partitions)])
      }
      counts = try awaitTopics(missing.map(\.name), admin)
    }
    guard let state = counts[topics.state], counts[topics.forward] == state else {
      throw Stop(
        .configuration,
        """
        \(topics.state) has \(counts[topics.state] ?? 0) partitions and \(topics.forward) has \
        \(counts[topics.forward] ?? 0): both must have the count that \(topics.state) was created with
        """,
        remedy: "restore the count; to change it, start with new topics of both kinds and an empty group")
    }
    for topic in topics.inputs where counts[topic] == nil {
      log.warning(
        "topic-missing", "An input topic does not exist; it is read as soon as it does", ["topic": .string(topic)])
    }
    return Partitioning(count: Int32(state))
  }

  /// A topic that was created is known to every broker only a moment later.
  private func awaitTopics(_ names: [String], _ admin: Admin) throws -> [String: Int] {
    for _ in 0..<100 {
      let counts = try existing(admin)
      if names.allSatisfy({ counts[$0] != nil }) { return counts }
      Thread.sleep(forTimeInterval: 0.1)
    }
    throw Stop(
      .unavailable, "the brokers created \(names.joined(separator: ", ")), but do not show them after 10 s",
      remedy: "look at the brokers' logs, then start again")
  }

  private func existing(_ admin: Admin) throws(KafkaError) -> [String: Int] {
    // Short, because a signal to stop is heard only in between.
    let present = try admin.topics(timeout: .seconds(5)).filter { $0.error == nil }
    return Dictionary(present.map { ($0.name, $0.partitionCount) }, uniquingKeysWith: max)
  }

  private func wanted(_ count: Int) -> [NewTopic] {
    func topic(_ name: String, _ configuration: [String: String] = [:]) -> NewTopic {
      NewTopic(
        name: name, partitions: count, replicationFactor: replicationFactor, configuration: configuration)
    }
    // They carry records of other producers with headers added: larger ones than these may write.
    let roomy = ["max.message.bytes": "16000000"]
    return [
      topic(topics.state, ["cleanup.policy": "compact"]), topic(topics.forward, roomy),
      topic(topics.deadLetters, roomy),
      topic(topics.notifications), topic(topics.ledger),
    ]
  }

  private func command(_ topic: NewTopic) -> String {
    let settings = topic.configuration.sorted { $0.key < $1.key }.map { " --config \($0.key)=\($0.value)" }.joined()
    let replication = topic.replicationFactor > 0 ? " --replication-factor \(topic.replicationFactor)" : ""
    return "  kafka-topics.sh --bootstrap-server \(bootstrapServers) --create --topic \(topic.name)"
      + " --partitions \(topic.partitions)\(replication)\(settings)"
  }
}
