extension Rules {
  /// Reads a rules file (JSON5). A missing value takes its default; an unknown field, a wrong type and a value out of
  /// range are errors that name the path.
  public init(json5 bytes: [UInt8]) throws(ConfigurationError) {
    self.init()
    var file = try StrictObject(ConfigurationValue(json5: bytes))
    try file.read("version", into: &version)
    locale = try file.choice("locale", of: Locale.self) ?? locale
    try file.read("timeZone", into: &timeZone)
    guard LocalTime(identifier: timeZone) != nil else {
      throw file.error("timeZone", "is \"\(timeZone)\", which is no IANA time zone known to this system")
    }
    if let list = try file.choices("defaultChannels", of: Channel.self) {
      guard !list.isEmpty, Set(list).count == list.count else {
        throw file.error("defaultChannels", "must name at least one channel, and none twice")
      }
      defaultChannels = list
    }
    try file.read("dedupeDays", into: &dedupeDays, in: 1...3_650)
    if var section = try file.object("points") { try points.read(from: &section) }
    if var section = try file.object("tiers") { try tiers.read(from: &section) }
    if var section = try file.object("lifecycle") { try lifecycle.read(from: &section) }
    if var section = try file.object("logistics") { try logistics.read(from: &section) }
    if var section = try file.object("churn") { try churn.read(from: &section) }
    if var section = try file.object("winback") { try winback.read(from: &section) }
    if var section = try file.object("replenishment") { try replenishment.read(from: &section) }
    if var section = try file.object("browsing") { try browsing.read(from: &section) }
    if var section = try file.object("gate") { try gate.read(from: &section) }
    try file.finish()
  }
}

extension PointsRules {
  fileprivate mutating func read(from section: inout StrictObject) throws(ConfigurationError) {
    try section.read("pointsPerMajorUnit", into: &pointsPerMajorUnit, in: 0...1_000_000)
    if let categories = try section.categories("excludedCategories") { excludedCategories = categories }
    try section.read("confirmAfterDays", into: &confirmAfterDays, in: 0...3_650)
    try section.read("confirmAtLatestDays", into: &confirmAtLatestDays, in: 0...3_650)
    try section.read("expireAfterMonths", into: &expireAfterMonths, in: 0...120)
    if let days = try section.integers("expiryNoticeDays", in: 1...365) {
      guard Set(days).count == days.count else { throw section.error("expiryNoticeDays", "names a day twice") }
      expiryNoticeDays = days
    }
    try section.read("minNotice", into: &minNotice, in: 1...1_000_000_000)
    try section.read("maxOrdersPerDay", into: &maxOrdersPerDay, in: 1...Int64(PointsAccount.orderCapacity))
    try section.read("maxPointsPerDay", into: &maxPointsPerDay, in: 1...PointsRules.largestGrant)
    try section.read("holdDays", into: &holdDays, in: 1...365)
    if let list = try section.list("campaigns") {
      campaigns = []
      for (index, value) in list.enumerated() {
        let path = section.error("campaigns[\(index)]", "").path
        campaigns.append(try Campaign(from: StrictObject(value, path: path)))
      }
    }
    try section.finish()
  }
}

extension TierRules {
  fileprivate mutating func read(from section: inout StrictObject) throws(ConfigurationError) {
    var before: Tier?
    for tier in Tier.allCases {
      if var level = try section.object(tier.name) {
        // Everybody has the lowest tier.
        if tier != .base { try level.read("threshold", into: &self[tier].threshold, in: 1...1_000_000_000) }
        self[tier].multiplier = try level.multiplier("multiplier") ?? self[tier].multiplier
        try level.finish()
      }
      if let before, self[before].threshold >= self[tier].threshold {
        throw section.error(
          "\(tier.name).threshold", "is \(self[tier].threshold), not more than that of \(before.name), which is below")
      }
      before = tier
    }
    try section.read("atRiskDays", into: &atRiskDays, in: 1...364)
    try section.finish()
  }
}

