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
          expireAfterMonths: 5, expiryNoticeDays: [60, 1], minNotice: 6, maxOrdersPerDay: null, maxPointsPerDay: 7,
          holdDays: 8,
          campaigns: [
            {name: "a", multiplier: 1.25, from: "2026-11-10T20:00:00+08:00", until: "2026-11-12T00:00:00+08:00",
             categories: ["food"], minTotal: 300},
            {name: "b", multiplier: 0, dayOfMonth: 31},
            {name: "c", multiplier: 1000, until: "2026-11-12T00:00:00Z",},
          ],
        },
        tiers: {base: {multiplier: 0.5}, silver: {threshold: 10, multiplier: 1.5}, gold: {threshold: 20, multiplier: 2.5},
          diamond: {threshold: 30, multiplier: 3.5}, atRiskDays: 40},
        lifecycle: {growingFromOrder: 2, matureFromOrder: 4, matureFromTier: "silver"},
        logistics: {
          milestones: {picked_up: false, sorted: true, in_transit: true, out_for_delivery: false,
            available_for_pickup: false, delivered: false},
          repeatAfterHours: 5, delayedByHours: 6, earlyByHours: 7, careGuideAfterHours: 8, surveyAfterDays: 9,
          lateDispatchAfterHours: 10, stalledAfterHours: 11,
        },
        churn: {warnAt: 0.7, horizonDays: 45, idleQuantile: 0.9, browsingPostponesDays: 4, discountedUnits: 0.3,
          couponOrders: 0.6, model: {version: "c", purchases: {r: 1, alpha: 2, a: 3, b: 4},
            gaps: {logMean: 3.5, within: 0.5, between: 0.25},
            layer: {intercept: 1, logit: 0.5, rate: 0.25, idle: -0.125, horizonDays: 45}}},
        winback: {afterDays: 90, discount: 10, minTotal: 100},
        replenishment: {remindAt: null, minHorizonDays: 5, windowOpens: 0.5, windowCloses: 2, minPurchases: 4,
          itemsPerCustomer: 128, mergeHours: 12, maxItems: 3, model: {version: "r",
            renewal: {a0: 1, k0: 2, a: 3, b: 4, m: 5}, gaps: {logMean: 2.5, within: 0.5, between: 0.125}, meanGap: 20,
            categories: {"猫粮": {meanGap: 30, logMean: 3.25}}}},
        browsing: {offerAfterDays: 4, quietDaysAfterPurchase: 20, onceInDays: 60, maxItems: 2},
        gate: {transactionalStaleAfterHours: 10, serviceExpiresAfterHours: 11, quietHours: {start: "21:30", end: "07:05"},
          quietTransactional: true, servicePerDay: 4, marketingPerDay: 2, marketingPerWeek: 5},
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
    expected.points.expireAfterMonths = 5
    expected.points.expiryNoticeDays = [60, 1]
    expected.points.minNotice = 6
    expected.points.maxOrdersPerDay = nil
    expected.points.maxPointsPerDay = 7
    expected.points.holdDays = 8
    expected.tiers.base.multiplier = BasisPoints(5_000)
    expected.tiers.silver = TierRules.Level(threshold: 10, multiplier: BasisPoints(15_000))
    expected.tiers.gold = TierRules.Level(threshold: 20, multiplier: BasisPoints(25_000))
    expected.tiers.diamond = TierRules.Level(threshold: 30, multiplier: BasisPoints(35_000))
    expected.tiers.atRiskDays = 40
    expected.lifecycle.growingFromOrder = 2
    expected.lifecycle.matureFromOrder = 4
    expected.lifecycle.matureFromTier = .silver
    expected.logistics.lateDispatchAfterHours = 10
    expected.logistics.stalledAfterHours = 11
    expected.gate.quietHours = QuietHours(start: 21 * 60 + 30, end: 7 * 60 + 5)
    expected.gate.quietTransactional = true
    expected.gate.servicePerDay = 4
    expected.gate.marketingPerDay = 2
    expected.gate.marketingPerWeek = 5
    expected.logistics.milestones = [.sorted, .inTransit]
    expected.logistics.repeatAfterHours = 5
    expected.logistics.delayedByHours = 6
    expected.logistics.earlyByHours = 7
    expected.logistics.careGuideAfterHours = 8
    expected.logistics.surveyAfterDays = 9
    expected.gate.transactionalStaleAfterHours = 10
    expected.gate.serviceExpiresAfterHours = 11
    expected.churn.warnAt = 0.7
    expected.churn.horizonDays = 45
    expected.churn.idleQuantile = 0.9
    expected.churn.browsingPostponesDays = 4
    expected.churn.discountedUnits = BasisPoints(3_000)
    expected.churn.couponOrders = BasisPoints(6_000)
    expected.churn.model = ChurnModel(
      version: "c", purchases: PurchaseModel(r: 1, alpha: 2, a: 3, b: 4),
      gaps: GapModel(logMean: 3.5, within: 0.5, between: 0.25),
      layer: LogisticLayer(intercept: 1, logit: 0.5, rate: 0.25, idle: -0.125, horizonDays: 45))
    expected.winback.afterDays = 90
    expected.winback.discount = 10
    expected.winback.minTotal = 100
    expected.replenishment.remindAt = nil
    expected.replenishment.minHorizonDays = 5
    expected.replenishment.windowOpens = 0.5
    expected.replenishment.windowCloses = 2
    expected.replenishment.minPurchases = 4
    expected.replenishment.itemsPerCustomer = 128
    expected.replenishment.mergeHours = 12
    expected.replenishment.maxItems = 3
    expected.replenishment.model = ReplenishmentModel(
      version: "r", renewal: RenewalModel(a0: 1, k0: 2, a: 3, b: 4, m: 5),
      gaps: GapModel(logMean: 2.5, within: 0.5, between: 0.125), meanGap: 20,
      categories: [id("猫粮"): .init(meanGap: 30, logMean: 3.25)], layer: nil)
    expected.browsing.offerAfterDays = 4
    expected.browsing.quietDaysAfterPurchase = 20
    expected.browsing.onceInDays = 60
    expected.browsing.maxItems = 2
    #expect(try rules(text) == expected)
    #expect(try readAgain(expected) == expected)
    #expect(try readAgain(Rules()) == Rules())
    // A section that is added is to be read and written here too.
    #expect(Mirror(reflecting: expected).children.count == 14)
  }

  /// The rules written as JSON and read again.
  private func readAgain(_ rules: Rules) throws -> Rules {
    var json = JSONWriter()
    json.value(rules)
    return try Rules(json5: json.bytes)
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
    ("points.confirmAtLatestDays", 0, 3_650), ("points.expireAfterMonths", 0, 120),
    ("points.minNotice", 1, 1_000_000_000),
    ("points.holdDays", 1, 365), ("tiers.atRiskDays", 1, 364), ("logistics.repeatAfterHours", 0, 8_760),
    ("logistics.lateDispatchAfterHours", 0, 8_760), ("logistics.stalledAfterHours", 0, 8_760),
    ("gate.servicePerDay", 0, 1_000), ("gate.marketingPerDay", 0, 1_000), ("gate.marketingPerWeek", 0, 1_000),
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

  @Test func aLimitMayBeNone() throws {
    #expect(try rules("{points: {maxOrdersPerDay: null, maxPointsPerDay: 5}}").points.maxOrdersPerDay == nil)
    for (name, most) in [("maxOrdersPerDay", 256), ("maxPointsPerDay", PointsRules.largestGrant)] as [(String, Int64)] {
      #expect(problem(file("points.\(name)", "\(most)")) == nil)
      for value in [0, most + 1] {
        #expect(problem(file("points.\(name)", "\(value)"))?.problem == "is \(value), it must be 1 to \(most)")
      }
      #expect(problem(file("points.\(name)", "1.5"))?.problem == "is a number, a whole number is needed")
    }
  }

  @Test(arguments: [
    ("{points: {expiryNoticeDays: [7, 0]}}", "points.expiryNoticeDays[1]", "is 0, it must be 1 to 365"),
    ("{points: {expiryNoticeDays: [7, 7]}}", "points.expiryNoticeDays", "names a day twice"),
    ("{points: {expiryNoticeDays: ['7']}}", "points.expiryNoticeDays[0]", "is a string, a whole number is needed"),
    (
      "{tiers: {gold: {threshold: 1000}}}", "tiers.gold.threshold",
      "is 1000, not more than that of silver, which is below"
    ),
    ("{tiers: {silver: {threshold: 5000}}}", "tiers.gold.threshold", "is 5000, not more than that of silver"),
    ("{tiers: {base: {threshold: 1}}}", "tiers.base.threshold", "is not a known field"),
    ("{tiers: {silver: {threshold: 0}}}", "tiers.silver.threshold", "is 0, it must be 1 to 1000000000"),
    ("{tiers: {silver: {multiplier: 1.00001}}}", "tiers.silver.multiplier", "is 1.00001, it must be 0 to 1000"),
    ("{tiers: {platinum: {}}}", "tiers.platinum", "is not a known field"),
    ("{lifecycle: {growingFromOrder: 6}}", "lifecycle.matureFromOrder", "is 6, it must be more than growingFromOrder"),
    ("{lifecycle: {growingFromOrder: 1}}", "lifecycle.growingFromOrder", "is 1, it must be 2 to 1000000"),
    (
      "{lifecycle: {matureFromTier: 'platinum'}}", "lifecycle.matureFromTier", "is \"platinum\", it must be one of base"
    ),
  ])
  func whatContradictsItselfNamesItsPath(_ text: String, _ path: String, _ problem: String) {
    let found = self.problem(text)
    #expect(found?.path == path)
    #expect(found?.problem.hasPrefix(problem) == true, "\(found?.problem ?? "nothing")")
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

  @Test func aModelIsGivenWholeOrNotAtAll() {
    let whole = """
      {churn: {model: {version: "c", purchases: {r: 1, alpha: 2, a: 3, b: 4}, gaps: {logMean: 3, within: 1, between: 1}}}}
      """
    #expect(problem(whole) == nil)
    for (part, path) in [
      ("version: \"c\", ", "churn.model.version"), (", b: 4", "churn.model.purchases.b"),
      (", gaps: {logMean: 3, within: 1, between: 1}", "churn.model.gaps"), (", between: 1", "churn.model.gaps.between"),
    ] {
      let error = problem(whole.replacing(part, with: ""))
      #expect(error?.path == path && error?.problem == "is missing")
    }
  }

  @Test func aCategoryOfAModelIsNamedInItsErrors() {
    let error = problem(
      """
      {replenishment: {model: {version: "r", renewal: {a0: 1, k0: 2, a: 3, b: 4, m: 5}, meanGap: 20,
        gaps: {logMean: 2, within: 1, between: 1}, categories: {"tea": {meanGap: -1, logMean: 3}}}}}
      """)
    #expect(error?.path == "replenishment.model.categories.tea.meanGap")
  }

  @Test func aWindowThatClosesBeforeItOpensIsRefused() {
    #expect(problem("{replenishment: {windowOpens: 1.5, windowCloses: 1.5}}")?.path == "replenishment.windowCloses")
  }
}
