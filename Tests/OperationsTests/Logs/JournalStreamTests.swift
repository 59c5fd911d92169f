import Foundation
import Testing

@testable import Operations

@Suite struct JournalStreamTests {
  private let handle = FileHandle(forReadingAtPath: "/dev/null")

  @Test func theDescriptorItNamesIsConnected() throws {
    let descriptor = try #require(handle).fileDescriptor
    var status = stat()
    #expect(fstat(descriptor, &status) == 0)
    let stream = try #require(JournalStream("\(status.st_dev):\(status.st_ino)"))
    #expect(stream.isConnected(to: descriptor))
  }

  @Test func aRedirectedDescriptorIsNot() throws {
    let stream = try #require(JournalStream("1:999999999999"))
    #expect(!stream.isConnected(to: try #require(handle).fileDescriptor))
    #expect(!stream.isConnected(to: -1))
  }

  @Test(arguments: [nil, "", "8", "8:", "8:9:10", "a:b", "-1:2"]) func anythingElseNamesNothing(value: String?) {
    #expect(JournalStream(value) == nil)
  }
}
