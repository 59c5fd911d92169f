import Glibc

/// The process's signals as values for a thread that waits for them.
///
/// They are blocked in every thread and taken from the kernel's queue by `sigtimedwait`. So no code ever runs in signal
/// context, where hardly anything may be called, least of all Swift; and librdkafka's threads, which inherit the mask, cannot be hit. A
/// dispatch source would do the same with one more thread and its queue, and leaves the signals' handling in two places.
public struct Signals: Sendable {
  /// Wakes the waiting thread; nobody outside is meant to send it.
  private static let wakeUp = SIGUSR2

  private let waitingThread: pthread_t

  /// Blocks the signals in the calling thread, which is the one that waits for them, and in all that it starts; ignores SIGPIPE.
  /// Call it on the main thread before there is any other, and so before the first Kafka client: a signal that finds a
  /// thread where it is not blocked ends the process.
  public static func block() -> Signals {
    ignoreBrokenPipes()
    var set = awaited
    pthread_sigmask(SIG_BLOCK, &set, nil)
    return Signals(waitingThread: pthread_self())
  }

  /// Makes a write to a closed pipe or socket an error (EPIPE) instead of the end of the process.
  public static func ignoreBrokenPipes() { _ = Glibc.signal(SIGPIPE, SIG_IGN) }

  private init(waitingThread: pthread_t) { self.waitingThread = waitingThread }

  /// Waits for a signal; nil when `timeout` is over, or when another thread called `wake`.
  ///
  /// Only the thread that called `block` may wait. Signals that came before are there; the same one sent twice before it is taken comes once.
  public func next(timeout: Duration) -> Signal? {
    let clock = MonotonicClock.system
    let (deadline, isForEver) = clock.nanoseconds().addingReportingOverflow(max(0, timeout.nanoseconds))
    var set = Self.awaited
    while true {
      let wait = isForEver ? 1_000_000_000 : max(0, deadline - clock.nanoseconds())
      var limit = timespec(tv_sec: Int(wait / 1_000_000_000), tv_nsec: Int(wait % 1_000_000_000))
      let number = sigtimedwait(&set, nil, &limit)
      if number == Self.wakeUp { return nil }
      if let signal = Signal.allCases.first(where: { $0.number == number }) { return signal }
      // EINTR comes with a stop and a continuation of the process, EAGAIN with the end of the time.
      if errno == EAGAIN, !isForEver { return nil }
    }
  }

  /// Makes the wait of the other thread return nil, now or the next time: it has something to look at, such as a
  /// worker that ended.
  public func wake() { pthread_kill(waitingThread, Self.wakeUp) }

  private static var awaited: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in Signal.allCases { sigaddset(&set, signal.number) }
    sigaddset(&set, wakeUp)
    return set
  }
}
