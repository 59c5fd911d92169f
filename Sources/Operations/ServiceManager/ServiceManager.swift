/// Tells the service manager what state the daemon is in, by the protocol of sd_notify(3). Without a service manager, nothing happens.
///
/// A message that cannot be sent is a warning in the log (`service-manager-unreachable`) and no more: the daemon does its work
/// whether or not anybody looks on.
public struct ServiceManager: Sendable {
  private let socket: NotifySocket?
  private let log: Log
  private let clock: MonotonicClock

  /// How often the service manager wants `keepAlive` at least; nil when it does not watch this process.
  public let watchdogInterval: Duration?

  /// Reads `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` from the environment.
  public init(
    environment: [String: String], processID: Int32, log: Log, clock: MonotonicClock = .system
  ) {
    let address = environment["NOTIFY_SOCKET"] ?? ""
    socket = address.isEmpty ? nil : NotifySocket(address: address)
    watchdogInterval = Self.watchdogInterval(environment, processID)
    self.log = log
    self.clock = clock
  }

  /// Whether there is a service manager that listens.
  public var isPresent: Bool { socket != nil }

  /// The service is ready, or has reloaded: `READY=1`, with a line of status.
  public func ready(_ status: String) { send("READY=1\n\(statusLine(status))") }

  /// What the service is doing, for `systemctl status`: `STATUS=`.
  public func status(_ status: String) { send(statusLine(status)) }

  /// The service begins to stop: `STOPPING=1`, with a line of status.
  public func stopping(_ status: String) { send("STOPPING=1\n\(statusLine(status))") }

  /// The service begins to read its rules again: `RELOADING=1` with the time, as `Type=notify-reload` wants it. Say `ready`
  /// when that is over, whether it went well or not.
  public func reloading() { send("RELOADING=1\nMONOTONIC_USEC=\(clock.nanoseconds() / 1_000)") }

  /// The service makes progress: `WATCHDOG=1`. Send it about twice in `watchdogInterval`.
  public func keepAlive() { send("WATCHDOG=1") }

  private func send(_ message: String) {
    guard let socket else { return }
    do {
      try socket.send(message)
    } catch {
      log.warning(
        "service-manager-unreachable", "the service manager could not be told the state of the service",
        ["state": .string(String(message.prefix { $0 != "\n" })), "reason": .description(error)])
    }
  }

  /// One line: a line feed in it would begin another assignment.
  private func statusLine(_ status: String) -> String {
    "STATUS=" + String(status.map { $0.isNewline || $0 == "\0" ? " " : $0 })
  }

  private static func watchdogInterval(_ environment: [String: String], _ processID: Int32) -> Duration? {
    if let owner = environment["WATCHDOG_PID"], Int32(owner) != processID { return nil }
    guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 0 else { return nil }
    return .microseconds(microseconds)
  }
}
