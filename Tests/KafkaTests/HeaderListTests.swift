import CRdKafka
import Testing

@testable import Kafka

@Suite("Header list") struct HeaderListTests {
  private let headers = [
    Header("first", "1"), Header(name: Array("null".utf8), value: nil), Header(name: Array("empty".utf8), value: []),
    Header("first", "2"),
  ]

  @Test func itHoldsHeadersInTheirOrder() {
    #expect(HeaderList().headers == [])
    #expect(HeaderList(headers).headers == headers)
  }

  @Test func moreThanWereExpectedFindRoom() {
    var list = HeaderList()
    let value: [UInt8] = [1, 0, 2]
    for _ in 0..<20 { list.append("name", value.span) }
    #expect(list.headers == Array(repeating: Header(name: Array("name".utf8), value: value), count: 20))
  }

  @Test func whatIsRefusedStays() {
    var list = HeaderList(headers)
    list.hand { _ in false }
    #expect(list.headers == headers)
  }

  @Test func whatIsTakenIsGone() {
    var list = HeaderList(headers)
    list.hand {
      if let taken = $0 { rd_kafka_headers_destroy(taken) }
      return true
    }
    #expect(list.headers == [])
    list.hand {
      #expect($0 == nil)
      return true
    }
  }
}
