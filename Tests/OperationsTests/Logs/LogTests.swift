import Foundation
import Synchronization
import Testing

@testable import Operations

@Suite struct LogTests {
  let recorded = RecordedLog()

  @Test func aLineIsOneObjectWithTimeLevelEventMessageAndTheFieldsInCallOrder() {
    let records = 1_200
    recorded.log().info(
      "partition-restored", "state partition restored",
      ["partition": 3, "records": .integer(records), "share": 0.5, "checkpoint": true, "topic": "retaind.state"])
    #expect(
      recorded.lines == [
        #"{"time":"2026-11-22T04:39:43.123Z","level":"info","event":"partition-restored","#
          + #""message":"state partition restored","partition":3,"records":1200,"share":0.5,"checkpoint":true,"#
          + #""topic":"retaind.state"}"#
      ])
  }

  @Test(arguments: LogLevel.allCases) func onlyLinesFromTheMinimumLevelOnAreWritten(minimum: LogLevel) {
    let log = recorded.log { $0.minimumLevel = minimum }
    for level in LogLevel.allCases { log.write(level, "some-event", "message") }
    #expect(recorded.lines.count == LogLevel.allCases.filter { $0 >= minimum }.count)
  }

  @Test func aDisabledLineComputesNeitherMessageNorFields() {
    let computed = Mutex(0)
    func text() -> String {
      computed.withLock { $0 += 1 }
      return "text"
    }
    recorded.log().debug("some-event", text(), ["field": .string(text())])
    #expect(computed.withLock { $0 } == 0)
  }

  @Test func eachLevelHasItsSyslogPriorityInFrontWhenAskedFor() {
    let log = recorded.log {
      $0.minimumLevel = .debug
      $0.hasSyslogPrefix = true
    }
    log.debug("e", "m")
    log.info("e", "m")
    log.notice("e", "m")
    log.warning("e", "m")
    log.error("e", "m")
    log.critical("e", "m")
    #expect(recorded.lines.map { $0.prefix(4) } == ["<7>{", "<6>{", "<5>{", "<4>{", "<3>{", "<2>{"])
  }

  @Test func aDerivedLogPutsItsFieldsFirstAndAFieldOfTheLineWins() throws {
    let log = recorded.log().with(["worker": 1, "phase": "idle"])
    log.info("some-event", "message", ["partition": 2, "phase": "busy"])
    #expect(try #require(recorded.lines.first).hasSuffix(#""worker":1,"phase":"busy","partition":2}"#))
  }

  @Test func customerIdsAreHiddenUnlessConfigured() {
    let pseudonym = Pseudonym()
    recorded.log { $0.pseudonym = pseudonym }.info("some-event", "message", ["customer": .customer("alice")])
    recorded.log { $0.showsCustomerIds = true }.info("some-event", "message", ["customer": .customer("alice")])
    #expect(!recorded.lines[0].contains("alice"))
    #expect(recorded.lines[0].contains(#""customer":"\#(pseudonym.name(for: "alice"))""#))
    #expect(recorded.lines[1].contains(#""customer":"alice""#))
  }

  @Test func linesOfManyThreadsStayWhole() throws {
    let log = recorded.log()
    DispatchQueue.concurrentPerform(iterations: 200) { log.info("some-event", "message", ["n": .integer($0)]) }
    let numbers = try recorded.lines.map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require(object?["n"] as? Int)
    }
    #expect(numbers.sorted() == Array(0..<200))
  }

  @Test func identicalWarningsAreFoldedIntoOneLineWithTheirCount() {
    let log = recorded.log()
    for _ in 0..<5 { log.warning("broker-away", "broker does not answer", ["broker": "b1"]) }
    #expect(recorded.lines.count == 1)
    recorded.advance(seconds: 60)
    log.expireFolds()
    #expect(recorded.lines.count == 2)
    #expect(
      recorded.lines.last
        == #"{"time":"2026-11-22T04:40:43.123Z","level":"warning","event":"broker-away","#
        + #""message":"broker does not answer","broker":"b1","repeated":4}"#)
  }

  @Test func whatWasFoldedIsWrittenBeforeTheEnd() {
    let log = recorded.log()
    for _ in 0..<3 { log.error("some-event", "message") }
    log.flush()
    log.flush()
    #expect(recorded.lines.count == 2)
    #expect(recorded.lines.last?.hasSuffix(#""repeated":2}"#) == true)
  }

  @Test func derivedLogsFoldTogetherWithTheirOrigin() {
    let log = recorded.log()
    log.with(["worker": 1]).warning("some-event", "message")
    log.with(["worker": 1]).warning("some-event", "message")
    log.with(["worker": 2]).warning("some-event", "message")
    #expect(recorded.lines.count == 2)
  }
}
