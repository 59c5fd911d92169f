/// The fields of `order.placed` and `order.paid`, in any order; the reader stands inside the object.
struct OrderFields: ~Copyable {
  private let paid: Bool
  private var customer: CustomerID?
  private var order: OrderID?
  private var currency: Currency?
  private var total: Int64?
  private var lines: [OrderLine]?
  private var pointsRedeemed: Int64?
  private var couponUsed: Bool?

  @_lifetime(reader: copy reader)
  init(from reader: inout JSONReader, paid: Bool) throws(Fault) {
    self.paid = paid
    while let name = try reader.nextField() {
      switch name {
      case "customerId": customer = try reader.identifierField("customerId")
      case "orderId": order = try reader.identifierField("orderId")
      case "currency":
        currency = try reader.parsedField(
          "currency", "a currency code of ISO 4217 in use, such as CNY", code: .unsupportedCurrency
        ) { Currency(code: $0) }
      case "total": total = try reader.amountField("total")
      case "lines": lines = try orderLines(from: &reader)
      case "pointsRedeemed" where paid:
        pointsRedeemed = try reader.integerField("pointsRedeemed", in: 0...1_000_000_000_000)
      case "couponUsed" where paid: couponUsed = try reader.flagField("couponUsed")
      default: try reader.skipField()
      }
    }
  }

  consuming func content() throws(Fault) -> EventContent {
    let customer = try required(customer, "customerId")
    let order = try required(order, "orderId")
    let currency = try required(currency, "currency")
    let total = try required(total, "total")
    let lines = try required(lines, "lines")
    guard paid else {
      return EventContent(
        customer, .orderPlaced(PlacedOrder(order: order, currency: currency, total: total, lines: lines)))
    }
    return EventContent(
      customer,
      .orderPaid(
        PaidOrder(
          order: order, currency: currency, total: total, lines: lines, pointsRedeemed: pointsRedeemed ?? 0,
          couponUsed: couponUsed ?? false)))
  }
}

/// The fields of `order.cancelled` and `order.refunded`. A refund's `lines` are for other readers: points are reversed by amount.
struct OrderChangeFields: ~Copyable {
  private let refunded: Bool
  private var customer: CustomerID?
  private var order: OrderID?
  private var amount: Int64?

  @_lifetime(reader: copy reader)
  init(from reader: inout JSONReader, refunded: Bool) throws(Fault) {
    self.refunded = refunded
    while let name = try reader.nextField() {
      switch name {
      case "customerId": customer = try reader.identifierField("customerId")
      case "orderId": order = try reader.identifierField("orderId")
      case "amount" where refunded: amount = try reader.amountField("amount", from: 1)
      default: try reader.skipField()
      }
    }
  }

  consuming func content() throws(Fault) -> EventContent {
    let customer = try required(customer, "customerId")
    let order = try required(order, "orderId")
    guard refunded else { return EventContent(customer, .orderCancelled(order)) }
    return try EventContent(customer, .orderRefunded(Refund(order: order, amount: required(amount, "amount"))))
  }
}

/// The most lines an order can have.
private let maximumLines = 1_000

@_lifetime(reader: copy reader)
private func orderLines(from reader: inout JSONReader) throws(Fault) -> [OrderLine]? {
  guard try reader.arrayField("lines") else { return nil }
  var lines: [OrderLine] = []
  lines.reserveCapacity(4)
  var sum: Int64 = 0
  while try reader.nextItem() {
    guard lines.count < maximumLines else {
      throw Fault(.outOfRange, "lines", "must have at most \(maximumLines) items")
    }
    do throws(Fault) {
      let line = try OrderLineFields(from: &reader).line()
      let (total, overflow) = sum.addingReportingOverflow(line.amount)
      if overflow { throw Fault(.outOfRange, "", "brings the sum of the lines beyond 64 bits") }
      sum = total
      lines.append(line)
    } catch { throw error.inside("lines[\(lines.count)]") }
  }
  return lines
}

private struct OrderLineFields: ~Copyable {
  private var sku: SKU?
  private var name: String?
  private var category: CategoryID?
  private var quantity: Int64?
  private var unitPrice: Int64?
  private var discount: Int64?

  @_lifetime(reader: copy reader)
  init(from reader: inout JSONReader) throws(Fault) {
    guard try reader.objectField("") else { throw Fault(.wrongType, "", "must be an object") }
    while let field = try reader.nextField() {
      switch field {
      case "sku": sku = try reader.identifierField("sku")
      case "name": name = try reader.textField("name")
      case "category": category = try reader.identifierField("category")
      case "quantity": quantity = try reader.integerField("quantity", in: 1...1_000_000)
      case "unitPrice": unitPrice = try reader.amountField("unitPrice")
      case "discount": discount = try reader.amountField("discount")
      default: try reader.skipField()
      }
    }
  }

  consuming func line() throws(Fault) -> OrderLine {
    let quantity = try required(quantity, "quantity")
    let unitPrice = try required(unitPrice, "unitPrice")
    let (price, overflow) = quantity.multipliedReportingOverflow(by: unitPrice)
    if overflow { throw Fault(.outOfRange, "", "quantity times unitPrice is beyond 64 bits") }
    if let discount, discount > price {
      throw Fault(.outOfRange, "discount", "must be at most quantity times unitPrice")
    }
    return OrderLine(
      sku: try required(sku, "sku"), name: name, category: try required(category, "category"), quantity: quantity,
      unitPrice: unitPrice, discount: discount ?? 0)
  }
}
