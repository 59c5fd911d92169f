import Testing

@testable import Retention

/// The ledger entries of an event must explain what it made of the account.
@Suite("Self-check of ledger and account") struct BalancesTests {
  private static let noon = at("2026-11-22T12:00:00+08:00")

  /// An event as the ledger sees it: the balances before, the entries, and the balances after.
  struct Books: CustomTestStringConvertible {
    let testDescription: String
    let before: Balances
    let bookings: [Booking]
    let after: Balances

    init(_ name: String, _ before: Balances, _ bookings: [Booking], _ after: Balances) {
      (testDescription, self.before, self.bookings, self.after) = (name, before, bookings, after)
    }

    var contradiction: String? {
      Balances.contradiction(from: before, through: bookings.map(\.entry), to: after)
    }
  }

  @Test(arguments: [
    Books("nothing happens", account(available: 7), [], account(available: 7)),
    Books("accrued", account(debt: 3), [Booking(.accrued, 5, pending: 5, debt: 3)], account(pending: 5, debt: 3)),
    Books("confirmed", account(pending: 5), [Booking(.confirmed, 5, available: 5)], account(available: 5)),
    Books(
      "confirmed, debt first", account(pending: 5, debt: 3), [Booking(.confirmed, 5, available: 2)],
      account(available: 2)),
    Books("redeemed", account(available: 5), [Booking(.redeemed, -2, available: 3)], account(available: 3)),
    Books("redeemed into debt", account(available: 5), [Booking(.redeemed, -7, debt: 2)], account(debt: 2)),
    Books("reversed while pending", account(pending: 5), [Booking(.reversed, -2, pending: 3)], account(pending: 3)),
    Books("reversed into debt", account(available: 1), [Booking(.reversed, -2, debt: 1)], account(debt: 1)),
    Books("restored", account(debt: 1), [Booking(.restored, 3, available: 2)], account(available: 2)),
    Books(
      "several", account(available: 4),
      [Booking(.redeemed, -4), Booking(.accrued, 9, pending: 9), Booking(.reversed, -2, pending: 7)],
      account(pending: 7)),
    Books(
      "a debt beyond all integers", account(debt: .max - 1), [Booking(.redeemed, -5, debt: .max)], account(debt: .max)),
  ])
  func entriesThatExplainTheAccountPass(_ books: Books) {
    #expect(books.contradiction == nil)
  }

  @Test(arguments: [
    Books("a change without an entry", account(available: 7), [], account(available: 8)),
    Books("an entry without a change", account(), [Booking(.accrued, 5, pending: 5)], account()),
    Books("other balances than the last entry's", account(), [Booking(.accrued, 5, pending: 5)], account(pending: 6)),
    Books("more than the points say", account(), [Booking(.accrued, 5, pending: 6)], account(pending: 6)),
    Books("accrued as available", account(), [Booking(.accrued, 5, available: 5)], account(available: 5)),
    Books(
      "confirmed and still pending", account(pending: 5), [Booking(.confirmed, 5, available: 5, pending: 5)],
      account(available: 5, pending: 5)),
    Books("confirmed out of nothing", account(), [Booking(.confirmed, 5, available: 5)], account(available: 5)),
    Books("redeemed off pending", account(pending: 5), [Booking(.redeemed, -2, pending: 3)], account(pending: 3)),
    Books("restored as pending", account(), [Booking(.restored, 2, pending: 2)], account(pending: 2)),
    Books(
      "reversed twice over", account(available: 4, pending: 4),
      [Booking(.reversed, -2, available: 2, pending: 2)], account(available: 2, pending: 2)),
    Books(
      "lost between two entries", account(available: 5),
      [Booking(.redeemed, -1, available: 4), Booking(.redeemed, -1, available: 2)], account(available: 2)),
    Books(
      "available below zero", account(available: 1), [Booking(.redeemed, -2, available: -1)],
      account(available: -1)),
    Books(
      "available and owing", account(available: 5), [Booking(.redeemed, -2, available: 4, debt: 1)],
      account(available: 4, debt: 1)),
    Books("no integer is large enough", account(available: .max - 1), [], account(debt: .max - 1)),
  ])
  func whatTheEntriesDoNotExplainIsAContradiction(_ books: Books) {
    #expect(books.contradiction != nil)
  }

  @Test func aHandlerThatChangesAnAccountWithoutAnEntryIsFoundOutAtOnce() throws {
    let honest = try Shop().program
    let program = RetentionProgram(honest, handlers: honest.handlers + [Embezzler()])
    let paid = Event(id: id("e-1"), time: Self.noon, customer: Shop.customer, payload: .paid(total: 1_000))
    #expect(try outcome(program, of: paid).violation != nil)
    let scanned = Event(id: id("e-2"), time: Self.noon, customer: Shop.customer, payload: .scan(.delivered))
    #expect(try outcome(program, of: scanned).violation == nil)
  }

  @Test func aTimerThatChangesAnAccountWithoutAnEntryIsFoundOutAtOnce() throws {
    let honest = try Shop().program
    let program = RetentionProgram(honest, handlers: honest.handlers + [Embezzler()])
    var customer = Customer(id: Shop.customer)
    try customer.load(.all) { _ in nil }
    #expect(program.fire(.account, customer: &customer, now: Self.noon).violation != nil)
    #expect(program.fire(.orders, customer: &customer, now: Self.noon).violation == nil)
  }

  private func outcome(_ program: RetentionProgram, of event: Event) throws -> Outcome {
    var customer = Customer(id: Shop.customer)
    try customer.load(program.facets(for: event.type)) { _ in nil }
    let origin = Cause.Origin(topic: "orders", partition: 0, offset: 0)
    return program.process(event, origin: origin, customer: &customer, now: Self.noon)
  }
}

/// A handler that gives away a point nobody hears of.
private final class Embezzler: Handler {
  var facets: FacetSet { .account }
  var timedFacet: FacetKind? { .account }

  func handles(_ type: EventType) -> Bool { type == .orderPaid }
  func process(_ event: Event, _ customer: inout Customer, _ effects: inout Effects) {
    customer.account.credit(1, for: nil)
  }
  func fire(_ customer: inout Customer, _ effects: inout Effects) { customer.account.credit(1, for: nil) }
}

private func account(available: Int64 = 0, pending: Int64 = 0, debt: Int64 = 0) -> Balances {
  Balances(available: available, pending: pending, debt: debt)
}

extension Booking {
  fileprivate var entry: LedgerEntry {
    LedgerEntry(
      id: "", customer: Shop.customer, kind: kind, points: points, available: available, pending: pending, debt: debt,
      order: id("o-1"), expiresOn: nil, rule: nil,
      cause: .timer("points.confirm", dueAt: at("2026-11-22T12:00:00+08:00")),
      createdAt: at("2026-11-22T12:00:00+08:00"), rulesVersion: "1")
  }
}
