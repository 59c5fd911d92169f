/// Everything the business may want to change, with the defaults of the manual. Read from `rules.json`.
public struct Rules: Sendable, Equatable {
  /// Names this edition; every notification and ledger entry repeats it.
  public var version = "default"
  /// The language of customers of whom none is known.
  public var locale = Locale.chinese
  /// The IANA zone in which days and months are counted.
  public var timeZone = "Asia/Shanghai"
  /// The channels of customers who said nothing of them.
  public var defaultChannels: [Channel] = [.push, .sms, .email]
  /// For how many days an event delivered again is recognised.
  public var dedupeDays: Int64 = 30
  /// Points.
  public var points = PointsRules()
  /// Tiers.
  public var tiers = TierRules()
  /// How far a customer has come.
  public var lifecycle = LifecycleRules()
  /// Parcels.
  public var logistics = LogisticsRules()
  /// Customers who seem to leave.
  public var churn = ChurnRules()
  /// Customers who have left.
  public var winback = WinbackRules()
  /// Reminders of what runs out.
  public var replenishment = ReplenishmentRules()
  /// Offers of what is looked at.
  public var browsing = BrowsingRules()
  /// What may reach a customer, and when.
  public var gate = GateRules()

  /// The defaults.
  public init() {}
}

/// The languages notices are written in; the raw value is the BCP 47 tag.
public enum Locale: String, CaseIterable, Sendable {
  case chinese = "zh-Hans"
  case english = "en"

  /// The language of a BCP 47 tag, whatever its script and region; nil when there are no texts in it.
  init?(tag: String) {
    switch tag.prefix(while: { $0 != "-" }).lowercased() {
    case "zh": self = .chinese
    case "en": self = .english
    default: return nil
    }
  }
}

/// The ways in which a notice can reach a customer.
public enum Channel: String, CaseIterable, Sendable {
  case push
  case sms
  case email
  case phone
  case wechat
}

/// How points are earned.
public struct PointsRules: Sendable, Equatable {
  /// Points for one major unit of currency, before multipliers.
  public var pointsPerMajorUnit: Int64 = 1
  /// Categories whose lines earn nothing.
  public var excludedCategories: Set<CategoryID> = []
  /// Days after the delivery at which an order's points become available.
  public var confirmAfterDays: Int64 = 7
  /// Days after the payment at which they do when no delivery was seen.
  public var confirmAtLatestDays: Int64 = 30
  /// Available points expire at the end of the month this many months after the one in which they became available; with 0
  /// they never do.
  public var expireAfterMonths: Int64 = 12
  /// How many local days before they do the customer is told.
  public var expiryNoticeDays: [Int64] = [30, 7]
  /// Fewer points that expire together are not told of.
  public var minNotice: Int64 = 100
  /// More paid orders of a customer on a local day are suspicious, and the points of each further one are held; nil is never.
  public var maxOrdersPerDay: Int64? = 20
  /// More points of a customer on a local day are suspicious in the same way; nil is never.
  public var maxPointsPerDay: Int64?
  /// For how many days suspicious points are held.
  public var holdDays: Int64 = 7
  /// What multiplies points for a while; of those that apply, the largest wins.
  public var campaigns: [Campaign] = [.memberDay]

  /// The defaults.
  public init() {}
}

/// A multiplier for a time.
public struct Campaign: Sendable, Equatable {
  /// Its name in ledger entries and notices.
  public var name: String
  /// What points are multiplied by.
  public var multiplier: BasisPoints
  /// When it holds.
  public var window: Window
  /// When given, only orders with a line of one of these categories; when empty, all.
  public var categories: Set<CategoryID>
  /// The least total, in major units.
  public var minTotal: Int64

  /// When a campaign holds; the instant that counts is the event's time.
  public enum Window: Sendable, Equatable {
    /// From an instant until, not including, another; nil is open.
    case between(from: Instant?, until: Instant?)
    /// On this local day of every month, 1 to 31.
    case dayOfMonth(Int)
  }

  /// A campaign from its parts.
  public init(
    name: String, multiplier: BasisPoints, window: Window, categories: Set<CategoryID> = [], minTotal: Int64 = 0
  ) {
    self.name = name
    self.multiplier = multiplier
    self.window = window
    self.categories = categories
    self.minTotal = minTotal
  }

  /// Double points on the 8th of the month.
  public static let memberDay = Campaign(name: "member-day", multiplier: BasisPoints(20_000), window: .dayOfMonth(8))
}

/// What a tier takes and gives.
public struct TierRules: Sendable, Equatable {
  /// One tier.
  public struct Level: Sendable, Equatable {
    /// What a customer has to spend for it in the present month and the twelve before, in major units.
    public var threshold: Int64
    /// What its customers' points are multiplied by.
    public var multiplier: BasisPoints
  }

  /// The lowest, which everybody has.
  public var base = Level(threshold: 0, multiplier: .one)
  /// Above base.
  public var silver = Level(threshold: 1_000, multiplier: BasisPoints(12_000))
  /// Above silver.
  public var gold = Level(threshold: 5_000, multiplier: BasisPoints(15_000))
  /// The highest.
  public var diamond = Level(threshold: 20_000, multiplier: BasisPoints(20_000))
  /// How many local days before it is judged a customer is warned who has not spent enough.
  public var atRiskDays: Int64 = 30

  /// The defaults.
  public init() {}

