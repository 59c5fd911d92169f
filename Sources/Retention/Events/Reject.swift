/// Why a record cannot be an event: it goes to the dead letters with this and changes no state.
public struct Reject: Error, Sendable, Equatable {
  /// The kind of fault, stable over releases.
  public let code: Code
  /// Which field, as a path such as `data.lines[2].quantity`, and what was wrong with it; never the customer's data.
  public let message: String

  /// A reject from its parts.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The kinds of faults; the raw values are what `dlq.reason` says.
  public enum Code: String, CaseIterable, Sendable {
    /// The record has no value (a tombstone) or an empty one.
    case emptyRecord = "empty-record"
    /// The value is longer than `maxRecordBytes`.
    case recordTooLarge = "record-too-large"
    /// The value is not JSON by RFC 8259. This goes before everything else that is wrong with a value.
    case invalidJSON = "invalid-json"
    /// Neither mode of the CloudEvents Kafka binding: no `ce_specversion` header and no object with `specversion`.
    case notACloudEvent = "not-a-cloudevent"
    /// A CloudEvents version other than 1.0.
    case unsupportedSpecVersion = "unsupported-specversion"
    /// The content type of the record or of its data is not JSON in UTF-8.
    case unsupportedContentType = "unsupported-content-type"
    /// The data is binary (`data_base64`).
    case unsupportedDataEncoding = "unsupported-data-encoding"
    /// A required field is missing or null.
    case missingField = "missing-field"
    /// A field is of another JSON type than the contract says.
    case wrongType = "wrong-type"
    /// A text is too long, empty, not of its format, or not one of the allowed words.
    case invalidValue = "invalid-value"
    /// A currency that ISO 4217 does not list as in use.
    case unsupportedCurrency = "unsupported-currency"
    /// A number or a count beyond its bounds.
    case outOfRange = "out-of-range"
    /// The event's time is further ahead than `maxFutureSkew`.
    case timeInFuture = "time-in-future"
  }
}

/// A reject while its path is still being put together from the inside out, which costs nothing when all is well.
struct Fault: Error {
  let code: Reject.Code
  let path: String
  let problem: String

  init(_ code: Reject.Code, _ path: String, _ problem: String) {
    self.code = code
    self.path = path
    self.problem = problem
  }

  init(_ error: JSONError, at path: StaticString, expected: String) {
    switch error.code {
    case .otherKind, .notAnInteger: self.init(.wrongType, "\(path)", "must be \(expected)")
    case .integerOverflow: self.init(.outOfRange, "\(path)", "must be \(expected)")
    default: self.init(.invalidJSON, "", "the value is not JSON: \(error)")
    }
  }

  /// The fault as seen from the container `parent`.
  func inside(_ parent: String) -> Fault {
    code == .invalidJSON ? self : Fault(code, path.isEmpty ? parent : "\(parent).\(path)", problem)
  }

  var reject: Reject {
    Reject(code, path.isEmpty ? problem : "\(path): \(problem)")
  }
}
