/// The structured log: one event a line, written at once, from any thread.
///
///     log.info("partition-restored", "state partition restored", ["partition": 3, "records": .integer(count)])
///
/// The event is a stable kebab-case name that the manual lists; the message is for people and may change. Neither the message nor
/// a string value may hold a customer's data: an id goes in as `.customer(id)`, anything else of a customer not at all.
/// A line below the minimum level costs a comparison: message and fields are not even computed.
public final class Log: Sendable {
  /// How a log writes.
  public struct Configuration: Sendable {
    /// Lines below this level are not written.
    public var minimumLevel = LogLevel.info
    /// JSON for machines or text for a terminal.
    public var format = LogFormat.json
    /// Whether each line begins with the syslog priority, `<6>`, by which journald files it; see `JournalStream`.
    public var hasSyslogPrefix = false
    /// Whether customer ids are written as they are.
    public var showsCustomerIds = false
    /// Makes what stands for a customer id otherwise.
    public var pseudonym = Pseudonym()
    /// How long identical warnings and errors are folded into one line; zero writes each.
    public var foldWindow = Duration.seconds(60)

    /// JSON from `info` on, customer ids hidden under a key of this process.
    public init() {}
  }

  private let sink: LogSink
  private let context: LogFields

  /// A log that writes to `destination`; `wallClock` gives the lines their time, `monotonicClock` ends the fold windows.
  public init(
    _ configuration: Configuration = Configuration(), to destination: LogDestination = .standardOutput,
    wallClock: WallClock = .system, monotonicClock: MonotonicClock = .system
  ) {
    sink = LogSink(
      configuration, destination: destination, wallClock: wallClock, monotonicClock: monotonicClock)
    context = LogFields()
  }

  private init(sink: LogSink, context: LogFields) {
    self.sink = sink
    self.context = context
  }

  /// A log to the same destination whose every line has `fields` before its own.
  public func with(_ fields: LogFields) -> Log { Log(sink: sink, context: context.merging(fields)) }

  /// Whether a line of `level` would be written.
  public func isEnabled(_ level: LogLevel) -> Bool { level >= sink.configuration.minimumLevel }

  /// Writes a line, unless `level` is below the minimum or the line repeats a warning within its window.
  public func write(
    _ level: LogLevel, _ event: StaticString, _ message: @autoclosure () -> String,
    _ fields: @autoclosure () -> LogFields = LogFields()
  ) {
    guard isEnabled(level) else { return }
    sink.write(level, event, message(), context.merging(fields()))
  }

  /// Writes the counts of the warnings whose window is over. Any line does it too; call it about once a second, so that the
  /// count does not wait for one.
  public func expireFolds() { sink.expireFolds() }

  /// Writes the counts of all folded warnings: before the process ends.
  public func flush() { sink.flush() }
}

extension Log {
  /// Writes a line of level `debug`.
  public func debug(
    _ event: StaticString, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = LogFields()
  ) { write(.debug, event, message(), fields()) }

  /// Writes a line of level `info`.
  public func info(
    _ event: StaticString, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = LogFields()
  ) { write(.info, event, message(), fields()) }

  /// Writes a line of level `notice`.
  public func notice(
    _ event: StaticString, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = LogFields()
  ) { write(.notice, event, message(), fields()) }

  /// Writes a line of level `warning`; identical ones are folded.
  public func warning(
    _ event: StaticString, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = LogFields()
  ) { write(.warning, event, message(), fields()) }

  /// Writes a line of level `error`; identical ones are folded.
  public func error(
    _ event: StaticString, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = LogFields()
  ) { write(.error, event, message(), fields()) }

  /// Writes a line of level `critical`.
  public func critical(
    _ event: StaticString, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = LogFields()
  ) { write(.critical, event, message(), fields()) }
}
