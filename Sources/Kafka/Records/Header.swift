/// A header of a record. Its bytes are kept as they are, so that a dead letter repeats them one by one.
public struct Header: Hashable, Sendable {
  /// The name's bytes, usually UTF-8.
  public let name: [UInt8]
  /// The value's bytes; nil is a null value, which differs from an empty one.
  public let value: [UInt8]?

  /// A header from bytes.
  ///
  /// librdkafka hands names out as C strings, so the part of a received name after a NUL byte is not seen.
  public init(name: [UInt8], value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  /// A header from text, encoded as UTF-8.
  public init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8), value: Array(value.utf8))
  }

  /// The name as text, with U+FFFD in place of bytes that are not UTF-8.
  public var nameText: String { String(decoding: name, as: UTF8.self) }
}
