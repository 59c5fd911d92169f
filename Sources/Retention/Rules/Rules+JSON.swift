extension Rules: JSONWritable {
  /// Writes what a rules file says that leaves nothing out: reading it gives the same rules.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("version", version)
      json.member("locale", locale.rawValue)
      json.member("timeZone", timeZone)
      json.member("defaultChannels", defaultChannels.map(\.rawValue))
      json.member("dedupeDays", dedupeDays)
      json.member("points", points)
      json.member("tiers", tiers)
      json.member("lifecycle", lifecycle)
      json.member("logistics", logistics)
      json.member("churn", churn)
      json.member("winback", winback)
      json.member("replenishment", replenishment)
      json.member("browsing", browsing)
      json.member("gate", gate)
    }
  }
}

extension PointsRules: JSONWritable {
  /// Writes the section of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("pointsPerMajorUnit", pointsPerMajorUnit)
      json.member("excludedCategories", excludedCategories.sorted { $0.description < $1.description })
      json.member("confirmAfterDays", confirmAfterDays)
      json.member("confirmAtLatestDays", confirmAtLatestDays)
      json.member("expireAfterMonths", expireAfterMonths)
      json.member("expiryNoticeDays", expiryNoticeDays)
      json.member("minNotice", minNotice)
      json.member("maxOrdersPerDay", orNull: maxOrdersPerDay)
      json.member("maxPointsPerDay", orNull: maxPointsPerDay)
      json.member("holdDays", holdDays)
      json.member("campaigns", campaigns)
    }
  }
}

extension Campaign: JSONWritable {
  /// Writes the campaign as the rules file lists it.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("name", name)
      json.member("multiplier", multiplier)
      switch window {
      case .dayOfMonth(let day): json.member("dayOfMonth", day)
      case .between(let from, let until):
        json.member("from", ifPresent: from)
        json.member("until", ifPresent: until)
      }
      if !categories.isEmpty { json.member("categories", categories.sorted { $0.description < $1.description }) }
      json.member("minTotal", minTotal)
    }
  }
}

extension TierRules: JSONWritable {
  /// Writes the section of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      for tier in Tier.allCases {
        json.key(tier.name)
        json.object { json in
          if tier != .base { json.member("threshold", self[tier].threshold) }
          json.member("multiplier", self[tier].multiplier)
        }
      }
      json.member("atRiskDays", atRiskDays)
    }
  }
}

extension LifecycleRules: JSONWritable {
  /// Writes the section of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("growingFromOrder", growingFromOrder)
      json.member("matureFromOrder", matureFromOrder)
      json.member("matureFromTier", matureFromTier.name)
    }
  }
}

extension LogisticsRules: JSONWritable {
  /// Writes the section of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("milestones") { json in
        json.object { json in
          for milestone in Milestone.allCases {
            json.key(milestone.rawValue)
            json.bool(milestones.contains(milestone))
          }
        }
      }
      json.member("repeatAfterHours", repeatAfterHours)
      json.member("delayedByHours", delayedByHours)
      json.member("earlyByHours", earlyByHours)
      json.member("lateDispatchAfterHours", lateDispatchAfterHours)
      json.member("stalledAfterHours", stalledAfterHours)
      json.member("careGuideAfterHours", careGuideAfterHours)
      json.member("surveyAfterDays", surveyAfterDays)
    }
  }
}

extension ChurnRules: JSONWritable {
  /// Writes the section of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("warnAt", orNull: warnAt)
      json.member("horizonDays", horizonDays)
      json.member("idleQuantile", idleQuantile)
      json.member("browsingPostponesDays", browsingPostponesDays)
      json.member("discountedUnits", discountedUnits)
      json.member("couponOrders", couponOrders)
      json.member("model", model)
    }
  }
}

extension WinbackRules: JSONWritable {
  /// Writes the section of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("afterDays", afterDays)
      json.member("discount", discount)
      json.member("minTotal", minTotal)
    }
  }
}

extension ReplenishmentRules: JSONWritable {
  /// Writes the section of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("remindAt", orNull: remindAt)
      json.member("minHorizonDays", minHorizonDays)
      json.member("windowOpens", windowOpens)
      json.member("windowCloses", windowCloses)
      json.member("minPurchases", minPurchases)
      json.member("itemsPerCustomer", itemsPerCustomer)
      json.member("mergeHours", mergeHours)
      json.member("maxItems", maxItems)
      json.member("model", model)
    }
  }
}

extension BrowsingRules: JSONWritable {
  /// Writes the section of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("offerAfterDays", offerAfterDays)
      json.member("quietDaysAfterPurchase", quietDaysAfterPurchase)
      json.member("onceInDays", onceInDays)
      json.member("maxItems", maxItems)
    }
  }
}

extension GateRules: JSONWritable {
  /// Writes the section of the rules file.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("transactionalStaleAfterHours", transactionalStaleAfterHours)
      json.member("serviceExpiresAfterHours", serviceExpiresAfterHours)
      // None is a window that ends as it starts.
      json.member("quietHours", orNull: quietHours ?? QuietHours(start: 0, end: 0))
      json.member("quietTransactional", quietTransactional)
      json.member("servicePerDay", servicePerDay)
      json.member("marketingPerDay", marketingPerDay)
      json.member("marketingPerWeek", marketingPerWeek)
    }
  }
}

extension QuietHours: JSONWritable {
  /// Writes both ends as HH:MM.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("start", timeOfDay(start))
      json.member("end", timeOfDay(end))
    }
  }
}

private func timeOfDay(_ minute: Int) -> String { twoDigits(minute / 60) + ":" + twoDigits(minute % 60) }