  /// What the tier takes and gives.
  public subscript(tier: Tier) -> Level {
    get {
      switch tier {
      case .base: base
      case .silver: silver
      case .gold: gold
      case .diamond: diamond
      }
    }
    set {
      switch tier {
      case .base: base = newValue
      case .silver: silver = newValue
      case .gold: gold = newValue
      case .diamond: diamond = newValue
      }
    }
  }
}

/// How far a customer has come with the shop.
public struct LifecycleRules: Sendable, Equatable {
  /// From this paid order on a customer is growing.
  public var growingFromOrder: Int64 = 3
  /// From this paid order on, or with this tier, a customer is mature.
  public var matureFromOrder: Int64 = 6
  /// The tier.
  public var matureFromTier = Tier.gold

  /// The defaults.
  public init() {}
}

/// What customers are told of their parcels.
public struct LogisticsRules: Sendable, Equatable {
  /// The milestones that are told.
  public var milestones: Set<Milestone> = [.pickedUp, .outForDelivery, .availableForPickup, .delivered]
  /// Hours before a failed attempt or an exception is told again.
  public var repeatAfterHours: Int64 = 12
  /// An estimate later than the one told by more than this many hours is told.
  public var delayedByHours: Int64 = 6
  /// An estimate earlier than the one told by more than this many hours is told.
  public var earlyByHours: Int64 = 24
  /// Hours after the payment at which an order without a parcel is told to be late; 0 never tells it.
  public var lateDispatchAfterHours: Int64 = 48
  /// Hours without news after which a parcel under way is told to be stalled; 0 never tells it.
  public var stalledAfterHours: Int64 = 72
  /// Hours after the delivery at which the care guide is sent.
  public var careGuideAfterHours: Int64 = 12
  /// Days after the delivery at which the survey is sent.
  public var surveyAfterDays: Int64 = 7

  /// The defaults.
  public init() {}
}

/// When a customer seems to leave.
public struct ChurnRules: Sendable, Equatable {
  /// The probability of no purchase within the horizon from which on the customer is warned; nil never warns.
  public var warnAt: Double? = 0.8
  /// How many days ahead that looks.
  public var horizonDays: Int64 = 30
  /// Customers are warned only when they have been idle for longer than this part of gaps like theirs.
  public var idleQuantile = 0.8
  /// A customer who looked at something in these last local days is judged as many days later; 0 does not look.
  public var browsingPostponesDays: Int64 = 3
  /// The part of units bought at a discount from which on a customer is taken to look for low prices.
  public var discountedUnits = BasisPoints(4_000)
  /// The part of orders with a coupon from which on a customer is too.
  public var couponOrders = BasisPoints(5_000)
  /// What is known of customers' purchases.
  public var model = ChurnModel.standard

  /// The defaults.
  public init() {}
}

/// What is offered to a customer who has left.
public struct WinbackRules: Sendable, Equatable {
  /// How many local days after the last purchase; 0 never offers anything.
  public var afterDays: Int64 = 180
  /// What is taken off, in major units.
  public var discount: Int64 = 50
  /// What an order has to come to, in major units.
  public var minTotal: Int64 = 300

  /// The defaults.
  public init() {}
}

/// When a customer is reminded of what they buy again and again.
public struct ReplenishmentRules: Sendable, Equatable {
  /// The probability of a purchase soon from which on the customer is reminded; nil never reminds.
  public var remindAt: Double? = 0.3
  /// Soon is within so many days, or half the expected gap when that is longer.
  public var minHorizonDays: Int64 = 7
  /// A reminder helps from this part of the expected gap on.
  public var windowOpens = 0.75
  /// And until this part of it.
  public var windowCloses = 1.5
  /// On how many local days something must have been bought.
  public var minPurchases: Int64 = 3
  /// How many items, and how many categories, are remembered of a customer.
  public var itemsPerCustomer: Int64 = 64
  /// What is due within so many hours goes into one notice.
  public var mergeHours: Int64 = 24
  /// The most items of a notice.
  public var maxItems: Int64 = 5
  /// What is known of customers' purchases.
  public var model = ReplenishmentModel.standard

  /// The defaults.
  public init() {}
}

/// When a customer is offered what they look at.
public struct BrowsingRules: Sendable, Equatable {
  /// On so many local days in a row the customer looked at a category; 0 never offers anything.
  public var offerAfterDays: Int64 = 3
  /// And bought nothing of it in so many local days.
  public var quietDaysAfterPurchase: Int64 = 30
  /// One category is offered once in so many local days.
  public var onceInDays: Int64 = 30
  /// The most items of a notice.
  public var maxItems: Int64 = 5

  /// The defaults.
  public init() {}
}

/// What may reach a customer, and when.
public struct GateRules: Sendable, Equatable {
  /// Hours after its cause at which a transactional notice is too old to be sent.
  public var transactionalStaleAfterHours: Int64 = 72
  /// Hours after its due time at which a service notice expires.
  public var serviceExpiresAfterHours: Int64 = 72
  /// When customers are left alone who said nothing of it; nil is never.
  public var quietHours = QuietHours(start: 22 * 60, end: 8 * 60)
  /// Whether the quiet hours are for transactional notices too.
  public var quietTransactional = false
  /// How many service notices a customer gets on a local day.
  public var servicePerDay: Int64 = 3
  /// How many marketing notices a customer gets on a local day.
  public var marketingPerDay: Int64 = 1
  /// How many marketing notices a customer gets on seven local days in a row.
  public var marketingPerWeek: Int64 = 3

  /// The defaults.
  public init() {}
}
