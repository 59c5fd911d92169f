import Engine
import Kafka
import Retention

/// What the engine did for a customer and when, published beside what the business publishes: an event that the business
/// would recognise as a repetition shows here all the same, and the sequential model learns the order and the times.
enum Witness: Equatable {
  case event(TopicPartition, Offset, now: Instant)
  case timer(FacetKind, due: Instant?, now: Instant)

  private static let mark = "witness"

  init?(id: String) {
    let parts = id.split(separator: " ")
    guard parts.first.map(String.init) == Self.mark, parts.count == 6 else { return nil }
    let numbers = parts.dropFirst(3).compactMap { Int64($0) }
    guard numbers.count == 3 else { return nil }
    let now = Instant(milliseconds: numbers[2])
    if parts[1] == "event" {
      let place = TopicPartition(topic: String(parts[2]), partition: Partition(Int32(numbers[0])))
      self = .event(place, Offset(numbers[1]), now: now)
    } else {
      guard let facet = FacetKind(rawValue: UInt8(numbers[0])) else { return nil }
      self = .timer(facet, due: numbers[1] < 0 ? nil : Instant(milliseconds: numbers[1]), now: now)
    }
  }

  var id: String {
    switch self {
    case .event(let place, let offset, let now):
      "\(Self.mark) event \(place.topic) \(place.partition) \(offset) \(now.milliseconds)"
    case .timer(let facet, let due, let now):
      "\(Self.mark) timer - \(facet.rawValue) \(due?.milliseconds ?? -1) \(now.milliseconds)"
    }
  }
}

/// The business with a witness for everything that it is asked to do.
final class WitnessedProgram: Business {
  let program: any Business

  init(program: any Business) { self.program = program }

  func decode(value: Span<UInt8>?, headers: [MessageHeader], now: Instant) throws(Reject) -> Decoded {
    try program.decode(value: value, headers: headers, now: now)
  }

  /// Something is loaded for every event, so that every event is processed.
  func facets(for type: EventType) -> FacetSet { program.facets(for: type).union(.seen) }

  func facets(firing facet: FacetKind) -> FacetSet { program.facets(firing: facet) }

  func process(_ event: Event, origin: Cause.Origin, customer: inout Customer, now: Instant) -> Outcome {
    var outcome = program.process(event, origin: origin, customer: &customer, now: now)
    let place = TopicPartition(topic: origin.topic, partition: Partition(origin.partition))
    let witness = Witness.event(place, Offset(origin.offset), now: now)
    outcome.notifications.append(
      notification(witness, event.customer, .event(event.id, type: event.type, origin: origin), now))
    return outcome
  }

  func fire(_ facet: FacetKind, customer: inout Customer, now: Instant) -> Outcome {
    let due = customer.nextDue(of: facet)
    var outcome = program.fire(facet, customer: &customer, now: now)
    let witness = Witness.timer(facet, due: due, now: now)
    outcome.notifications.append(notification(witness, customer.id, .timer("\(facet)", dueAt: due ?? now), now))
    return outcome
  }

  private func notification(
    _ witness: Witness, _ customer: CustomerID, _ cause: Cause, _ now: Instant
  ) -> Notification {
    Notification(
      id: witness.id, customer: customer, kind: .survey, locale: .english, title: "", body: "", template: .survey,
      parameters: [], channels: [], reason: [], cause: cause, createdAt: now, expiresAt: now, rulesVersion: "")
  }
}