extension LifecycleRules {
  fileprivate mutating func read(from section: inout StrictObject) throws(ConfigurationError) {
    try section.read("growingFromOrder", into: &growingFromOrder, in: 2...1_000_000)
    try section.read("matureFromOrder", into: &matureFromOrder, in: 3...1_000_000)
    guard growingFromOrder < matureFromOrder else {
      throw section.error("matureFromOrder", "is \(matureFromOrder), it must be more than growingFromOrder")
    }
    if let name = try section.text("matureFromTier") {
      guard let tier = Tier.allCases.first(where: { $0.name == name }) else {
        let known = Tier.allCases.map(\.name).joined(separator: ", ")
        throw section.error("matureFromTier", "is \"\(name)\", it must be one of \(known)")
      }
      matureFromTier = tier
    }
    try section.finish()
  }
}

extension Campaign {
  fileprivate init(from object: StrictObject) throws(ConfigurationError) {
    var object = object
    guard let name = try object.text("name") else { throw object.error("name", "is missing") }
    guard let multiplier = try object.multiplier("multiplier") else { throw object.error("multiplier", "is missing") }
    let from = try object.instant("from")
    let until = try object.instant("until")
    let day = try object.integer("dayOfMonth", in: 1...31)
    guard day == nil || (from == nil && until == nil) else {
      throw object.error("dayOfMonth", "cannot stand beside from or until; make two campaigns")
    }
    guard day != nil || from != nil || until != nil else {
      throw object.error("from", "is missing, as are until and dayOfMonth: one of them says when the campaign holds")
    }
    if let from, let until, until <= from { throw object.error("until", "is not later than from") }
    let minTotal = try object.integer("minTotal", in: 0...1_000_000_000) ?? 0
    let categories = try object.categories("categories") ?? []
    try object.finish()
    let window = day.map { Window.dayOfMonth(Int($0)) } ?? .between(from: from, until: until)
    self.init(name: name, multiplier: multiplier, window: window, categories: categories, minTotal: minTotal)
  }
}

extension LogisticsRules {
  fileprivate mutating func read(from section: inout StrictObject) throws(ConfigurationError) {
    if var switches = try section.object("milestones") {
      for milestone in Milestone.allCases {
        var isTold = milestones.contains(milestone)
        try switches.read(milestone.rawValue, into: &isTold)
        if isTold { milestones.insert(milestone) } else { milestones.remove(milestone) }
      }
      try switches.finish()
    }
    try section.read("repeatAfterHours", into: &repeatAfterHours, in: 0...8_760)
    try section.read("delayedByHours", into: &delayedByHours, in: 0...8_760)
    try section.read("earlyByHours", into: &earlyByHours, in: 0...8_760)
    try section.read("lateDispatchAfterHours", into: &lateDispatchAfterHours, in: 0...8_760)
    try section.read("stalledAfterHours", into: &stalledAfterHours, in: 0...8_760)
    try section.read("careGuideAfterHours", into: &careGuideAfterHours, in: 0...8_760)
    try section.read("surveyAfterDays", into: &surveyAfterDays, in: 0...365)
    try section.finish()
  }
}

extension ChurnRules {
  fileprivate mutating func read(from section: inout StrictObject) throws(ConfigurationError) {
    try section.read("warnAt", into: &warnAt, in: 0...1)
    try section.read("horizonDays", into: &horizonDays, in: 1...365)
    try section.read("idleQuantile", into: &idleQuantile, in: 0.01...0.999)
    try section.read("browsingPostponesDays", into: &browsingPostponesDays, in: 0...30)
    try section.read("discountedUnits", into: &discountedUnits)
    try section.read("couponOrders", into: &couponOrders)
    if var object = try section.object("model") { try model.read(from: &object) }
    try section.finish()
  }
}

extension WinbackRules {
  fileprivate mutating func read(from section: inout StrictObject) throws(ConfigurationError) {
    try section.read("afterDays", into: &afterDays, in: 0...3_650)
    try section.read("discount", into: &discount, in: 1...1_000_000_000)
    try section.read("minTotal", into: &minTotal, in: 0...1_000_000_000)
    try section.finish()
  }
}

