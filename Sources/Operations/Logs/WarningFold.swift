/// Folds identical warnings: the first is written at once, the others of its window are counted, and the window's end
/// writes the line once more with how often it was repeated. Lines in between do not matter, so that two workers with the same
/// trouble fold as well as one.
struct WarningFold {
  /// A line that was repeated, to be written with its count.
  struct Repeated: Equatable {
    let level: LogLevel
    let body: [UInt8]
    let count: Int
  }

  private struct Window {
    let level: LogLevel
    let body: [UInt8]
    let end: Int64
    var count = 0

    var repeated: Repeated? { count == 0 ? nil : Repeated(level: level, body: body, count: count) }
  }

  /// How many different warnings are watched at a time; with one more, the oldest window ends early.
  static let capacity = 16

  private let length: Int64
  private var windows: [Window] = []

  /// Windows of `length` nanoseconds; 0 folds nothing.
  init(length: Int64) { self.length = length }

  /// Whether the line is to be written now, and which repeated lines are due before it. Takes only warnings and errors:
  /// what is less is told as often as it happens, and what is critical too.
  mutating func admit(_ level: LogLevel, _ body: [UInt8], now: Int64) -> (isWritten: Bool, due: [Repeated]) {
    var due = expire(now: now)
    guard length > 0, level == .warning || level == .error else { return (true, due) }
    if let index = windows.firstIndex(where: { $0.level == level && $0.body == body }) {
      windows[index].count += 1
      return (false, due)
    }
    if windows.count == Self.capacity, let repeated = windows.removeFirst().repeated { due.append(repeated) }
    windows.append(Window(level: level, body: body, end: now + length))
    return (true, due)
  }

  /// Ends the windows that are over; the repeated lines among them, oldest first.
  mutating func expire(now: Int64) -> [Repeated] {
    guard let first = windows.first, first.end <= now else { return [] }
    let over = windows.prefix { $0.end <= now }
    windows.removeFirst(over.count)
    return over.compactMap(\.repeated)
  }

  /// Ends every window.
  mutating func drain() -> [Repeated] {
    defer { windows = [] }
    return windows.compactMap(\.repeated)
  }
}
