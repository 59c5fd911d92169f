/// What is remembered of a customer, for an operator to read: all but what only serves the program, such as the hashes of events.
public struct CustomerReport: JSONWritable {
  private let customer: Customer
  private let pastOrders: [OrderPoints]
  private let quietOrders: [TrackedOrder]

  /// A report on a customer of whom every facet is loaded. Throws when a facet is damaged.
  public init(_ customer: Customer) throws(FacetError) {
    self.customer = customer
    pastOrders = try customer.pastOrders.all()
    quietOrders = try customer.quietOrders.all()
  }

  /// Whether nothing is remembered.
  public var isEmpty: Bool {
    customer.seen == SeenEvents() && customer.profile == Profile() && customer.account == PointsAccount()
      && customer.standing == Standing() && customer.orders == OrderBook() && customer.contacts == Contacts()
      && customer.rhythm == Rhythm() && customer.items == Items() && customer.browsing == Browsing()
      && customer.pastOrders == PastOrders() && customer.quietOrders == QuietOrders()
      && customer.erasure == Erasure()
  }

  /// Writes an object with a member for each facet, and the timers that are set, in order of due time.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("customerId", customer.id)
      json.member("erasedAt", ifPresent: customer.erasure.at)
      json.member("profile", customer.profile)
      json.member("account", customer.account)
      json.member("pastOrders", pastOrders)
      json.member("standing", customer.standing)
      json.member("orders", customer.orders.orders)
      json.member("quietOrders", quietOrders)
      json.member("rhythm", customer.rhythm)
      json.member("items", customer.items.items)
      json.member("categories", customer.items.categories)
      json.member("browsing", customer.browsing)
      json.member("contacts", customer.contacts)
      json.member("recentEvents", customer.seen.count)
      json.member("timers", customer.timers)
    }
  }
}

/// Something that is to be done at a time.
private struct TimerReport: JSONWritable {
  let name: String
  let subject: String
  let dueAt: Instant

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("timer", name)
      json.member("subject", subject)
      json.member("dueAt", dueAt)
    }
  }
}

extension Customer {
  fileprivate var timers: [TimerReport] {
    var timers: [TimerReport] = []
    func add(_ name: String, _ subject: some CustomStringConvertible, _ dueAt: Instant?) {
      if let dueAt { timers.append(TimerReport(name: name, subject: subject.description, dueAt: dueAt)) }
    }
    for order in account.orders { add(order.isHeld ? "points.release" : "points.confirm", order.order, order.dueAt) }
    for term in account.lots.compactMap(\.term) {
      add(term.next.daysBefore > 0 ? "points.expiring" : "points.expire", term.month.lastDay.iso8601, term.next.dueAt)
    }
    if let judgement = standing.judgement {
      add(judgement.next.daysBefore > 0 ? "tier.at_risk" : "tier.judge", standing.tier.name, judgement.next.dueAt)
    }
    for order in orders.orders {
      for (reminder, dueAt) in order.reminders {
        if case .stalled(let shipment) = reminder {
          add(reminder.notice.0.rawValue, shipment, dueAt)
        } else {
          add(reminder.notice.0.rawValue, order.order, dueAt)
        }
      }
    }
    add("churn.judge", rhythm.last?.iso8601 ?? "", rhythm.judgeAt)
    add("winback.offer", rhythm.last?.iso8601 ?? "", rhythm.offerAt)
    for item in items.items { add("replenishment.due", item.sku, item.cycle.dueAt) }
    for category in items.categories { add("replenishment.due", category.category, category.cycle.dueAt) }
    for held in contacts.held { add("held", held.notice.kind.rawValue, held.notBefore) }
    return timers.sorted { ($0.dueAt, $0.name, $0.subject) < ($1.dueAt, $1.name, $1.subject) }
  }
}

extension Profile: JSONWritable {
  /// Writes what the customer told; what they did not is absent.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("displayName", ifPresent: displayName?.value)
      json.member("salutation", ifPresent: salutation?.value)
      json.member("locale", ifPresent: locale?.value)
      json.member("timeZone", ifPresent: timeZone?.value)
      json.member(
        "birthday", ifPresent: birthday.map { twoDigits(Int($0.value.month)) + "-" + twoDigits(Int($0.value.day)) })
      json.member("quietHours", ifPresent: quietHours?.value)
      json.member("consent") { json in
        json.object { json in
          for channel in Channel.allCases {
            guard let answer = consent(to: channel) else { continue }
            json.key(channel.rawValue)
            json.bool(answer)
          }
          json.member("marketing", ifPresent: marketingConsent)
        }
      }
    }
  }
}

extension Rhythm: JSONWritable {
  /// Writes when the customer bought, and how.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("firstDay", ifPresent: first?.iso8601)
      json.member("lastDay", ifPresent: last?.iso8601)
      json.member("purchaseDays", recent.isEmpty ? 0 : gaps + 1)
      json.member("units", units)
      json.member("discountedUnits", discountedUnits)
      json.member("orders", orders)
      json.member("couponOrders", couponOrders)
      json.member("lastOrders", watched)
      json.member("isWarned", isWarned)
    }
  }
}

