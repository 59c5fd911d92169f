import Foundation
import Kafka
import Retention

/// Something without which nothing can be measured.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// `retaind-bench`: what an event costs, in CPU of the daemon's process, beside a raw loop over the same client library.
@main
struct Bench {
  private let options: Options
  private let bootstrap: String
  private let prefix = "bench-\(UUID().uuidString.prefix(8).lowercased())."
  private static let partitions = 8

  static func main() {
    do {
      let options = try Options(CommandLine.arguments.dropFirst())
      if let raw = options.raw {
        print(try raw.run())
        return
      }
      if options.micro {
        let rows = try Microbenchmarks(configuration: options.configuration).run()
        print(options.json ? try Microbenchmarks.json(rows) : Microbenchmarks.text(rows))
        return
      }
      // Without a cluster the broker of the client library stands in, in this process, so that it is not measured.
      let broker = try options.bootstrap == nil ? EmbeddedBroker() : nil
      let bootstrap = options.bootstrap ?? broker?.configuration.properties["bootstrap.servers"] ?? ""
      let report = try Bench(options: options, bootstrap: bootstrap).run(broker)
      print(options.json ? try report.json() : report.text)
    } catch let usage as Options.Usage {
      FileHandle.standardError.write(Data((usage.text + "\n").utf8))
      exit(usage.isHelp ? 0 : 64)
    } catch {
      FileHandle.standardError.write(Data("retaind-bench: \(error)\n".utf8))
      exit(70)
    }
  }

  private func run(_ broker: EmbeddedBroker?) throws -> Report {
    try createTopics(broker)
    let inputBytes = try load()
    let daemon = try DaemonRun(
      sibling("retaind"), configuration: options.configuration, bootstrap: bootstrap, prefix: prefix,
      workers: options.workers
    ).finish(events: options.events, within: .seconds(600))
    let outputs = try measureOutputs()
    let raw = try runRawLoop(outputs)
    return Report(
      events: options.events, customers: options.customers, inputBytes: inputBytes, outputs: outputs, daemon: daemon,
      rawCPUSeconds: raw.cpu, rawWallSeconds: raw.wall)
  }

  private func createTopics(_ broker: EmbeddedBroker?) throws {
    let names = [
      "orders", "shipments", "browsing", "customers", "notifications", "ledger", "dead-letters", "state", "forward",
      "raw",
    ].map { prefix + $0 }
    if let broker {
      for name in names { try broker.createTopic(name, partitions: Self.partitions) }
    } else {
      let admin = try Admin(client, observer: .silent)
      defer { admin.close() }
      try admin.create(names.map { NewTopic(name: $0, partitions: Self.partitions) }, timeout: .seconds(30))
    }
  }

  private var client: ClientConfiguration { ClientConfiguration(properties: ["bootstrap.servers": bootstrap]) }

  /// Writes the backlog. Returns its bytes, keys included.
  private func load() throws -> Int {
    let producer = try TransactionalProducer(client, transactionalID: prefix + "loader", observer: .silent)
    defer { producer.close() }
    try producer.initTransactions(timeout: .seconds(30))
    let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) - .minutes(5)
    var mix = Mix(customers: options.customers, seed: 20_261_126, now: now)
    var bytes = 0
    for start in stride(from: 0, to: options.events, by: 50_000) {
      try producer.begin()
      for _ in start..<min(options.events, start + 50_000) {
        let message = mix.next()
        bytes += message.key.count + message.value.count
        try produce(message, producer)
      }
      try producer.commit()
    }
    return bytes
  }

  private func produce(_ message: Mix.Message, _ producer: TransactionalProducer) throws {
    while true {
      do {
        return try producer.produce(
          topic: prefix + message.topic.rawValue, partition: nil, key: message.key.span, value: message.value.span)
      } catch  where error.code == "_QUEUE_FULL" {
        producer.poll(timeout: .milliseconds(10))
      }
    }
  }

  /// How many records the daemon wrote, and how many bytes they are.
  private func measureOutputs() throws -> Outputs {
    var reading = client
    reading.properties["group.id"] = prefix + "reader"
    // Everything that was written, as the raw loop writes everything.
    let consumer = try Consumer(reading, observer: .silent)
    defer { consumer.close(timeout: .seconds(5)) }
    var positions: [TopicPartition: Offset] = [:]
    for topic in ["notifications", "ledger", "dead-letters", "state", "forward"] {
      for number in 0..<Int32(Self.partitions) {
        let partition = TopicPartition(topic: prefix + topic, partition: Partition(number))
        positions[partition] = try consumer.watermarks(of: partition, timeout: .seconds(30)).low
      }
    }
    try consumer.assign(positions)
    var outputs = Outputs()
    var open = Set(positions.keys)
    while !open.isEmpty {
      let poll = try consumer.poll(limit: 10_000, timeout: .seconds(1))
      open.subtract(poll.ends.keys)
      for index in 0..<poll.records.count {
        poll.records.withRecord(at: index) { record in
          let headers = record.headers().reduce(0) { $0 + $1.name.count + ($1.value?.count ?? 0) }
          let bytes = (record.key?.count ?? 0) + (record.value?.count ?? 0) + headers
          outputs.add(topic: String(record.topic.dropFirst(prefix.count)), bytes: bytes)
        }
      }
    }
    return outputs
  }

  private func runRawLoop(_ outputs: Outputs) throws -> (cpu: Double, wall: Double) {
    let output = Pipe()
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let arguments = [
      "--raw-loop", bootstrap, prefix, "\(options.events)", "\(outputs.records)", "\(outputs.bytes)",
      "\(Self.partitions)",
    ]
    var before = rusage()
    getrusage(Int32(RUSAGE_CHILDREN.rawValue), &before)
    let child = try ChildProcess(program, arguments, output: output)
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    guard child.wait() == 0, let wall = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw BenchError("the raw loop failed")
    }
    var after = rusage()
    getrusage(Int32(RUSAGE_CHILDREN.rawValue), &after)
    return (after.cpuSeconds - before.cpuSeconds, wall)
  }

  private func sibling(_ name: String) -> URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent(
      name)
  }
}

extension rusage {
  fileprivate var cpuSeconds: Double {
    Double(ru_utime.tv_sec + ru_stime.tv_sec) + Double(ru_utime.tv_usec + ru_stime.tv_usec) / 1_000_000
  }
}
