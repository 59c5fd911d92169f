import Testing

@testable import Retention

@Suite("The rules file") struct RulesFileTests {
  /// What is wrong with a file; nil when nothing is.
  private func problem(_ text: String) -> ConfigurationError? {
    do throws(ConfigurationError) {
      _ = try Rules(json5: Array(text.utf8))
      return nil
    } catch { return error }
  }

  private func rules(_ text: String) throws -> Rules { try Rules(json5: Array(text.utf8)) }

  @Test func whatIsMissingTakesTheDefault() throws {
    #expect(try rules("{}") == Rules())
    #expect(try rules("{points: {}, logistics: {milestones: {}}, gate: {}}") == Rules())
  }

  @Test func theDefaultsAreThoseOfTheManual() {
    let rules = Rules()
    #expect(rules.timeZone == "Asia/Shanghai")
    #expect(rules.defaultChannels == [.push, .sms, .email])
    #expect(rules.dedupeDays == 30)
    #expect(rules.points.pointsPerMajorUnit == 1)
    #expect(rules.points.confirmAfterDays == 7)
    #expect(rules.points.confirmAtLatestDays == 30)
    #expect(rules.points.excludedCategories.isEmpty)
    #expect(
      rules.points.campaigns == [
        Campaign(name: "member-day", multiplier: BasisPoints(20_000), window: .dayOfMonth(8))
      ])
    #expect(rules.logistics.milestones == [.pickedUp, .outForDelivery, .availableForPickup, .delivered])
    #expect(rules.logistics.repeatAfterHours == 12)
    #expect(rules.logistics.delayedByHours == 6)
    #expect(rules.logistics.earlyByHours == 24)
    #expect(rules.logistics.careGuideAfterHours == 12)
    #expect(rules.logistics.surveyAfterDays == 7)
    #expect(rules.gate.transactionalStaleAfterHours == 72)
  }

  @Test func everyFieldIsRead() throws {
    let text = """
      { // a comment
        version: "v1", locale: "en", timeZone: "Europe/Berlin", defaultChannels: ["wechat", "phone"], dedupeDays: 1,
        points: {
          pointsPerMajorUnit: 2, excludedCategories: ["gift-card", "运费"], confirmAfterDays: 3, confirmAtLatestDays: 4,
          campaigns: [
            {name: "a", multiplier: 1.25, from: "2026-11-10T20:00:00+08:00", until: "2026-11-12T00:00:00+08:00",
             categories: ["food"], minTotal: 300},
            {name: "b", multiplier: 0, dayOfMonth: 31},
            {name: "c", multiplier: 1000, until: "2026-11-12T00:00:00Z",},
          ],
        },
        logistics: {
          milestones: {picked_up: false, sorted: true, in_transit: true, out_for_delivery: false,
            available_for_pickup: false, delivered: false},
          repeatAfterHours: 5, delayedByHours: 6, earlyByHours: 7, careGuideAfterHours: 8, surveyAfterDays: 9,
        },
        gate: {transactionalStaleAfterHours: 10, serviceExpiresAfterHours: 11},
      }
      """
    var expected = Rules()
    expected.version = "v1"
    expected.locale = .english
    expected.timeZone = "Europe/Berlin"
    expected.defaultChannels = [.wechat, .phone]
    expected.dedupeDays = 1
    expected.points.pointsPerMajorUnit = 2
    expected.points.excludedCategories = [id("gift-card"), id("运费")]
    expected.points.confirmAfterDays = 3
    expected.points.confirmAtLatestDays = 4
    expected.points.campaigns = [
      Campaign(
        name: "a", multiplier: BasisPoints(12_500),
        window: .between(from: at("2026-11-10T12:00:00Z"), until: at("2026-11-11T16:00:00Z")), categories: [id("food")],
        minTotal: 300),
      Campaign(name: "b", multiplier: BasisPoints(0), window: .dayOfMonth(31)),
      Campaign(
        name: "c", multiplier: BasisPoints(10_000_000), window: .between(from: nil, until: at("2026-11-12T00:00:00Z"))),
    ]
    expected.logistics.milestones = [.sorted, .inTransit]
    expected.logistics.repeatAfterHours = 5
    expected.logistics.delayedByHours = 6
    expected.logistics.earlyByHours = 7
    expected.logistics.careGuideAfterHours = 8
    expected.logistics.surveyAfterDays = 9
    expected.gate.transactionalStaleAfterHours = 10
    expected.gate.serviceExpiresAfterHours = 11
    #expect(try rules(text) == expected)
  }

  @Test func aMilestoneNotMentionedStaysAsItWas() throws {
    #expect(
      try rules("{logistics: {milestones: {sorted: true, delivered: false}}}").logistics.milestones == [
        .pickedUp, .sorted, .outForDelivery, .availableForPickup,
      ])
  }

  @Test func anEmptyListOfCampaignsIsNone() throws {
    #expect(try rules("{points: {campaigns: []}}").points.campaigns.isEmpty)
  }

  /// The whole numbers, with the least and the largest that each may be.
  private static let integers: [(String, Int64, Int64)] = [
    ("dedupeDays", 1, 3_650), ("points.pointsPerMajorUnit", 0, 1_000_000), ("points.confirmAfterDays", 0, 3_650),
    ("points.confirmAtLatestDays", 0, 3_650), ("logistics.repeatAfterHours", 0, 8_760),
    ("logistics.delayedByHours", 0, 8_760), ("logistics.earlyByHours", 0, 8_760),
    ("logistics.careGuideAfterHours", 0, 8_760), ("logistics.surveyAfterDays", 0, 365),
    ("gate.transactionalStaleAfterHours", 1, 8_760), ("gate.serviceExpiresAfterHours", 1, 8_760),
  ]

  /// A file in which the field at `path` has `value`.
  private func file(_ path: String, _ value: String) -> String {
    path.split(separator: ".").reversed().reduce(value) { "{\($1): \($0)}" }
  }

  @Test(arguments: integers)
  func aNumberOutOfRangeNamesItsPathAndTheRange(_ path: String, _ least: Int64, _ most: Int64) {
    #expect(problem(file(path, "\(least)")) == nil)
    #expect(problem(file(path, "\(most)")) == nil)
    for value in [least - 1, most + 1] {
      #expect(
        problem(file(path, "\(value)"))
          == ConfigurationError(path: path, problem: "is \(value), it must be \(least) to \(most)"))
    }
  }

  @Test(arguments: integers.map(\.0))
  func whatIsNoWholeNumberNamesItsPathAndWhatItIs(_ path: String) {
    for (value, kind) in [
      ("\"7\"", "a string"), ("1.5", "a number"), ("true", "a Boolean"), ("null", "null"), ("[7]", "a list"),
      ("{}", "an object"),
    ] {
      let error = problem(file(path, value))
      #expect(error?.path == path)
      #expect(error?.problem == "is \(kind), a whole number is needed")
    }
  }

  @Test(arguments: [
    ("{version: 1}", "version", "is a number, a string is needed"),
    (#"{version: ""}"#, "version", "is empty, a string is needed"),
    (#"{locale: "fr"}"#, "locale", #"is "fr", it must be one of zh-Hans, en"#),
    (#"{timeZone: "Asia/Beijing"}"#, "timeZone", "no IANA time zone known to this system"),
    (#"{defaultChannels: "push"}"#, "defaultChannels", "is a string, a list is needed"),
    (#"{defaultChannels: ["push", "fax"]}"#, "defaultChannels[1]", "it must be one of push, sms, email, phone, wechat"),
    (#"{defaultChannels: [1]}"#, "defaultChannels[0]", "is a number, a string is needed"),
    ("{points: []}", "points", "is a list, an object is needed"),
    ("{logistics: 1}", "logistics", "is a number, an object is needed"),
    ("{gate: null}", "gate", "is null, an object is needed"),
    ("{points: {excludedCategories: 1}}", "points.excludedCategories", "is a number, a list is needed"),
    (#"{points: {excludedCategories: ["a", ""]}}"#, "points.excludedCategories[1]", "1 to 128 bytes"),
    ("{points: {campaigns: {}}}", "points.campaigns", "is an object, a list is needed"),
    ("{logistics: {milestones: []}}", "logistics.milestones", "is a list, an object is needed"),
    ("{logistics: {milestones: {sorted: 1}}}", "logistics.milestones.sorted", "true or false is needed"),
    ("[]", "", "is a list, an object is needed"),
  ])
  func aWrongTypeNamesItsPathAndWhatIsNeeded(_ text: String, _ path: String, _ words: String) {
    let error = problem(text)
    #expect(error?.path == path)
    #expect(error?.problem.contains(words) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    ("{dedupDays: 3}", "dedupDays", "did you mean dedupeDays?"),
    ("{points: {confirmAfterDay: 3}}", "points.confirmAfterDay", "did you mean confirmAfterDays?"),
    ("{logistics: {earlyByHour: 3}}", "logistics.earlyByHour", "did you mean earlyByHours?"),
    ("{logistics: {milestones: {delivred: true}}}", "logistics.milestones.delivred", "did you mean delivered?"),
    ("{gate: {serviceExpireAfterHours: 3}}", "gate.serviceExpireAfterHours", "did you mean serviceExpiresAfterHours?"),
    (
      "{points: {campaigns: [{name: 'a', multiplier: 2, dayOfMonht: 8, dayOfMonth: 8}]}}",
      "points.campaigns[0].dayOfMonht", "did you mean dayOfMonth?"
    ),
    (
      "{gate: {unheardOf: 1}}", "gate.unheardOf",
      "known are marketingPerDay, marketingPerWeek, quietHours, quietTransactional, serviceExpiresAfterHours, "
        + "servicePerDay, transactionalStaleAfterHours"
    ),
  ])
  func anUnknownFieldNamesItsPathAndTheNearestKnown(_ text: String, _ path: String, _ words: String) {
    let error = problem(text)
    #expect(error?.path == path)
    #expect(error?.problem.contains("is not a known field") == true)
    #expect(error?.problem.contains(words) == true)
  }

  @Test(arguments: [
    ("{start: '24:00', end: '08:00'}", "gate.quietHours.start", "is \"24:00\""),
    ("{start: '22:00', end: '8:00'}", "gate.quietHours.end", "a time of day as HH:MM"),
    ("{start: '22:00', end: '08:60'}", "gate.quietHours.end", "00:00 to 23:59"),
    ("{start: '2:000', end: '08:00'}", "gate.quietHours.start", "HH:MM"),
    ("{start: '22:00'}", "gate.quietHours.end", "is missing"),
    ("{start: '22:00', end: '08:00', until: '09:00'}", "gate.quietHours.until", "is not a known field"),
  ])
  func quietHoursThatAreNoneNameTheirPath(_ window: String, _ path: String, _ words: String) {
    let error = problem("{gate: {quietHours: \(window)}}")
    #expect(error?.path == path)
    #expect(error?.problem.contains(words) == true)
  }

  @Test func quietHoursAreReadAsMinutesOfTheDay() throws {
    let rules = try Rules(json5: Array("{gate: {quietHours: {start: '21:30', end: '00:00'}}}".utf8))
    #expect(rules.gate.quietHours == QuietHours(start: 1_290, end: 0))
  }

  @Test(arguments: [
    ("{multiplier: 2, dayOfMonth: 8}", "name", "is missing"),
    ("{name: 'a', dayOfMonth: 8}", "multiplier", "is missing"),
    ("{name: 'a', multiplier: '2', dayOfMonth: 8}", "multiplier", "is a string, a number is needed"),
    ("{name: 'a', multiplier: -1, dayOfMonth: 8}", "multiplier", "0 to 1000 with at most four decimals"),
    ("{name: 'a', multiplier: 1000.5, dayOfMonth: 8}", "multiplier", "0 to 1000 with at most four decimals"),
    ("{name: 'a', multiplier: 1.00001, dayOfMonth: 8}", "multiplier", "0 to 1000 with at most four decimals"),
    ("{name: 'a', multiplier: 2}", "from", "one of them says when the campaign holds"),
    ("{name: 'a', multiplier: 2, dayOfMonth: 0}", "dayOfMonth", "must be 1 to 31"),
    ("{name: 'a', multiplier: 2, dayOfMonth: 32}", "dayOfMonth", "must be 1 to 31"),
    (
      "{name: 'a', multiplier: 2, dayOfMonth: 8, until: '2026-11-12T00:00:00Z'}", "dayOfMonth",
      "cannot stand beside from or until"
    ),
    ("{name: 'a', multiplier: 2, from: '2026-11-12'}", "from", "an RFC 3339 time with an offset is needed"),
    ("{name: 'a', multiplier: 2, until: '2026-11-12T00:00:00'}", "until", "an RFC 3339 time with an offset is needed"),
    (
      "{name: 'a', multiplier: 2, from: '2026-11-12T00:00:00Z', until: '2026-11-12T08:00:00+08:00'}", "until",
      "is not later than from"
    ),
    ("{name: 'a', multiplier: 2, dayOfMonth: 8, minTotal: -1}", "minTotal", "must be 0 to"),
    ("{name: 'a', multiplier: 2, dayOfMonth: 8, categories: [2]}", "categories[0]", "a string is needed"),
  ])
  func aCampaignThatMakesNoSenseNamesItsPlace(_ campaign: String, _ field: String, _ words: String) {
    let sound = "{name: 'sound', multiplier: 2, dayOfMonth: 8}"
    let error = problem("{points: {campaigns: [\(sound), \(campaign)]}}")
    #expect(error?.path == "points.campaigns[1].\(field)")
    #expect(error?.problem.contains(words) == true, "\(String(describing: error))")
  }

  @Test func aCampaignThatIsNoObjectNamesItsPlace() {
    #expect(
      problem("{points: {campaigns: [3]}}")
        == ConfigurationError(path: "points.campaigns[0]", problem: "is a number, an object is needed"))
  }

  @Test(arguments: ["", "{", "{version: }", "{version: \"v1\" locale: \"en\"}", "{} {}"])
  func whatIsNotJSON5IsRefused(_ text: String) {
    #expect(problem(text)?.problem.contains("is not JSON5") == true)
  }
}
