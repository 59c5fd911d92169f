import Engine
import Operations

/// A process with its workers, as a service manager sees it: it runs, or is down until a time.
final class Process {
  /// Which process of the group this is.
  let instance: String
  let disk: SimulatedDisk
  private(set) var host: SimulatedHost
  private(set) var workers: [Worker] = []
  private(set) var board = StatusBoard()
  /// Workers that are within a step: others may be stepped meanwhile, these not.
  private var busy: Set<Int> = []
  /// When a service manager starts it again; nil while it runs.
  var startsAt: Duration?
  /// Whether another process has this one's name, so that it may find itself fenced and end.
  var hasTwin = false

  private let make: (SimulatedHost, Int, StatusBoard, SimulatedDisk) -> Worker

  /// A process that is not started yet.
  init(
    _ cluster: SimulatedCluster, instance: String, disk: SimulatedDisk,
    _ make: @escaping (SimulatedHost, Int, StatusBoard, SimulatedDisk) -> Worker
  ) {
    self.instance = instance
    self.disk = disk
    self.make = make
    host = SimulatedHost(cluster, instance: instance)
  }

  var isRunning: Bool { !workers.isEmpty }
  var isBusy: Bool { !busy.isEmpty }

  /// Starts it; what it was before is gone.
  func start(workers count: Int) {
    host = SimulatedHost(host.cluster, instance: instance)
    board = StatusBoard()
    busy = []
    startsAt = nil
    workers = (0..<count).map { make(host, $0, board, disk) }
  }

  /// Kills it: nothing of it happens any more, also where its code is still on the stack.
  func kill(until start: Duration?) {
    host.die()
    workers = []
    startsAt = start
  }

  /// Ends it in order.
  func stop(until start: Duration?) {
    busy = Set(workers.indices)
    for worker in workers { worker.shutDown() }
    kill(until: start)
  }

  /// Steps a worker, unless it is within a step already. Throws when the worker needs an operator.
  func step(_ number: Int) throws(Stop) {
    guard number < workers.count, !busy.contains(number) else { return }
    let (worker, host) = (workers[number], host)
    busy.insert(number)
    defer { if host === self.host { busy.remove(number) } }
    do throws(Stop) {
      _ = try worker.step()
    } catch {
      // What a dead process makes of its failing calls does not matter.
      if host.isAlive { throw error }
    }
  }
}
