/// One line of an order. Amounts are minor units of the order's currency.
public struct OrderLine: Sendable, Equatable {
  /// The article.
  public let sku: SKU
  /// The article's name, as the shop shows it.
  public let name: String?
  /// The article's category; rules exclude or favour by it.
  public let category: CategoryID
  /// Units bought, at least 1.
  public let quantity: Int64
  /// Price of one unit before `discount`, at least 0.
  public let unitPrice: Int64
  /// What was taken off the line, 0 to `quantity * unitPrice`.
  public let discount: Int64

  /// A line from its parts.
  public init(
    sku: SKU, name: String? = nil, category: CategoryID, quantity: Int64, unitPrice: Int64, discount: Int64 = 0
  ) {
    self.sku = sku
    self.name = name
    self.category = category
    self.quantity = quantity
    self.unitPrice = unitPrice
    self.discount = discount
  }

  /// What the line cost, in minor units.
  public var amount: Int64 { quantity * unitPrice - discount }
}

/// The data of `order.placed`.
public struct PlacedOrder: Sendable, Equatable {
  /// The order.
  public let order: OrderID
  /// The currency of every amount.
  public let currency: Currency
  /// What is to be paid, in minor units.
  public let total: Int64
  /// What was ordered.
  public let lines: [OrderLine]

  /// A placed order from its parts.
  public init(order: OrderID, currency: Currency, total: Int64, lines: [OrderLine]) {
    self.order = order
    self.currency = currency
    self.total = total
    self.lines = lines
  }
}

/// The data of `order.paid`.
public struct PaidOrder: Sendable, Equatable {
  /// The order.
  public let order: OrderID
  /// The currency of every amount.
  public let currency: Currency
  /// What the customer paid, after discounts, in minor units.
  public let total: Int64
  /// What was bought.
  public let lines: [OrderLine]
  /// Points the customer paid with, at least 0.
  public let pointsRedeemed: Int64
  /// Whether a coupon was used.
  public let couponUsed: Bool

  /// A paid order from its parts.
  public init(
    order: OrderID, currency: Currency, total: Int64, lines: [OrderLine], pointsRedeemed: Int64 = 0,
    couponUsed: Bool = false
  ) {
    self.order = order
    self.currency = currency
    self.total = total
    self.lines = lines
    self.pointsRedeemed = pointsRedeemed
    self.couponUsed = couponUsed
  }
}

/// The data of `order.refunded`.
public struct Refund: Sendable, Equatable {
  /// The order that is refunded.
  public let order: OrderID
  /// This refund alone, not cumulative, in minor units of the order's currency, more than 0.
  public let amount: Int64

  /// A refund from its parts.
  public init(order: OrderID, amount: Int64) {
    self.order = order
    self.amount = amount
  }
}
