import Engine
import Kafka

/// Asks the brokers whether `run` would find what it needs.
final class ConnectionCheck {
  private let deployment: Deployment
  private let client: ClientConfiguration
  private let admin: Admin
  private var counts: [String: Int] = [:]

  private static let timeout = Duration.seconds(10)

  init(_ deployment: Deployment, _ client: ClientConfiguration) throws(KafkaError) {
    self.deployment = deployment
    self.client = client
    admin = try Admin(client, observer: .silent)
  }

  func close() { admin.close() }

  /// What is checked, in this order; each part says what it found, or throws what is wrong.
  var parts: [(name: String, check: () throws -> String)] {
    [
      ("brokers", brokers), ("topics", topics), ("group \(deployment.engine.group)", group), ("reading", reading),
      ("transactions", transactions),
    ]
  }

  private func brokers() throws -> String {
    let present = try admin.topics(timeout: Self.timeout)
    counts = Dictionary(
      present.filter { $0.error == nil }.map { ($0.name, $0.partitionCount) }, uniquingKeysWith: max)
    return "answer, and show \(counts.count) topics"
  }

  private func topics() throws -> String {
    let topics = deployment.engine.topics
    let needed = topics.outputs.filter { counts[$0] == nil }
    guard needed.isEmpty || deployment.createTopics else {
      throw Failure(
        .badConfiguration, "\(needed.joined(separator: ", ")) do not exist, and createTopics is false: create them")
    }
    let partitions = counts[topics.state] ?? counts[topics.forward] ?? Int(deployment.partitions)
    for topic in [topics.state, topics.forward] {
      guard let count = counts[topic], count != partitions else { continue }
      throw Failure(
        .badConfiguration, "\(topic) has \(count) partitions, it must have \(partitions) as \(topics.state) has")
    }
    let lines = (topics.inputs + topics.outputs).map { topic in
      guard let count = counts[topic] else {
        return topics.inputs.contains(topic)
          ? "\(topic): does not exist yet; it is read as soon as it does" : "\(topic): is created at the start"
      }
      let isForwarded = topics.inputs.contains(topic) && count != partitions
      return "\(topic): \(count) partitions"
        + (isForwarded ? ", not \(partitions): every record of it is forwarded" : "")
    }
    return (["of \(partitions) partitions"] + lines).joined(separator: "\n  ")
  }

  private func group() throws -> String {
    let consumer = try reader()
    defer { consumer.close(timeout: .seconds(5)) }
    let partitions = deployment.engine.topics.inputs.flatMap(partitions)
    let committed: [TopicPartition: Offset]
    do {
      committed = try consumer.committed(partitions, timeout: Self.timeout)
    } catch {
      // A coordinator that refuses is asked again and again; why it does is told to who polls.
      _ = try consumer.poll(limit: 1, timeout: .milliseconds(100))
      throw error
    }
    return "has offsets of \(committed.count) of \(partitions.count) input partitions"
  }

  private func reading() throws -> String {
    let topics = deployment.engine.topics
    let sources = (topics.inputs + [topics.forward, topics.state]).flatMap(partitions)
    guard !sources.isEmpty else { return "there is nothing to be read yet" }
    let consumer = try reader()
    defer { consumer.close(timeout: .seconds(5)) }
    var starts: [TopicPartition: Offset] = [:]
    for source in sources { starts[source] = try consumer.watermarks(of: source, timeout: Self.timeout).high }
    try consumer.assign(starts)
    var open = Set(sources)
    let clock = ContinuousClock()
    let deadline = clock.now + Self.timeout
    while !open.isEmpty, clock.now < deadline {
      let poll = try consumer.poll(limit: 100, timeout: .milliseconds(100))
      open.subtract(poll.ends.keys)
      for index in 0..<poll.records.count { poll.records.withRecord(at: index) { _ = open.remove($0.topicPartition) } }
    }
    guard open.isEmpty else {
      throw Failure(
        .unavailable, "\(open.sorted().map(\.description).joined(separator: ", ")) could not be read within 10 s")
    }
    return "\(sources.count) partitions can be read"
  }

  private func transactions() throws -> String {
    let id = "\(deployment.engine.group)-\(deployment.engine.instance)-check"
    let producer = try TransactionalProducer(client, transactionalID: id, observer: .silent)
    defer { producer.close() }
    try producer.initTransactions(timeout: Self.timeout)
    return "can be made as \(id)"
  }

  private func partitions(of topic: String) -> [TopicPartition] {
    (0..<Int32(counts[topic] ?? 0)).map { TopicPartition(topic: topic, partition: Partition($0)) }
  }

  private func reader() throws(KafkaError) -> Consumer {
    var properties = client.properties
    properties["group.id"] = deployment.engine.group
    return try Consumer(ClientConfiguration(properties: properties).forReading(), observer: .silent)
  }
}
