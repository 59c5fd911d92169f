/// The fields of `browse.viewed`, in any order; the reader stands inside the object.
struct ViewFields: ~Copyable {
  private var customer: CustomerID?
  private var sku: SKU?
  private var name: String?
  private var category: CategoryID?
  private var action: View.Action?
  private var dwellSeconds: Int64?

  @_lifetime(reader: copy reader)
  init(from reader: inout JSONReader) throws(Fault) {
    while let field = try reader.nextField() {
      switch field {
      case "customerId": customer = try reader.identifierField("customerId")
      case "sku": sku = try reader.identifierField("sku")
      case "name": name = try reader.textField("name")
      case "category": category = try reader.identifierField("category")
      case "action": action = try reader.wordField("action") { View.Action(utf8: $0) }
      case "dwellSeconds": dwellSeconds = try reader.integerField("dwellSeconds", in: 0...1_000_000_000)
      default: try reader.skipField()
      }
    }
  }

  consuming func content() throws(Fault) -> EventContent {
    let customer = try required(customer, "customerId")
    let view = View(
      sku: try required(sku, "sku"), name: name, category: try required(category, "category"),
      action: action ?? .view, dwellSeconds: dwellSeconds)
    return EventContent(customer, .browseViewed(view))
  }
}
