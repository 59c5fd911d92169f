/// The value of a field of a log line.
public enum LogValue: Sendable, Equatable {
  /// Text; longer than `LogValue.maximumTextBytes` it is cut and ends with an ellipsis.
  case string(String)
  /// A whole number.
  case integer(Int64)
  /// A number; one that JSON cannot write is written as the string `nan`, `inf` or `-inf`.
  case double(Double)
  /// True or false.
  case bool(Bool)
  /// A customer's id: written as a keyed hash (`Pseudonym`) unless the log is configured to show ids.
  case customer(String)

  /// The most bytes of UTF-8 that a text (a message, a string value) takes in a line.
  public static let maximumTextBytes = 2_048

  /// Any other integer; one beyond 64 bits signed is clamped.
  public static func integer(_ value: some BinaryInteger) -> LogValue { .integer(Int64(clamping: value)) }

  /// What a value says of itself: for errors, enums and other types that have no case here.
  public static func description(_ value: some CustomStringConvertible) -> LogValue { .string(value.description) }
}

extension LogValue: ExpressibleByStringInterpolation {
  /// A `string`.
  public init(stringLiteral value: String) { self = .string(value) }
}

extension LogValue: ExpressibleByIntegerLiteral {
  /// An `integer`.
  public init(integerLiteral value: Int64) { self = .integer(value) }
}

extension LogValue: ExpressibleByFloatLiteral {
  /// A `double`.
  public init(floatLiteral value: Double) { self = .double(value) }
}

extension LogValue: ExpressibleByBooleanLiteral {
  /// A `bool`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}
