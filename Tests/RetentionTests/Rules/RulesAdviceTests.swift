import Testing

@testable import Retention

@Suite("What in the rules never has an effect") struct RulesAdviceTests {
  private func advice(_ text: String) throws -> [String] {
    try Rules(json5: Array(text.utf8)).advice(now: at("2026-11-22T12:00:00Z")).map(\.description)
  }

  @Test func theDefaultsAllHaveOne() throws { #expect(try advice("{}") == []) }

  @Test(arguments: [
    ("{defaultChannels: ['phone', 'wechat']}", "defaultChannels: customers who said nothing are never reached"),
    ("{points: {pointsPerMajorUnit: 0}}", "points.pointsPerMajorUnit: is 0: no order ever earns points"),
    ("{points: {expireAfterMonths: 1, expiryNoticeDays: [7, 63]}}", "points.expiryNoticeDays[1]: is never told"),
    ("{lifecycle: {matureFromTier: 'base'}}", "lifecycle.matureFromTier: is base"),
    (
      """
      {logistics: {milestones: {picked_up: false, out_for_delivery: false, available_for_pickup: false, delivered: false}}}
      """, "logistics.milestones: are all false"
    ),
    ("{gate: {servicePerDay: 0}}", "gate.servicePerDay: is 0"),
    ("{gate: {marketingPerDay: 0}}", "gate.marketingPerDay: is 0"),
    ("{gate: {marketingPerWeek: 0}}", "gate.marketingPerWeek: is 0"),
    ("{gate: {marketingPerDay: 4}}", "gate.marketingPerDay: is never reached: marketingPerWeek is 3"),
    ("{gate: {serviceExpiresAfterHours: 9}}", "gate.serviceExpiresAfterHours: is less than the quiet hours last"),
    (
      "{gate: {quietTransactional: true, transactionalStaleAfterHours: 9}}",
      "gate.transactionalStaleAfterHours: is less than the quiet hours last"
    ),
    (
      "{points: {campaigns: [{name: 'sale', multiplier: 3, until: '2026-11-22T12:00:00Z'}]}}",
      "points.campaigns[0]: sale has ended"
    ),
    (
      "{points: {campaigns: [{name: 'a', multiplier: 2, dayOfMonth: 8}, {name: 'b', multiplier: 2, dayOfMonth: 8}]}}",
      "points.campaigns[1]: b never wins: whenever it holds, a does too"
    ),
    (
      """
      {points: {campaigns: [
        {name: 'a', multiplier: 2, from: '2026-12-01T00:00:00Z', until: '2026-12-05T00:00:00Z', minTotal: 100, categories: ['x']},
        {name: 'b', multiplier: 3, from: '2026-11-01T00:00:00Z', minTotal: 100, categories: ['x', 'y']}]}}
      """, "points.campaigns[0]: a never wins: whenever it holds, b does too"
    ),
    ("{churn: {horizonDays: 60}}", "churn.horizonDays: is 60, but the model's layer looks 30 days ahead"),
    ("{replenishment: {remindAt: 1}}", "replenishment.remindAt: is 1: no purchase is ever so certain"),
  ])
  func whatHasNoneIsNamed(_ rules: String, _ finding: String) throws {
    let found = try advice(rules)
    #expect(found.count == 1 && found.first?.hasPrefix(finding) == true, "\(found)")
  }

  @Test(arguments: [
    // What lives until the end of the second month may live for 62 days.
    "{points: {expireAfterMonths: 1, expiryNoticeDays: [62]}}",
    "{points: {campaigns: [{name: 'a', multiplier: 3, until: '2026-11-22T12:00:00.001Z'}]}}",
    "{points: {campaigns: [{name: 'a', multiplier: 2, dayOfMonth: 8}, {name: 'b', multiplier: 3, dayOfMonth: 9}]}}",
    "{points: {campaigns: [{name: 'a', multiplier: 2, dayOfMonth: 8}, {name: 'b', multiplier: 3, dayOfMonth: 8, minTotal: 1}]}}",
    """
    {points: {campaigns: [{name: 'a', multiplier: 2, dayOfMonth: 8, categories: ['x', 'y']},
      {name: 'b', multiplier: 3, dayOfMonth: 8, categories: ['x']}]}}
    """,
    """
    {points: {campaigns: [{name: 'a', multiplier: 2, from: '2026-12-01T00:00:00Z'},
      {name: 'b', multiplier: 3, from: '2026-12-01T00:00:00Z', until: '2026-12-02T00:00:00Z'}]}}
    """,
    "{points: {campaigns: [{name: 'a', multiplier: 2, dayOfMonth: 8}, {name: 'b', multiplier: 3, from: '2026-12-08T00:00:00Z'}]}}",
    "{gate: {serviceExpiresAfterHours: 10}}", "{gate: {quietHours: {start: '00:00', end: '00:00'}}}",
    "{gate: {transactionalStaleAfterHours: 1}}",
  ])
  func whatMayHaveOneIsNot(_ rules: String) throws { #expect(try advice(rules) == []) }
}
