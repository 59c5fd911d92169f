/// Where log lines go.
public enum LogDestination: Sendable {
  /// To a file descriptor, which stays the caller's. A line that cannot be written, or not within `patience`, is
  /// dropped; the next one that can be written is followed by a `log-lines-dropped` warning with their number.
  case fileDescriptor(CInt, patience: Duration = .seconds(2))
  /// To a function, one line a call without its line feed, one call at a time. It must not log to the same log.
  case lines(@Sendable (String) -> Void)
  /// Nowhere.
  case nowhere

  /// Standard output.
  public static let standardOutput = LogDestination.fileDescriptor(1)
  /// Standard error.
  public static let standardError = LogDestination.fileDescriptor(2)
}
