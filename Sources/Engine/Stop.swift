/// Why a worker cannot go on without an operator.
public struct Stop: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong and where.
  public let problem: String
  /// What to do about it.
  public let remedy: String
  /// What kind of problem it is; the process exits accordingly.
  public let kind: Kind

  /// The kinds of problem.
  public enum Kind: Sendable {
    /// Configuration or authorisation.
    case configuration
    /// State or input that must not be processed as it is.
    case data
    /// Something outside the process does not do its part.
    case unavailable
    /// Another process does this one's work.
    case fenced
  }

  /// A reason to stop.
  public init(_ kind: Kind, _ problem: String, remedy: String) {
    self.kind = kind
    self.problem = problem
    self.remedy = remedy
  }

  /// The problem and the remedy.
  public var description: String { "\(problem); \(remedy)" }
}
