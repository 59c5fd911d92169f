import Engine
import Foundation
import Kafka
import Operations
import Retention

/// `retaind dead-letters`
enum DeadLettersCommand {
  static let spec = CommandSpec(
    name: "dead-letters", summary: "look at what could not be processed, and bring it back",
    subcommands: [list, show, replay])

  private static let list = CommandSpec(
    name: "list", summary: "count the dead letters by topic and reason",
    discussion: """
      Reads the dead-letter topic and prints how many records of which topic lie there for which reason, and the newest of them, \
      one a line: where it lies, where it came from, and why. Nothing of a record's content is printed.
      """,
    options: filters + [
      .value("limit", "N", "how many records are printed, 0 to 1000000", default: "20"), ConfigurationFiles.option,
    ])

  private static let show = CommandSpec(
    name: "show", summary: "print one dead letter",
    discussion: """
      Prints one record of the dead-letter topic as JSON on standard output, with the headers, key and value that it came with; what \
      is no UTF-8 is printed as Base64 under another name. It prints personal data.
      """,
    options: [ConfigurationFiles.option],
    positionals: [.required("PLACE", "its partition and offset in the dead-letter topic, such as 3:1287")])

  private static let replay = CommandSpec(
    name: "replay", summary: "publish dead letters again to the topics they came from",
    discussion: """
      Without --yes it only says what it would publish. With --yes each record goes to the topic and partition it came from, with \
      its own key, value, headers and timestamp, in transactions of 10,000. A record that is replayed twice is taken once: its \
      event id is known for the days that the rules' dedupeDays say. Mend the cause first: what still cannot be processed \
      becomes a dead letter again.
      """,
    options: filters + [.flag("yes", "publish them"), ConfigurationFiles.option])

  private static let filters: [OptionSpec] = [
    .value("topic", "TOPIC", "only what came from this topic"),
    .value("reason", "CODE", "only what lies there for this reason, such as missing-field"),
    .value("since", "TIME", "only what was written to its topic at this RFC 3339 time or later"),
    .value("until", "TIME", "only what was written to its topic before this RFC 3339 time"),
  ]

  static func run(_ arguments: Arguments, environment: [String: String]) throws {
    let files = ConfigurationFiles(arguments, environment: environment)
    let deployment = try files.deployment(environment: environment)
    let client = try files.client(deployment)
    // Standard output is for the answer.
    let log = Log(deployment.logConfiguration(environment: environment), to: .standardError)
    let reader = DeadLetterReader(
      KafkaCluster(client, deployment.engine, log: log), topics: deployment.engine.topics)
    switch arguments.command.last {
    case list.name: try printList(arguments, reader)
    case show.name: try printOne(arguments, reader, deployment.engine.topics.deadLetters)
    default:
      try DeadLetterReplay(
        reader: reader, filter: Filter(arguments), client: client, group: deployment.engine.group, log: log
      ).run(isDry: !arguments.isSet("yes"))
    }
  }

  private static func printList(_ arguments: Arguments, _ reader: DeadLetterReader) throws {
    guard let limit = Int(arguments.requiredValue("limit")), (0...1_000_000).contains(limit) else {
      throw arguments.usageError("--limit is no number from 0 to 1000000")
    }
    let filter = try Filter(arguments)
    var counts = DeadLetterCounts()
    var newest: [BuriedRecord] = []
    try reader.forEachShown { buried in
      guard filter.admits(buried) else { return }
      counts.count(buried)
      newest.append(buried)
      if newest.count > 2 * max(1, limit) { newest.removeFirst(newest.count - limit) }
    }
    print(counts.text)
    for buried in newest.suffix(limit) {
      let original = buried.original
      let origin = "\(original.topic) [\(original.partition.number)] \(original.offset.value)"
      let time = original.timestamp.map { Instant(milliseconds: $0).rfc3339 } ?? "no time"
      print(
        "\(buried.place.partition.number):\(buried.offset.value)  \(time)  \(origin)  \(buried.reason)  \(buried.message)"
      )
    }
  }

