/// How much a log line matters; the numbers of syslog (RFC 5424, 6.2.1) without the two that page a whole site.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
  /// For somebody who looks for a fault: too much for every day.
  case debug
  /// The ordinary course of things.
  case info
  /// Ordinary, but worth finding again: a start, a stop, a change of rules.
  case notice
  /// Something is not as it should be, and the daemon copes.
  case warning
  /// Something failed and somebody should look.
  case error
  /// The daemon cannot do its work.
  case critical

  /// The syslog severity: 7 for `debug` down to 2 for `critical`.
  public var syslogPriority: Int {
    switch self {
    case .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }

  /// Whether `a` matters less than `b`.
  public static func < (a: LogLevel, b: LogLevel) -> Bool { a.syslogPriority > b.syslogPriority }
}