extension Rhythm.WatchedOrder: JSONWritable {
  /// Writes the order and whether something went wrong with it.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("orderId", order)
      json.member("hasTrouble", hasTrouble)
    }
  }
}

extension Items.Item: JSONWritable {
  /// Writes what it is and when it was bought.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("sku", sku)
      json.member("name", ifPresent: name)
      json.member("category", category)
      json.member("cycle", cycle)
    }
  }
}

extension Items.Category: JSONWritable {
  /// Writes when it was bought, and the article that was last.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("category", category)
      json.member("lastSku", sku)
      json.member("cycle", cycle)
    }
  }
}

extension PurchaseCycle: JSONWritable {
  /// Writes on how many days it was bought, the last of them, and the sum of the gaps.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("purchases", purchases)
      json.member("lastDay", last.iso8601)
      json.member("gapDays", days)
      json.member("isReminded", isReminded)
    }
  }
}

extension Browsing: JSONWritable {
  /// Writes the views of each day and the categories.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("days") { json in
        json.array { json in
          for day in days {
            json.object { json in
              json.member("day", day.day.iso8601)
              json.member("views", day.views)
            }
          }
        }
      }
      json.member("categories", categories)
    }
  }
}

extension Browsing.Category: JSONWritable {
  /// Writes the streak and what came of it.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("category", category)
      json.member("lastDay", ifPresent: lastDay?.iso8601)
      json.member("streakDays", ifPresent: lastDay.map { _ in streakDays })
      json.member("boughtOn", ifPresent: boughtOn?.iso8601)
      json.member("offeredOn", ifPresent: offeredOn?.iso8601)
    }
  }
}

extension PointsAccount: JSONWritable {
  /// Writes the balances, the lots and the orders.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("available", available)
      json.member("pending", pending)
      json.member("debt", debt)
      json.member("lots", lots)
      json.member("orders", orders)
      json.member("waiting", waiting)
    }
  }
}

extension Lot: JSONWritable {
  /// Writes the points and their last day, unless they never expire.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("points", points)
      json.member("expiresOn", ifPresent: month?.lastDay.iso8601)
    }
  }
}

extension OrderPoints: JSONWritable {
  /// Writes what the order granted and what became of it; amounts are minor units.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("orderId", order)
      json.member("paidAt", paidAt)
      json.member("currency", ifPresent: currency)
      json.member("total", total)
      json.member("refunded", refunded)
      json.member("granted", granted)
      json.member("reversed", reversed)
      json.member("redeemed", redeemed)
      json.member("isCancelled", isCancelled)
      json.member("confirmAt", ifPresent: confirmAt)
      json.member("heldUntil", ifPresent: heldUntil)
    }
  }
}

extension Reversal: JSONWritable {
  /// Writes what waits for its order: a refund with its amount, or a cancellation.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("orderId", order)
      json.member("refunded", ifPresent: refunded)
      json.member("cause", cause)
      json.member("time", time)
    }
  }
}

extension Standing: JSONWritable {
  /// Writes the tier, the stage, and what they are judged by.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("tier", tier.name)
      json.member("judgedOn", ifPresent: judgement?.day.iso8601)
      json.member("stage", stage.name)
      json.member("paidOrders", paidOrders)
      json.member("spend", spend)
    }
  }
}

extension MonthlySpend: JSONWritable {
  /// Writes the month and what was spent in it, in major units.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("month", String(month.firstDay.iso8601.prefix(7)))
      json.member("spent") { $0.decimal(amount, scale: 4) }
    }
  }
}

extension TrackedOrder: JSONWritable {
  /// Writes what is known of the order's way; amounts are minor units.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("orderId", order)
      json.member("newsAt", newsAt)
      json.member("total", ifPresent: total)
      json.member("refunded", refunded)
      json.member("isCancelled", isCancelled)
      json.member("deliveredAt", ifPresent: deliveredAt)
      json.member("parcels", parcels)
    }
  }
}

extension Parcel: JSONWritable {
  /// Writes how far the parcel is.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("shipmentId", shipment)
      json.member("movedAt", ifPresent: movedAt)
      json.member("deliveredAt", ifPresent: deliveredAt)
      json.member("returnedAt", ifPresent: returnedAt)
      json.member("toldEstimate", ifPresent: toldEstimate)
    }
  }
}

extension Contacts: JSONWritable {
  /// Writes how much was sent on which day, and what waits.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("days", days)
      json.member("held", held)
    }
  }
}

extension Contacts.Day: JSONWritable {
  /// Writes the day and how many notices were sent on it.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("day", day.iso8601)
      json.member("service", service)
      json.member("marketing", marketing)
    }
  }
}

extension HeldNotice: JSONWritable {
  /// Writes what is to be told, and when.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("kind", notice.kind.rawValue)
      json.member("notBefore", notBefore)
      json.member("expiresAt", notice.expiresAt)
      json.member("cause", notice.cause)
      json.member("reason") { writeValues(notice.reason, to: &$0) }
    }
  }
}
