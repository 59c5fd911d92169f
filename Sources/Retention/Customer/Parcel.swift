/// What is remembered of one shipment.
struct Parcel: Equatable, Sendable {
  let shipment: ShipmentID
  /// How far it has come, `ShipmentProgress.rank`.
  private(set) var rank: UInt8 = 0
  /// When it came that far: the latest movement, by event time.
  private(set) var movedAt: Instant?
  /// Milestones that were told, or that came too late to be told.
  var passed: Milestones = []
  private(set) var deliveredAt: Instant?
  /// The time of the last failed attempt that was told.
  var attemptToldAt: Instant?
  /// The time of the last exception that was told.
  var exceptionToldAt: Instant?
  /// The estimated delivery that the customer was told, or the first one known.
  var toldEstimate: Instant?
  /// The time of the latest update that carried an estimate.
  var estimatedAt: Instant?
  /// The time of the latest update.
  private(set) var newsAt: Instant?
  /// When the customer is to be told that nothing was heard of it; nil when they were, or when it is not under way.
  var stalledAt: Instant?
  /// When the carrier began to take it back to the shop; what comes later is not on its way to the customer.
  private(set) var returnedAt: Instant?

  /// Whether a carrier has it and a customer waits for it.
  var isUnderWay: Bool { (2...4).contains(rank) && deliveredAt == nil && returnedAt == nil }

  init(shipment: ShipmentID) { self.shipment = shipment }

  /// Moves the parcel forward by (rank, time). False when `rank` lies behind, or is reached already by a later update:
  /// such an update is late and changes nothing here.
  mutating func move(to rank: UInt8, at time: Instant) -> Bool {
    if let movedAt, (rank, time) < (self.rank, movedAt) { return false }
    if let returnedAt, returnedAt <= time { return false }
    self.rank = rank
    movedAt = time
    if rank == ShipmentProgress.deliveredRank, deliveredAt == nil { deliveredAt = time }
    return true
  }

  /// Notes that the carrier takes it back, and that what was delivered after that was delivered to the shop.
  mutating func turnBack(at time: Instant) {
    returnedAt = returnedAt.map { min($0, time) } ?? time
    if let deliveredAt, deliveredAt >= time { self.deliveredAt = nil }
  }

  /// Notes that something was heard of it at `time`. When it is under way, silence is told `limit` after the latest news; nil
  /// never tells it. Old news changes nothing.
  mutating func hear(at time: Instant, silenceLimit limit: TimeSpan?) {
    let isNews = newsAt.map { $0 < time } ?? true
    if isNews { newsAt = time }
    guard let limit, isUnderWay, let newsAt else {
      stalledAt = nil
      return
    }
    if isNews { stalledAt = newsAt + limit }
  }

  init(from reader: inout FacetReader, version: UInt8) throws(FacetError) {
    shipment = try reader.identifier(Named.Shipment.self)
    rank = try reader.byte()
    movedAt = try reader.optionalInstant()
    passed = Milestones(rawValue: try reader.byte())
    deliveredAt = try reader.optionalInstant()
    attemptToldAt = try reader.optionalInstant()
    exceptionToldAt = try reader.optionalInstant()
    toldEstimate = try reader.optionalInstant()
    estimatedAt = try reader.optionalInstant()
    if version >= 2 {
      newsAt = try reader.optionalInstant()
      stalledAt = try reader.optionalInstant()
      returnedAt = try reader.optionalInstant()
    }
  }

  func encode(into writer: inout FacetWriter) {
    writer.put(shipment)
    writer.put(byte: rank)
    writer.put(movedAt)
    writer.put(byte: passed.rawValue)
    writer.put(deliveredAt)
    writer.put(attemptToldAt)
    writer.put(exceptionToldAt)
    writer.put(toldEstimate)
    writer.put(estimatedAt)
    writer.put(newsAt)
    writer.put(stalledAt)
    writer.put(returnedAt)
  }
}

/// The points of a parcel's way that a customer is told of, once each.
struct Milestones: OptionSet, Equatable, Sendable {
  let rawValue: UInt8

  init(rawValue: UInt8) { self.rawValue = rawValue }
  init(_ milestone: Milestone) { rawValue = 1 << milestone.bit }
}

/// A point of a parcel's way. Its raw value is its name in the rules and, behind `shipment.`, in notice kinds.
public enum Milestone: String, CaseIterable, Sendable {
  case pickedUp = "picked_up"
  case sorted
  case inTransit = "in_transit"
  case outForDelivery = "out_for_delivery"
  case availableForPickup = "available_for_pickup"
  case delivered

  /// The bit that stands for the milestone in stored state; it never changes.
  fileprivate var bit: UInt8 {
    switch self {
    case .pickedUp: 0
    case .sorted: 1
    case .inTransit: 2
    case .outForDelivery: 3
    case .availableForPickup: 4
    case .delivered: 5
    }
  }
}

/// What an update says of a parcel's way: how far it has come, and which milestone that is.
enum ShipmentProgress {
  /// A movement; scans on the way share one rank, as a parcel is sorted and moved on several times.
  case moved(rank: UInt8, milestone: Milestone?)
  /// The recipient was not met.
  case attemptFailed
  /// Something is wrong with the parcel.
  case exception
  /// The carrier has given up reporting.
  case expired

  static let deliveredRank: UInt8 = 6

  init(_ update: ShipmentUpdate) {
    switch update.status {
    case .pending: self = .moved(rank: 0, milestone: nil)
    case .infoReceived:
      self = update.substatus == .pickedUp ? .moved(rank: 2, milestone: .pickedUp) : .moved(rank: 1, milestone: nil)
    case .inTransit:
      switch update.substatus {
      case .pickedUp: self = .moved(rank: 2, milestone: .pickedUp)
      case .sorted: self = .moved(rank: 3, milestone: .sorted)
      default: self = .moved(rank: 3, milestone: .inTransit)
      }
    case .outForDelivery: self = .moved(rank: 4, milestone: .outForDelivery)
    case .availableForPickup: self = .moved(rank: 5, milestone: .availableForPickup)
    case .delivered: self = .moved(rank: Self.deliveredRank, milestone: .delivered)
    case .attemptFail: self = .attemptFailed
    case .exception: self = .exception
    case .expired: self = .expired
    }
  }
}
