import Synchronization

/// Where the lines of a log and of all that were derived from it come together: one at a time, in the order of the time they show.
final class LogSink: Sendable {
  private struct State {
    var fold: WarningFold
    var descriptor: LogDescriptor?
  }

  let configuration: Log.Configuration
  private let wallClock: WallClock
  private let monotonicClock: MonotonicClock
  private let lines: (@Sendable (String) -> Void)?
  private let state: Mutex<State>

  init(
    _ configuration: Log.Configuration, destination: LogDestination, wallClock: WallClock,
    monotonicClock: MonotonicClock
  ) {
    self.configuration = configuration
    self.wallClock = wallClock
    self.monotonicClock = monotonicClock
    let fold = WarningFold(length: configuration.foldWindow.nanoseconds)
    switch destination {
    case .fileDescriptor(let number, let patience):
      lines = nil
      state = Mutex(State(fold: fold, descriptor: LogDescriptor(number, patience: patience.nanoseconds)))
    case .lines(let receive):
      lines = receive
      state = Mutex(State(fold: fold))
    case .nowhere:
      lines = nil
      state = Mutex(State(fold: fold))
    }
  }

  func write(_ level: LogLevel, _ event: StaticString, _ message: String, _ fields: LogFields) {
    let body = body(level, event, message, fields)
    state.withLock { state in
      let (isWritten, due) = state.fold.admit(level, body, now: monotonicClock.nanoseconds())
      write(due, &state)
      if isWritten { emit(level, body, repeated: 0, &state) }
    }
  }

  func expireFolds() {
    state.withLock { state in write(state.fold.expire(now: monotonicClock.nanoseconds()), &state) }
  }

  func flush() {
    state.withLock { state in write(state.fold.drain(), &state) }
  }

  private func write(_ due: [WarningFold.Repeated], _ state: inout State) {
    for line in due { emit(line.level, line.body, repeated: line.count, &state) }
  }

  private func body(_ level: LogLevel, _ event: StaticString, _ message: String, _ fields: LogFields) -> [UInt8] {
    configuration.format.body(level, event, message, fields) {
      configuration.showsCustomerIds ? $0 : configuration.pseudonym.name(for: $0)
    }
  }

  private func emit(_ level: LogLevel, _ body: [UInt8], repeated: Int, _ state: inout State) {
    let line = line(level, body, repeated: repeated)
    if let lines {
      lines(String(decoding: line.dropLast(), as: UTF8.self))
    } else if state.descriptor?.write(line) == true, let dropped = state.descriptor?.takeDropped(), dropped > 0 {
      let notice = self.body(
        .warning, "log-lines-dropped", "log lines could not be written and were dropped", ["lines": .integer(dropped)])
      _ = state.descriptor?.write(self.line(.warning, notice, repeated: 0))
    }
  }

  private func line(_ level: LogLevel, _ body: [UInt8], repeated: Int) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(body.count + 64)
    if configuration.hasSyslogPrefix { line.append(contentsOf: "<\(level.syslogPriority)>".utf8) }
    configuration.format.appendLine(
      milliseconds: wallClock.milliseconds(), body: body, repeated: repeated, to: &line)
    return line
  }
}
