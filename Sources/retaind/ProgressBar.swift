import Foundation

/// How far a long command is, on the terminal; nothing when standard error is none, such as in a log.
final class ProgressBar {
  private let label: String
  private let isShown: Bool
  private let clock = ContinuousClock()
  private var shownAt: ContinuousClock.Instant?
  private static let width = 30

  init(_ label: String) {
    self.label = label
    isShown = isatty(FileHandle.standardError.fileDescriptor) == 1
  }

  /// Shows a part of the whole, 0 to 1, at most ten times a second; nil when the whole is not known.
  func show(_ part: Double?, _ text: String = "") {
    guard isShown, shownAt.map({ clock.now - $0 > .milliseconds(100) }) ?? true else { return }
    shownAt = clock.now
    let filled = part.map { Int(max(0, min(1, $0)) * Double(Self.width)) }
    let bar = filled.map {
      "[" + String(repeating: "#", count: $0) + String(repeating: ".", count: Self.width - $0) + "] "
    }
    let percent = part.map { "\(Int(max(0, min(1, $0)) * 100)) % " }
    write("\r\u{1b}[K\(label) " + (bar ?? "") + (percent ?? "") + text)
  }

  /// Takes the bar away.
  func finish() {
    guard isShown, shownAt != nil else { return }
    write("\r\u{1b}[K")
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
