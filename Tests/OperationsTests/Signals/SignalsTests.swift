import Foundation
import Synchronization
import Testing

@testable import Operations

@Suite struct SignalsTests {
  /// Runs `body` on a thread of its own: it changes the thread's signal mask, which a pool's thread must keep.
  private func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      Thread { continuation.resume(returning: body()) }.start()
    }
  }

  @Test(arguments: Signal.allCases) func aSignalThatCameBeforeTheWaitIsTaken(signal: Signal) async {
    let taken = await onThread {
      let signals = Signals.block()
      pthread_kill(pthread_self(), signal.number)
      return signals.next(timeout: .seconds(60))
    }
    #expect(taken == signal)
  }

  @Test func aSignalIsTakenOnce() async {
    let taken = await onThread {
      let signals = Signals.block()
      pthread_kill(pthread_self(), SIGHUP)
      return [signals.next(timeout: .zero), signals.next(timeout: .zero)]
    }
    #expect(taken == [.hangUp, nil])
  }

  @Test func withoutASignalTheWaitEndsWithItsTimeout() async {
    #expect(await onThread { Signals.block().next(timeout: .milliseconds(1)) } == nil)
  }

  @Test func anotherThreadEndsAWaitWithoutALimit() async {
    let taken = await onThread { () -> Signal? in
      let signals = Signals.block()
      Thread { signals.wake() }.start()
      return signals.next(timeout: .seconds(Int64.max))
    }
    #expect(taken == nil)
  }

  @Test func aWakeUpDoesNotSwallowASignal() async {
    let taken = await onThread {
      let signals = Signals.block()
      signals.wake()
      pthread_kill(pthread_self(), SIGTERM)
      return [signals.next(timeout: .zero), signals.next(timeout: .zero)]
    }
    #expect(Set(taken) == [.terminate, nil])
  }

  @Test func aWriteToAClosedPipeIsAnErrorAndNotTheEnd() {
    Signals.ignoreBrokenPipes()
    var ends: [CInt] = [0, 0]
    #expect(pipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    #expect(write(ends[1], "x", 1) == -1)
    #expect(errno == EPIPE)
  }
}
