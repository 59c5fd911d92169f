import Glibc

/// What the daemon is asked from outside.
public enum Signal: Sendable, CaseIterable {
  /// SIGTERM: stop, as the service manager asks it.
  case terminate
  /// SIGINT: stop, as somebody at a terminal asks it.
  case interrupt
  /// SIGHUP: read the rules again.
  case hangUp
  /// SIGUSR1: log a full status.
  case reportStatus

  /// The number of the signal on this system.
  public var number: CInt {
    switch self {
    case .terminate: SIGTERM
    case .interrupt: SIGINT
    case .hangUp: SIGHUP
    case .reportStatus: SIGUSR1
    }
  }
}
