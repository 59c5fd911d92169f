import Synchronization

/// The business that workers are to do: the one they start with, and any that replaces it while they run.
public final class BusinessSource: Sendable {
  private let content: Mutex<any Business>
  private let counter = Atomic(0)

  /// A source of `business`.
  public init(_ business: any Business) { content = Mutex(business) }

  /// Lets every worker go on with another business from its next unit of work on.
  public func replace(_ business: any Business) {
    content.withLock {
      $0 = business
      counter.add(1, ordering: .releasing)
    }
  }

  /// Changes with each replacement; cheap to ask.
  var edition: Int { counter.load(ordering: .acquiring) }

  /// The business and its edition.
  var current: (any Business, edition: Int) { content.withLock { ($0, counter.load(ordering: .acquiring)) } }
}
