import Engine
import Foundation
import Kafka
import Operations
import Retention

/// `retaind customer`
enum CustomerCommand {
  static let spec = CommandSpec(
    name: "customer", summary: "look at one customer, or have one forgotten",
    subcommands: [show, erase])

  private static let show = CommandSpec(
    name: "show", summary: "print what is remembered of a customer",
    discussion: """
      Reads the customer's partition of the changelog and prints what it says as JSON on standard output, with the timers that are \
      set and the notices that wait. It joins no group and disturbs no process. It prints personal data.
      """,
    options: [ConfigurationFiles.option], positionals: [.required("ID", "the customer's id")])

  private static let erase = CommandSpec(
    name: "erase", summary: "have a customer forgotten, for good",
    discussion: """
      Publishes customer.erased to the customers topic, as the shop's own services do. The process that holds the customer \
      forgets everything, sends nothing any more, and takes no later event of the customer. This cannot be undone.
      """,
    options: [ConfigurationFiles.option], positionals: [.required("ID", "the customer's id")])

  static func run(_ arguments: Arguments, environment: [String: String]) throws {
    let files = ConfigurationFiles(arguments, environment: environment)
    let deployment = try files.deployment(environment: environment)
    guard let id = CustomerID(arguments.requiredPositional("ID")) else {
      throw arguments.usageError("ID must be 1 to \(CustomerID.maximumLength) bytes")
    }
    let client = try files.client(deployment)
    // Standard output is for the answer.
    let log = Log(deployment.logConfiguration(environment: environment), to: .standardError)
    switch arguments.command.last {
    case show.name: try printCustomer(id, KafkaCluster(client, deployment.engine, log: log), deployment.engine)
    default: try publishErasure(of: id, client, deployment.engine, log)
    }
  }

  private static func printCustomer(_ id: CustomerID, _ cluster: KafkaCluster, _ engine: EngineConfiguration) throws {
    let lookup = CustomerLookup(
      cluster, topics: engine.topics, deadline: engine.restoreDeadline, clock: SystemClock())
    let bar = ProgressBar("reading")
    let found = try lookup.find(id) { bar.show($0) }
    bar.finish()
    let report = found.report
    let place = "\(engine.topics.state) [\(found.partition.number)], read up to offset \(found.end.value)"
    guard !report.isEmpty else { throw Failure(.noInput, "nothing is remembered of this customer in \(place)") }
    print(try indented(report))
  }

  private static func publishErasure(
    of id: CustomerID, _ client: ClientConfiguration, _ engine: EngineConfiguration, _ log: Log
  ) throws {
    let event = "erase-" + UUID().uuidString.lowercased()
    let producer = try TransactionalProducer(
      client, transactionalID: "\(engine.group)-\(event)", observer: .logging(to: log))
    defer { producer.close() }
    try producer.initTransactions(timeout: .seconds(30))
    try producer.begin()
    let value = erasure(of: id, event: event, source: engine.source)
    try producer.produce(topic: engine.topics.customers, partition: nil, key: id.bytes.span, value: value.span)
    try producer.commit()
    print("published customer.erased \(event) to \(engine.topics.customers)")
  }

  private static func erasure(of id: CustomerID, event: String, source: String) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("specversion", "1.0")
      json.member("id", event)
      json.member("source", source)
      json.member("type", EventType.customerErased.rawValue)
      json.member("time", Instant(milliseconds: WallClock.system.milliseconds()))
      json.member("datacontenttype", "application/json")
      json.member("data") { $0.object { $0.member("customerId", id) } }
    }
    return json.bytes
  }
}
