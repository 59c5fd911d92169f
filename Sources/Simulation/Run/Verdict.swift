import Engine
import Kafka
import Retention

extension Run {
  /// Compares what was committed with what a plain loop makes of the same events, in the order and at the times that the
  /// witnesses tell; and sees that each event and each record that is none took effect exactly once.
  func judge() {
    do {
      var verdict = Verdict(self)
      try verdict.hear()
      verdict.compareOutputs()
      verdict.compareState()
      verdict.checkDeadLetters()
      violations += verdict.violations
    } catch {
      violations.append("the judgement failed: \(error)")
    }
  }
}

private struct Verdict {
  private let run: Run
  private var model: SequentialModel
  private var outputs: [String: [[UInt8]: [SequentialModel.Output]]] = [:]
  private var witnesses: [[UInt8]: [Witness]] = [:]
  private var taken: [TopicPartition: Set<Offset>] = [:]
  private(set) var violations: [String] = []

  init(_ run: Run) {
    self.run = run
    model = SequentialModel(run.program)
    for stream in [run.scenario.topics.ledger, run.scenario.topics.notifications] {
      for record in run.cluster.committed(stream) {
        let key = record.key ?? []
        let id =
          record.headers.first { $0.nameText == "ce_id" }?.value.map { String(decoding: $0, as: UTF8.self) } ?? ""
        if let witness = Witness(id: id) {
          witnesses[key, default: []].append(witness)
        } else {
          outputs[stream, default: [:]][key, default: []].append(
            SequentialModel.Output(stream: stream, key: key, id: id, value: record.value ?? []))
        }
      }
    }
  }

  /// Lets the model do what the witnesses tell.
  mutating func hear() throws {
    for customer in witnesses.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard let id = CustomerID(utf8: customer) else { continue }
      var last: [TopicPartition: Offset] = [:]
      run.say("\(id) witnessed \(witnesses[customer]?.map(\.id).joined(separator: "; ") ?? "")")
      for witness in witnesses[customer] ?? [] {
        switch witness {
        case .event(let place, let offset, let now): try take(place, offset, id, now, &last)
        case .timer(let facet, let due, let now):
          let expected = try model.nextDue(of: facet, id)
          if due != expected || due.map({ $0 > now }) ?? true {
            report("a timer of \(id) fired at \(now), due \(due.map(\.rfc3339) ?? "never"), not as the model has it")
          }
          try model.fire(facet, of: id, now: now)
        }
      }
      for facet in FacetKind.allCases {
        if let due = try model.nextDue(of: facet, id), due <= run.settledAt {
          report("\(facet) of \(id) is due since \(due.rfc3339) and was not fired")
        }
      }
    }
    for (place, records) in run.workload.written.sorted(by: { $0.key < $1.key }) {
      for (offset, record) in records.sorted(by: { $0.key < $1.key }) where record.customer != nil {
        if taken[place]?.contains(offset) != true { report("lost: \(place) \(offset)") }
      }
    }
  }

  private mutating func take(
    _ place: TopicPartition, _ offset: Offset, _ customer: CustomerID, _ now: Instant,
    _ last: inout [TopicPartition: Offset]
  ) throws {
    guard let record = run.workload.written[place]?[offset], record.customer.map(Workload.name) == "\(customer)" else {
      return report("\(customer) was given \(place) \(offset), which is not theirs")
    }
    if !taken[place, default: []].insert(offset).inserted { report("doubled: \(place) \(offset) of \(customer)") }
    if let before = last[place], before >= offset { report("out of order: \(place) \(offset) after \(before)") }
    last[place] = offset
    if try !model.take(record.value, at: place, offset, now: now) { report("no event: \(place) \(offset)") }
  }

  mutating func compareOutputs() {
    for stream in [run.scenario.topics.ledger, run.scenario.topics.notifications] {
      let expected = model.outputs.mapValues { $0.filter { $0.stream == stream } }.filter { !$0.value.isEmpty }
      let found = outputs[stream] ?? [:]
      for customer in Set(expected.keys).union(found.keys).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        let (wanted, got) = (expected[customer] ?? [], found[customer] ?? [])
        guard wanted != got else { continue }
        let index = zip(wanted, got).prefix { $0 == $1 }.count
        report(
          """
          \(stream) of \(String(decoding: customer, as: UTF8.self)): \(got.count) records instead of \(wanted.count); \
          number \(index) is \(index < got.count ? got[index].description : "missing") instead of \
          \(index < wanted.count ? wanted[index].description : "none")
          """)
      }
    }
  }

  /// The changelog, and what the workers have in memory.
  mutating func compareState() {
    let changelog = run.cluster.committed(run.scenario.topics.state).reduce(into: [[UInt8]: [UInt8]]()) {
      $0[$1.key ?? []] = $1.value
    }
    if changelog != model.state { report("the changelog's state differs: \(difference(changelog))") }
    let held = run.processes.flatMap(\.workers).map(\.storedFacets).reduce(into: [[UInt8]: [UInt8]]()) {
      $0.merge($1) { first, _ in first }
    }
    if held != model.state { report("the workers' state differs: \(difference(held))") }
  }

  private func difference(_ state: [[UInt8]: [UInt8]]) -> String {
    let keys = Set(state.keys).union(model.state.keys).filter { state[$0] != model.state[$0] }
    return keys.compactMap { ChangelogKey($0.span) }.map {
      "\($0.facet) of \($0.customer) \(state[$0.bytes] ?? []) vs \(model.state[$0.bytes] ?? [])"
    }.sorted()
      .joined(separator: ", ")
  }

  mutating func checkDeadLetters() {
    let topics = run.scenario.topics
    var expected: [String] = []
    for (place, records) in run.workload.written {
      for (offset, record) in records where record.customer == nil { expected.append("\(place) \(offset)") }
    }
    let found = run.cluster.committed(topics.deadLetters).map { record in
      let headers = Dictionary(
        record.headers.map { ($0.nameText, String(decoding: $0.value ?? [], as: UTF8.self)) }, uniquingKeysWith: { $1 })
      return "\(headers["dlq.topic"] ?? "") [\(headers["dlq.partition"] ?? "")] \(headers["dlq.offset"] ?? "")"
    }
    if found.sorted() != expected.sorted() {
      report("dead letters \(found.sorted()) instead of \(expected.sorted())")
    }
  }

  private mutating func report(_ violation: String) { violations.append(violation) }
}
