import Foundation

/// What a Kafka client says of itself, from librdkafka's statistics (its STATISTICS.md).
struct ClientStatistics: Equatable {
  /// The client's own name.
  let name: String
  /// `consumer` or `producer`.
  let type: String
  /// Brokers that the client is connected to.
  let brokersUp: Int
  /// Records in its queues: to be sent by a producer, fetched and not taken by a consumer.
  let queuedRecords: Int
  /// Their bytes.
  let queuedBytes: Int
  /// Requests that were sent and not answered.
  let requestsInFlight: Int
  /// The slowest broker's average time from request to answer, in seconds; nil when nothing was asked lately.
  let roundTrip: Double?

  /// Reads librdkafka's JSON; nil when it is not what it should be.
  init?(json: String) {
    guard let report = try? JSONDecoder().decode(Report.self, from: Data(json.utf8)) else { return nil }
    name = report.name
    type = report.type
    // Names of brokers that were only learnt of are there too; those have a node id below 0.
    let brokers = report.brokers.values
    brokersUp = Set(brokers.filter { $0.state == "UP" && $0.nodeid >= 0 }.map(\.nodeid)).count
    let partitions = (report.topics ?? [:]).values.flatMap(\.partitions.values)
    queuedRecords = type == "producer" ? report.msg_cnt : partitions.reduce(0) { $0 + $1.fetchq_cnt }
    queuedBytes = type == "producer" ? report.msg_size : partitions.reduce(0) { $0 + $1.fetchq_size }
    requestsInFlight = brokers.reduce(0) { $0 + $1.waitresp_cnt }
    roundTrip = brokers.filter { $0.rtt.cnt > 0 }.map { Double($0.rtt.avg) / 1_000_000 }.max()
  }

  private struct Report: Decodable {
    let name: String
    let type: String
    let msg_cnt: Int
    let msg_size: Int
    let brokers: [String: Broker]
    let topics: [String: Topic]?
  }

  private struct Broker: Decodable {
    let nodeid: Int
    let state: String
    let waitresp_cnt: Int
    let rtt: Window
  }

  private struct Window: Decodable {
    let avg: Int
    let cnt: Int
  }

  private struct Topic: Decodable {
    let partitions: [String: Partition]
  }

  private struct Partition: Decodable {
    let fetchq_cnt: Int
    let fetchq_size: Int
  }
}
