import Engine
import Operations

/// Reads the rules and the wording again while the workers run.
final class Reload {
  /// What the workers go on with.
  let source: BusinessSource
  private var version: String
  private let readAgain: () throws -> Edition
  private let observer: Observer
  private let log: Log
  private let service: ServiceManager

  init(
    _ first: Edition, readAgain: @escaping () throws -> Edition, observer: Observer, log: Log, service: ServiceManager
  ) {
    source = BusinessSource(first.program)
    version = first.version
    self.readAgain = readAgain
    self.observer = observer
    self.log = log
    self.service = service
  }

  /// Good files take effect with each worker's next transaction; with a bad one everything stays as it is. A service that
  /// is not ready yet does not claim to be by telling that it has reloaded.
  func run(isReady: Bool) {
    if isReady { service.reloading() }
    func told(_ status: String) { if isReady { service.ready(status) } else { service.status(status) } }
    do {
      let edition = try readAgain()
      source.replace(edition.program)
      observer.note(rulesVersion: edition.version)
      log.notice(
        "reloaded", "The rules and the wording were read again; they take effect with the next transactions",
        ["from": .string(version), "to": .string(edition.version)])
      version = edition.version
      told("rules \(version) are in force")
    } catch {
      let problem = (error as? Failure)?.message ?? "\(error)"
      log.error(
        "reload-refused", "The rules were not read again, the old ones stay in force: \(problem)",
        ["version": .string(version)])
      told("rules \(version) stay in force: the new ones are bad")
    }
  }
}
