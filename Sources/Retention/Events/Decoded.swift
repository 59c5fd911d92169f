/// What a valid record turned out to be.
public enum Decoded: Sendable, Equatable {
  /// An event that is understood.
  case event(Event)
  /// A valid CloudEvent of a type that is not understood, so that producers can add types. Holds at most the first
  /// 128 bytes of the type's name.
  case ignored(type: String)
}

/// A header of a Kafka record. The value is nil for a header without one.
public struct MessageHeader: Sendable, Equatable {
  /// The name, UTF-8 by convention.
  public let name: [UInt8]
  /// The value, whatever its producer put there.
  public let value: [UInt8]?

  /// A header from its parts.
  public init(name: [UInt8], value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  /// A header of text.
  public init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8), value: Array(value.utf8))
  }
}
