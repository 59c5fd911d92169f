import CRdKafka

/// Describes and creates topics. Used from one thread at a time.
public final class Admin {
  private var client: Client?

  /// An admin client that connects in the background. Properties of a group are left aside.
  ///
  /// - Throws: a `KafkaError` with recovery `.stop` that names the property when the configuration is wrong.
  public init(_ configuration: ClientConfiguration, observer: ClientObserver) throws(KafkaError) {
    var configuration = configuration
    configuration.properties["group.id"] = nil
    configuration.properties["group.instance.id"] = nil
    client = try Client(RD_KAFKA_CONSUMER, configuration, over: .admin, observer: observer)
  }

  deinit { close() }

  /// Describes the topics of these names in their order, or all topics of the cluster in order of name. Creates none.
  ///
  /// - Throws: what concerns the cluster; what concerns a topic is in its description.
  public func topics(named names: [String]? = nil, timeout: Duration) throws(KafkaError) -> [TopicDescription] {
    let client = try open("describe topics")
    guard let names else { return try describe(nil, client: client, timeout: timeout).sorted { $0.name < $1.name } }
    var descriptions: [TopicDescription] = []
    for name in names {
      guard let topic = rd_kafka_topic_new(client.handle, name, nil) else {
        throw KafkaError(
          code: rd_kafka_last_error(), message: "topic \"\(name)\"", operation: "describe topics", fallback: .stop)
      }
      defer { rd_kafka_topic_destroy(topic) }
      descriptions += try describe(topic, client: client, timeout: timeout)
    }
    return descriptions
  }

  /// Creates the topics that do not exist. That another client created one meanwhile is no error.
  ///
  /// - Throws: the first refusal, which names its topic; other topics may have been created.
  public func create(_ topics: [NewTopic], timeout: Duration) throws(KafkaError) {
    guard !topics.isEmpty else { return }
    let client = try open("create topics")
    var requests: [OpaquePointer?] = []
    defer { for request in requests { rd_kafka_NewTopic_destroy(request) } }
    for topic in topics { requests.append(try request(topic)) }
    let options = rd_kafka_AdminOptions_new(client.handle, RD_KAFKA_ADMIN_OP_CREATETOPICS)
    defer { rd_kafka_AdminOptions_destroy(options) }
    rd_kafka_AdminOptions_set_request_timeout(options, timeout.milliseconds, nil, 0)
    rd_kafka_AdminOptions_set_operation_timeout(options, timeout.milliseconds, nil, 0)
    let queue = rd_kafka_queue_new(client.handle)
    defer { rd_kafka_queue_destroy(queue) }
    rd_kafka_CreateTopics(client.handle, &requests, requests.count, options, queue)
    // The request has the timeout; the second is for its answer to come through.
    guard let event = rd_kafka_queue_poll(queue, (timeout + .seconds(1)).milliseconds) else {
      throw explained(KafkaError(code: RD_KAFKA_RESP_ERR__TIMED_OUT, operation: "create topics"), client)
    }
    defer { rd_kafka_event_destroy(event) }
    try checkCreation(event, client: client)
  }

  /// Releases the client, within 5 seconds. Later calls fail.
  public func close() {
    client?.destroy(within: Client.destructionBound)
    client = nil
  }

  private func open(_ operation: String) throws(KafkaError) -> Client {
    guard let client else { throw .closed(operation: operation) }
    return client
  }

  private func explained(_ error: KafkaError, _ client: Client) -> KafkaError {
    rd_kafka_poll(client.handle, 0)
    return client.explained(error)
  }

  private func describe(
    _ topic: OpaquePointer?, client: Client, timeout: Duration
  ) throws(KafkaError) -> [TopicDescription] {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = rd_kafka_metadata(client.handle, topic == nil ? 1 : 0, topic, &metadata, timeout.milliseconds)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
      // Without a broker that is connected librdkafka knows no more than that.
      let message =
        code == RD_KAFKA_RESP_ERR__TRANSPORT ? "no broker answered; check bootstrap.servers and security.protocol" : nil
      throw explained(KafkaError(code: code, message: message, operation: "describe topics"), client)
    }
    defer { rd_kafka_metadata_destroy(metadata) }
    client.events.refusal = nil
    let topics = UnsafeBufferPointer(start: metadata.pointee.topics, count: Int(metadata.pointee.topic_cnt))
    return topics.map { topic in
      let name = String(cString: topic.topic)
      let error =
        topic.err == RD_KAFKA_RESP_ERR_NO_ERROR
        ? nil : KafkaError(code: topic.err, message: "topic \"\(name)\"", operation: "describe topics")
      return TopicDescription(name: name, partitionCount: Int(topic.partition_cnt), error: error)
    }
  }

  private func request(_ topic: NewTopic) throws(KafkaError) -> OpaquePointer {
    func refusal(_ reason: String) -> KafkaError {
      KafkaError(
        code: "_INVALID_ARG", message: "topic \"\(topic.name)\": \(reason)", operation: "create topics",
        recovery: .stop)
    }
    guard topic.partitions > 0 else { throw refusal("\(topic.partitions) partitions: give at least 1") }
    var text = [CChar](repeating: 0, count: 512)
    let request = rd_kafka_NewTopic_new(
      topic.name, Int32(clamping: topic.partitions), Int32(clamping: topic.replicationFactor), &text, text.count)
    guard let request else { throw refusal(string(text)) }
    for (property, value) in topic.configuration { rd_kafka_NewTopic_set_config(request, property, value) }
    return request
  }

  private func checkCreation(_ event: OpaquePointer, client: Client) throws(KafkaError) {
    let code = rd_kafka_event_error(event)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
      let text = String(cString: rd_kafka_event_error_string(event))
      throw explained(KafkaError(code: code, message: text, operation: "create topics"), client)
    }
    var count = 0
    guard let result = rd_kafka_event_CreateTopics_result(event),
      let topics = rd_kafka_CreateTopics_result_topics(result, &count)
    else { return }
    for index in 0..<count {
      let code = rd_kafka_topic_result_error(topics[index])
      if code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS { continue }
      let name = String(cString: rd_kafka_topic_result_name(topics[index]))
      let text = rd_kafka_topic_result_error_string(topics[index]).map { String(cString: $0) } ?? ""
      throw KafkaError(code: code, message: "topic \"\(name)\": \(text)", operation: "create topics")
    }
  }
}
