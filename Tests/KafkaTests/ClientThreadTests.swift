import Foundation
import Synchronization
import Testing

@testable import Kafka

@Suite("Threads of clients", .blocking)
struct ClientThreadTests {
  /// How late the system may wake this thread when its time has come, in nanoseconds.
  private static func slack() -> Int? {
    // The link says: the process's number, "task" and the thread's.
    guard let thread = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self"),
      let number = thread.split(separator: "/").last,
      let text = try? String(contentsOfFile: "/proc/\(number)/timerslack_ns", encoding: .utf8)
    else { return nil }
    return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  @Test("may be woken late, so that they do not spin until their timers are due; the caller's may not")
  func timerSlack() throws {
    let before = Self.slack()
    let ofClient = Log()
    // That nobody is there is logged by the thread that tried to connect.
    let consumer = try Consumer(
      ClientConfiguration(properties: ["bootstrap.servers": "127.0.0.1:1", "group.id": "g"]),
      observer: ClientObserver(log: { _ in ofClient.append(Self.slack()) }))
    _ = try consumer.poll(until: { _ in !ofClient.slacks.isEmpty })
    consumer.close(timeout: .seconds(5))
    #expect(ofClient.slacks.first == 1_000_000)
    #expect(before != nil && Self.slack() == before)
  }

  private final class Log: Sendable {
    private let content = Mutex<[Int?]>([])
    var slacks: [Int?] { content.withLock { $0 } }
    func append(_ slack: Int?) { content.withLock { $0.append(slack) } }
  }
}
