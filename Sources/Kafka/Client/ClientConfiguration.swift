/// The properties of a client under librdkafka's own names, such as `bootstrap.servers`.
///
/// They are checked when a client is made: an unknown property, or a value it does not take, is a `KafkaError` with
/// recovery `.stop` that names the property. What is not set here takes the module's default (`ClientDefaults`), then librdkafka's.
public struct ClientConfiguration: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// Values by property name.
  public var properties: [String: String]

  /// A configuration from its properties.
  public init(properties: [String: String] = [:]) {
    self.properties = properties
  }

  /// For a consumer that is assigned by hand to read partitions to their end: it is no member.
  ///
  /// It keeps `group.id`, of which librdkafka needs one to assign, so that it takes no permission beyond the member's.
  public func forReading() -> ClientConfiguration {
    var configuration = self
    configuration.properties["group.instance.id"] = nil
    return configuration
  }

  /// The properties in order of name, with secrets masked.
  public var description: String {
    properties.sorted { $0.key < $1.key }
      .map { "\($0.key)=\(ClientConfiguration.isSecret($0.key) ? "***" : $0.value)" }
      .joined(separator: ", ")
  }

  /// The same as `description`, so that a debugger's or a test's output shows no secret either.
  public var debugDescription: String { description }

  /// Whether a property's value must not be shown.
  static func isSecret(_ property: String) -> Bool {
    ["password", "secret", "pem", "oauthbearer.config", "token"].contains { property.contains($0) }
  }

  /// A text of librdkafka's with every secret value of this configuration masked.
  func masking(_ text: String) -> String {
    properties.filter { ClientConfiguration.isSecret($0.key) && !$0.value.isEmpty }
      .reduce(text) { $0.replacing($1.value, with: "***") }
  }
}
