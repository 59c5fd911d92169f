import Foundation
import Testing

@testable import Operations

@Suite struct LogFormatTests {
  let recorded = RecordedLog()

  private func object(_ line: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test(arguments: [
    "", "plain", "quote \" backslash \\ slash /", "line\nfeed\r\ttab", "\u{0}\u{1}\u{1f}\u{7f}\u{9b}31m", "积分到账 🐈",
    "\u{2028}\u{2029}\u{fffd}\u{10ffff}", "e\u{301}",
  ])
  func anyTextIsReadBackByAJSONParserAndStaysOnOneLine(text: String) throws {
    recorded.log().info("some-event", text, ["field": .string(text), "field \(text)": 1])
    let line = try #require(recorded.lines.first)
    let parsed = try object(line)
    #expect(parsed["message"] as? String == text)
    #expect(parsed["field"] as? String == text)
    #expect(parsed["field \(text)"] as? Int == 1)
    #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
  }

  @Test func everyScalarBelowTheSurrogatesIsReadBack() throws {
    for start in stride(from: UInt32(0), to: 0xd800, by: 256) {
      let text = String(String.UnicodeScalarView((start..<start + 256).compactMap(Unicode.Scalar.init)))
      var bytes: [UInt8] = []
      LogText.appendQuoted(text, to: &bytes)
      let parsed = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) as? String
      #expect(parsed?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    }
  }

  @Test(arguments: [0, -0.0, 1.5, 1e300, .leastNonzeroMagnitude, -1e-7, 123_456_789.125])
  func aNumberIsReadBackExactly(number: Double) throws {
    recorded.log().info("some-event", "message", ["n": .double(number)])
    #expect(try object(recorded.lines[0])["n"] as? Double == number)
  }

  @Test func aNumberThatJSONCannotWriteIsAString() throws {
    recorded.log().info("some-event", "message", ["a": .double(.nan), "b": .double(-.infinity)])
    let parsed = try object(recorded.lines[0])
    #expect(parsed["a"] as? String == "nan")
    #expect(parsed["b"] as? String == "-inf")
  }

  @Test func anIntegerBeyond64BitsIsClamped() {
    #expect(LogValue.integer(UInt64.max) == .integer(Int64.max))
  }

  @Test func textIsCutAtItsLimitWithoutSplittingACharacter() throws {
    recorded.log().info("some-event", "message", ["field": .string(String(repeating: "积", count: 5_000))])
    let text = try #require(try object(recorded.lines[0])["field"] as? String)
    #expect(text.hasSuffix("积…"))
    #expect((LogValue.maximumTextBytes...LogValue.maximumTextBytes + 6).contains(text.utf8.count))
  }

  @Test func aFieldCannotHideWhatEveryLineHas() throws {
    recorded.log().info("some-event", "message", ["level": "none", "time": 0])
    let parsed = try object(recorded.lines[0])
    #expect(parsed["level"] as? String == "info")
    #expect(parsed["level_"] as? String == "none")
    #expect(parsed["time_"] as? Int == 0)
  }

  @Test func aFieldGivenTwiceStandsOnceWithItsLastValue() throws {
    recorded.log().info("some-event", "message", ["a": 1, "b": 2, "a": 3])
    #expect(recorded.lines[0].hasSuffix(#""message":"message","a":3,"b":2}"#))
  }

  @Test func textForATerminalIsAlignedAndQuotesOnlyWhatNeedsIt() {
    let log = recorded.log { $0.format = .text(colour: false) }
    log.info("ready", "first assignment restored", ["partitions": 8, "topic": "a b", "empty": "", "path": "/var/lib"])
    log.warning("broker-away", "gone\nreally", ["reason": "say \"no\"\u{1b}[31m"])
    #expect(
      recorded.lines == [
        "2026-11-22T04:39:43.123Z info     ready                    first assignment restored partitions=8 "
          + #"topic="a b" empty="" path=/var/lib"#,
        #"2026-11-22T04:39:43.123Z warning  broker-away              gone\nreally reason="say \"no\"\u001b[31m""#,
      ])
  }

  @Test func coloursAreWrittenOnlyWhenAskedFor() {
    recorded.log { $0.format = .text(colour: true) }.error("some-event", "message", ["a": 1])
    recorded.log { $0.format = .text(colour: false) }.error("some-event", "message", ["a": 1])
    #expect(recorded.lines[0].contains("\u{1b}[31merror   \u{1b}[0m some-event"))
    #expect(!recorded.lines[1].contains("\u{1b}"))
  }

  @Test func foldedTextShowsItsCount() {
    let log = recorded.log { $0.format = .text(colour: false) }
    for _ in 0..<2 { log.warning("some-event", "message") }
    log.flush()
    #expect(recorded.lines.last?.hasSuffix("message repeated=1") == true)
  }
}