  private static func printOne(_ arguments: Arguments, _ reader: DeadLetterReader, _ topic: String) throws {
    let numbers = arguments.requiredPositional("PLACE").split(separator: ":", omittingEmptySubsequences: false)
    guard numbers.count == 2, let partition = Int32(numbers[0]), let offset = Int64(numbers[1]) else {
      throw arguments.usageError("PLACE is no partition and offset, such as 3:1287")
    }
    var found: BuriedRecord?
    try reader.forEachShown { buried in
      if buried.place.partition.number == partition, buried.offset.value == offset { found = buried }
    }
    guard let found else { throw Failure(.noInput, "\(topic) has no dead letter \(partition):\(offset)") }
    print(try indented(found))
  }

  /// Which dead letters are meant.
  struct Filter {
    let topic: String?
    let reason: String?
    let since: Int64?
    let until: Int64?

    init(_ arguments: Arguments) throws {
      topic = arguments.value("topic")
      reason = arguments.value("reason")
      since = try arguments.value("since").map { _ in try arguments.instant("since").milliseconds }
      until = try arguments.value("until").map { _ in try arguments.instant("until").milliseconds }
    }

    func admits(_ buried: BuriedRecord) -> Bool {
      let original = buried.original
      if let topic, topic != original.topic { return false }
      if let reason, reason != buried.reason { return false }
      guard since != nil || until != nil else { return true }
      guard let time = original.timestamp else { return false }
      return since.map { $0 <= time } ?? true && until.map { time < $0 } ?? true
    }
  }
}

extension DeadLetterReader {
  /// Calls `body` with every dead letter, and shows on the terminal how far it is.
  func forEachShown(_ body: (BuriedRecord) throws -> Void) throws {
    let bar = ProgressBar("reading")
    var foreign = 0
    try forEach(progress: { bar.show($0) }) { record in
      if let buried = BuriedRecord(record) { try body(buried) } else { foreign += 1 }
    }
    bar.finish()
    guard foreign > 0 else { return }
    let text = "retaind: \(foreign) records in the dead-letter topic are not retaind's; they were passed over\n"
    FileHandle.standardError.write(Data(text.utf8))
  }
}

/// How many dead letters there are of which topic and reason.
struct DeadLetterCounts {
  private var counts: [String: [String: Int]] = [:]

  mutating func count(_ buried: BuriedRecord) {
    counts[buried.original.topic, default: [:]][buried.reason, default: 0] += 1
  }

  var total: Int { counts.values.reduce(0) { $0 + $1.values.reduce(0, +) } }

  var text: String {
    guard total > 0 else { return "no dead letters" }
    let lines = counts.sorted { $0.key < $1.key }.flatMap { topic, reasons in
      reasons.sorted { $0.key < $1.key }.map { "\($0.value)\t\(topic)\t\($0.key)" }
    }
    return (["\(total) dead letters"] + lines).joined(separator: "\n")
  }
}

extension BuriedRecord: JSONWritable {
  /// Writes the record as it came, and why and where it was buried.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("place", "\(place.partition.number):\(offset.value)")
      json.member("reason", reason)
      json.member("message", message)
      json.member("version", version)
      json.member("topic", original.topic)
      json.member("partition", Int64(original.partition.number))
      json.member("offset", original.offset.value)
      json.member("time", ifPresent: original.timestamp.map(Instant.init(milliseconds:)))
      json.member("headers", original.headers.map(HeaderReport.init))
      write("key", original.key, to: &json)
      write("value", original.value, to: &json)
    }
  }

  private func write(_ name: String, _ bytes: [UInt8]?, to json: inout JSONWriter) {
    guard let bytes else { return }
    if let text = String(validating: bytes, as: UTF8.self) {
      json.key(name)
      json.string(text)
    } else {
      json.key(name + "Base64")
      json.string(Data(bytes).base64EncodedString())
    }
  }
}

private struct HeaderReport: JSONWritable {
  let header: Header

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("name", header.nameText)
      json.member("value", ifPresent: header.value.map { String(decoding: $0, as: UTF8.self) })
    }
  }
}
