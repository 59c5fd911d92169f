/// The data of `browse.viewed`.
public struct View: Sendable, Equatable {
  /// The article looked at.
  public let sku: SKU
  /// The article's name, as the shop shows it.
  public let name: String?
  /// The article's category.
  public let category: CategoryID
  /// What the customer did with it.
  public let action: Action
  /// How long the customer stayed, in seconds, at least 0.
  public let dwellSeconds: Int64?

  /// A view from its parts.
  public init(sku: SKU, name: String? = nil, category: CategoryID, action: Action = .view, dwellSeconds: Int64? = nil) {
    self.sku = sku
    self.name = name
    self.category = category
    self.action = action
    self.dwellSeconds = dwellSeconds
  }

  /// What the customer did with an article.
  public enum Action: String, CaseIterable, Sendable {
    case view
    case favorite
    case cart
  }
}
