/// What keeps a text from being read: the first thing found wrong, and where.
public struct JSONError: Error, Hashable, Sendable {
  /// What was wrong.
  public let code: Code
  /// The byte at which it was found, counted from the start of the text.
  public let offset: Int

  /// What can be wrong with a text; the sections are those of RFC 8259.
  public enum Code: Sendable {
    /// The text ends inside a value, or holds none.
    case unexpectedEnd
    /// A byte that cannot stand here by the grammar (section 2).
    case unexpectedByte
    /// Something follows the value (section 2).
    case trailingContent
    /// A byte order mark starts the text; implementations must not add one (section 8.1).
    case byteOrderMark
    /// Bytes that are not UTF-8 (section 8.1).
    case invalidUTF8
    /// A control character stands unescaped in a string (section 7).
    case controlCharacter
    /// A backslash is followed by something that is no escape (section 7).
    case invalidEscape
    /// An escape names one half of a surrogate pair (section 8.2: the behaviour is unpredictable, so it is refused).
    case loneSurrogate
    /// A number that breaks the grammar (section 6).
    case invalidNumber
    /// More than `JSONReader.maximumDepth` containers inside one another (section 9 allows a limit).
    case tooDeep
    /// The value is well-formed as far as it was read, but of another kind than asked for.
    case otherKind
    /// An integer was asked for and the number has a fraction.
    case notAnInteger
    /// An integer was asked for and the number does not fit 64 bits.
    case integerOverflow
  }

  /// Whether the text is JSON as far as it was read, only not what was asked for.
  public var concernsMeaning: Bool {
    switch code {
    case .otherKind, .notAnInteger, .integerOverflow: true
    default: false
    }
  }
}

extension JSONError: CustomStringConvertible {
  /// What was wrong in words, without any of the text.
  public var description: String { "\(code.problem) at byte \(offset)" }
}

extension JSONError.Code {
  fileprivate var problem: String {
    switch self {
    case .unexpectedEnd: "ends too early"
    case .unexpectedByte: "unexpected byte"
    case .trailingContent: "content after the value"
    case .byteOrderMark: "byte order mark"
    case .invalidUTF8: "invalid UTF-8"
    case .controlCharacter: "unescaped control character in a string"
    case .invalidEscape: "invalid escape in a string"
    case .loneSurrogate: "escape of half a surrogate pair"
    case .invalidNumber: "invalid number"
    case .tooDeep: "more than \(JSONReader.maximumDepth) nested containers"
    case .otherKind: "value of another kind"
    case .notAnInteger: "number with a fraction"
    case .integerOverflow: "number beyond 64 bits"
    }
  }
}
