/// What is known of all customers' purchases after a history: the same facets that the daemon keeps, without its timers and notices.
public final class Forecast {
  private let rules: Rules
  private let program: RetentionProgram
  private var customers: [CustomerID: Customer] = [:]

  /// Events that were taken, those of no concern included.
  public private(set) var events: Int64 = 0
  /// Lines that are no valid event.
  public private(set) var rejected: Int64 = 0

  /// A forecast that has seen nothing. Throws when the rules name a time zone that the system does not know.
  public init(rules: Rules, wording: Wording, decoder: EventDecoder) throws(ConfigurationError) {
    var quiet = rules
    // Nobody is told anything.
    quiet.churn.warnAt = nil
    quiet.winback.afterDays = 0
    quiet.replenishment.remindAt = nil
    self.rules = rules
    let program = try RetentionProgram(rules: quiet, wording: wording, decoder: decoder)
    // Where customers live, what changed about orders, and what that tells of their purchases.
    let handlers = program.handlers.filter { $0 is Profiles || $0 is Points || $0 is Churn || $0 is Replenishment }
    self.program = RetentionProgram(program, handlers: handlers)
  }

  /// Reads a structured CloudEvent; nil when the line is none, or none that concerns purchases.
  public func decode(line: [UInt8]) -> Event? {
    events += 1
    do throws(Reject) {
      // There is no present to compare with: any time may be in a history.
      guard
        case .event(let event) = try program.decode(
          value: line.span, headers: [], now: Instant(milliseconds: Int64.max / 2))
      else { return nil }
      return event
    } catch {
      rejected += 1
      return nil
    }
  }

  /// Takes an event, in order of time.
  public func take(_ event: Event) {
    guard !program.facets(for: event.type).isEmpty else { return }
    let origin = Cause.Origin(topic: "events", partition: 0, offset: events)
    _ = program.process(
      event, origin: origin, customer: &customers[event.customer, default: Customer(unknown: event.customer)],
      now: event.time)
  }

  /// All customers who bought something, in order of their ids.
  var histories: [History] {
    customers.values.filter { $0.rhythm.last != nil }.sorted { $0.id.bytes.lexicographicallyPrecedes($1.id.bytes) }
      .map { History(customer: $0.id, zone: program.zone(of: $0), rhythm: $0.rhythm, items: $0.items) }
  }

  /// What a customer buys, as known now.
  func items(of customer: CustomerID) -> Items? { customers[customer]?.items }

  /// When a customer buys, as known now.
  func rhythm(of customer: CustomerID) -> Rhythm? { customers[customer]?.rhythm }

  /// What is known of one customer.
  struct History {
    let customer: CustomerID
    let zone: LocalTime
    let rhythm: Rhythm
    let items: Items

    /// The last local day of which anything can be known when only what happened before the instant is.
    func lastDay(before instant: Instant) -> LocalDay { zone.day(of: Instant(milliseconds: instant.milliseconds - 1)) }
  }
}

extension Forecast {
  /// How likely each customer is to buy within `horizon` days from an instant on.
  public func churnScores(at instant: Instant, horizon: Int64) -> [ChurnScore] {
    histories.compactMap { history in
      let day = history.lastDay(before: instant)
      let (rhythm, model) = (history.rhythm, rules.churn.model)
      guard let last = rhythm.last, let past = rhythm.history(on: day),
        let pPurchase = model.pPurchase(rhythm, on: day, within: horizon)
      else { return nil }
      return ChurnScore(
        customer: history.customer, pPurchase: pPurchase, pAlive: model.purchases.pAlive(past),
        idleDays: max(0, day.number - last.number), usualGapDays: model.usualGap(rhythm), purchases: rhythm.gaps + 1,
        lastGapDays: rhythm.lastGap)
    }
  }

  /// How likely each customer is to buy each of their items within `horizon` days from an instant on.
  public func replenishmentScores(at instant: Instant, horizon: Int64) -> [ReplenishmentScore] {
    histories.flatMap { history in
      let day = history.lastDay(before: instant)
      return history.items.items.map { item in
        let model = rules.replenishment.model
        return ReplenishmentScore(
          customer: history.customer, item: item.sku,
          pPurchase: model.pPurchase(
            item.cycle, of: item.category, knownSince: history.items.since ?? item.cycle.last, on: day,
            within: Double(horizon)),
          expectedGapDays: model.expectedGap(item.cycle, of: item.category), purchases: item.cycle.purchases,
          idleDays: max(0, day.number - item.cycle.last.number))
      }
    }
  }
}

/// A customer's prospects.
public struct ChurnScore: JSONWritable, Sendable {
  let customer: CustomerID
  let pPurchase: Double
  let pAlive: Double
  let idleDays: Int64
  let usualGapDays: Double
  let purchases: Int64
  let lastGapDays: Int64?

  /// Writes the probabilities and what they rest on.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("customerId", customer)
      json.member("pPurchase", pPurchase)
      json.member("pAlive", pAlive)
      json.member("evidence") { json in
        json.object { json in
          json.member("idleDays", idleDays)
          json.member("usualGapDays", usualGapDays)
          json.member("purchases", purchases)
          json.member("gapTrend", ifPresent: lastGapDays.map { Double($0) / usualGapDays })
        }
      }
    }
  }
}

/// The prospects of one customer's item.
public struct ReplenishmentScore: JSONWritable, Sendable {
  let customer: CustomerID
  let item: SKU
  let pPurchase: Double
  let expectedGapDays: Double
  let purchases: Int64
  let idleDays: Int64

  /// Writes the probability and what it rests on.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("customerId", customer)
      json.member("item", item)
      json.member("pPurchase", pPurchase)
      json.member("expectedGapDays", expectedGapDays)
      json.member("purchases", purchases)
      json.member("idleDays", idleDays)
    }
  }
}