extension ReplenishmentRules {
  fileprivate mutating func read(from section: inout StrictObject) throws(ConfigurationError) {
    try section.read("remindAt", into: &remindAt, in: 0...1)
    try section.read("minHorizonDays", into: &minHorizonDays, in: 1...365)
    try section.read("windowOpens", into: &windowOpens, in: 0...10)
    try section.read("windowCloses", into: &windowCloses, in: 0...10)
    guard windowOpens < windowCloses else {
      throw section.error("windowCloses", "is \(windowCloses), it must be more than windowOpens")
    }
    try section.read("minPurchases", into: &minPurchases, in: 2...100)
    try section.read("itemsPerCustomer", into: &itemsPerCustomer, in: 8...4_096)
    try section.read("mergeHours", into: &mergeHours, in: 0...168)
    try section.read("maxItems", into: &maxItems, in: 1...20)
    if var object = try section.object("model") { try model.read(from: &object) }
    try section.finish()
  }
}

extension BrowsingRules {
  fileprivate mutating func read(from section: inout StrictObject) throws(ConfigurationError) {
    try section.read("offerAfterDays", into: &offerAfterDays, in: 0...60)
    try section.read("quietDaysAfterPurchase", into: &quietDaysAfterPurchase, in: 0...3_650)
    try section.read("onceInDays", into: &onceInDays, in: 1...3_650)
    try section.read("maxItems", into: &maxItems, in: 1...Int64(Browsing.itemCapacity))
    try section.finish()
  }
}

extension GateRules {
  fileprivate mutating func read(from section: inout StrictObject) throws(ConfigurationError) {
    try section.read("transactionalStaleAfterHours", into: &transactionalStaleAfterHours, in: 1...8_760)
    try section.read("serviceExpiresAfterHours", into: &serviceExpiresAfterHours, in: 1...8_760)
    if let hours = try section.quietHours("quietHours") { quietHours = hours }
    try section.read("quietTransactional", into: &quietTransactional)
    try section.read("servicePerDay", into: &servicePerDay, in: 0...1_000)
    try section.read("marketingPerDay", into: &marketingPerDay, in: 0...1_000)
    try section.read("marketingPerWeek", into: &marketingPerWeek, in: 0...1_000)
    try section.finish()
  }
}

extension StrictObject {
  /// A part of a whole, into `target` when the field is there.
  fileprivate mutating func read(_ name: String, into target: inout BasisPoints) throws(ConfigurationError) {
    guard let number = try number(name) else { return }
    guard let share = BasisPoints(exactly: number), share <= .one else {
      throw error(name, "is \(number), it must be 0 to 1 with at most four decimals")
    }
    target = share
  }

  fileprivate mutating func multiplier(_ name: String) throws(ConfigurationError) -> BasisPoints? {
    guard let number = try number(name) else { return nil }
    guard let multiplier = BasisPoints(exactly: number) else {
      throw error(name, "is \(number), it must be 0 to 1000 with at most four decimals")
    }
    return multiplier
  }

  /// A window of local time; one that ends as it starts is none.
  fileprivate mutating func quietHours(_ name: String) throws(ConfigurationError) -> QuietHours? {
    guard var window = try object(name) else { return nil }
    func minute(_ end: String) throws(ConfigurationError) -> Int {
      guard let text = try window.text(end) else { throw window.error(end, "is missing") }
      guard let minute = minuteOfDay(Array(text.utf8).span) else {
        throw window.error(end, "is \"\(text)\", a time of day as HH:MM is needed, 00:00 to 23:59")
      }
      return minute
    }
    let (start, end) = (try minute("start"), try minute("end"))
    try window.finish()
    return QuietHours(start: start, end: end)
  }

  fileprivate mutating func categories(_ name: String) throws(ConfigurationError) -> Set<CategoryID>? {
    guard let texts = try texts(name) else { return nil }
    var found: Set<CategoryID> = []
    for (index, text) in texts.enumerated() {
      guard let category = CategoryID(text) else {
        throw error("\(name)[\(index)]", "is no category: 1 to \(CategoryID.maximumLength) bytes are needed")
      }
      found.insert(category)
    }
    return found
  }

  fileprivate mutating func instant(_ name: String) throws(ConfigurationError) -> Instant? {
    guard let text = try text(name) else { return nil }
    guard let instant = Instant(rfc3339: text) else {
      throw error(name, "is \"\(text)\", an RFC 3339 time with an offset is needed, such as 2026-11-22T08:00:00+08:00")
    }
    return instant
  }
}
