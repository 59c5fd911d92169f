import Foundation
import Testing

@testable import Kafka

@Suite("Wakers", .blocking)
struct WakerTests {
  private let waker = Waker()

  private func consumer() throws -> Consumer {
    try Consumer(ClientConfiguration(properties: ["group.id": "g"]), observer: .silent, waker: waker)
  }

  @Test("end the poll of each of their consumers, or the next one")
  func polls() throws {
    let consumers = [try consumer(), try consumer()]
    for _ in 0..<3 {
      Thread.detachNewThread { [waker] in waker.wake() }
      for consumer in consumers { #expect(try consumer.poll(limit: 1, timeout: .seconds(3_600)).records.count == 0) }
    }
    for consumer in consumers { consumer.close(timeout: .seconds(5)) }
  }

  @Test("know nothing of a consumer that is closed")
  func closed() throws {
    try consumer().close(timeout: .seconds(5))
    let other = try consumer()
    waker.wake()
    #expect(try other.poll(limit: 1, timeout: .seconds(3_600)).records.count == 0)
    other.close(timeout: .seconds(5))
  }
}
