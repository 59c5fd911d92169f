@testable import Retention

/// A history in which every template is used.
enum Tour {
  static func notifications() throws -> [Notification] {
    var shop = try Shop {
      $0.logistics.milestones = Set(Milestone.allCases)
      $0.logistics.lateDispatchAfterHours = 1
      $0.logistics.stalledAfterHours = 12
      $0.points.minNotice = 1
      $0.gate.marketingPerDay = 1_000
      $0.gate.marketingPerWeek = 1_000
    }
    shop.add(Advertiser())
    var time = at("2026-11-22T12:00:00+08:00")
    for payload in payloads {
      try shop.take(payload, at: time)
      time = time + .hours(13)
    }
    // Until the points have expired, and the tier was kept for a year and lost after another.
    try shop.advance(to: time + .days(800))
    return shop.notifications
  }

  private static let eta = at("2026-12-20T12:00:00+08:00")

  private static let payloads =
    parcel + [.paid("o-1", total: 10_000), .refunded("o-1", 2_000)] + untilTheMemberDay
    + [.paid("o-2", total: 10_000), .scan(.delivered), .viewed, .paid("o-3", total: 200_000)]

  private static let parcel: [Event.Payload] = [
    .scan(.infoReceived, .pickedUp, eta: eta), .scan(.inTransit, .sorted, eta: eta + .days(1)),
    .scan(.inTransit, .weatherDelay, eta: eta + .days(2)), .scan(.inTransit, eta: eta - .days(2)),
    .scan(.exception), .scan(.exception, .weatherDelay), .scan(.exception, .customs), .scan(.exception, .addressIssue),
    .scan(.exception, .returned, of: "p-2"), .scan(.outForDelivery), .scan(.attemptFail), .scan(.availableForPickup),
  ]

  /// 16 x 13 h more, so that the 31st event, 30 x 13 h = 390 h after noon of the 22nd, is at 18:00 of 8 December.
  private static let untilTheMemberDay: [Event.Payload] = Array(repeating: .scan(.pending), count: 16)
}
