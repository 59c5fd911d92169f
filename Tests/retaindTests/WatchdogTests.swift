import Engine
import Testing

@testable import retaind

struct WatchdogTests {
  private let stall = Stall(worker: 1, lasting: .seconds(61))

  @Test func itIsFedSeveralTimesInItsIntervalWhileAllWorkersMove() {
    var watchdog = Watchdog(interval: .seconds(30))
    let fed = stride(from: 0, through: 60, by: 2).filter { watchdog.look(at: .seconds($0), []).feeds }
    #expect(fed == [0, 10, 20, 30, 40, 50, 60])
  }

  @Test func itIsNotFedWhileAWorkerStandsStillAndThatIsToldOnce() {
    var watchdog = Watchdog(interval: .seconds(3))
    #expect(watchdog.look(at: .seconds(1), []).feeds)
    #expect(watchdog.look(at: .seconds(3), [stall]) == Watchdog.Finding(stalled: [stall]))
    #expect(watchdog.look(at: .seconds(5), [stall]) == Watchdog.Finding())
    #expect(watchdog.look(at: .seconds(7), []) == Watchdog.Finding(feeds: true, recovered: [1]))
  }

  @Test func aStallIsToldAlsoWhereNoServiceManagerWatches() {
    var watchdog = Watchdog(interval: nil)
    #expect(watchdog.look(at: .seconds(1), []) == Watchdog.Finding())
    #expect(watchdog.look(at: .seconds(3), [stall]).stalled == [stall])
  }

  @Test func workersAreNotBlamedForATimeInWhichTheWholeProcessStoodStill() {
    var watchdog = Watchdog(interval: .seconds(3))
    #expect(watchdog.look(at: .seconds(1), []).feeds)
    #expect(watchdog.look(at: .seconds(100), [stall]) == Watchdog.Finding())
    #expect(watchdog.look(at: .seconds(102), []) == Watchdog.Finding(feeds: true))
  }
}
