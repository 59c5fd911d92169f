import Testing

@testable import Operations

@Suite struct WarningFoldTests {
  private var fold = WarningFold(length: 10)
  private let a: [UInt8] = [1]
  private let b: [UInt8] = [2]

  @Test mutating func theFirstOfItsKindIsWrittenAtOnce() {
    let (isWritten, due) = fold.admit(.warning, a, now: 0)
    #expect(isWritten && due.isEmpty)
  }

  @Test mutating func linesInBetweenDoNotBreakAFold() {
    _ = fold.admit(.warning, a, now: 0)
    #expect(fold.admit(.warning, b, now: 1).isWritten)
    #expect(!fold.admit(.warning, a, now: 2).isWritten)
    #expect(!fold.admit(.warning, b, now: 3).isWritten)
  }

  @Test mutating func afterItsWindowALineIsWrittenAgainAfterTheCountOfTheLastWindow() {
    _ = fold.admit(.warning, a, now: 0)
    _ = fold.admit(.warning, a, now: 9)
    let (isWritten, due) = fold.admit(.warning, a, now: 10)
    #expect(isWritten)
    #expect(due == [WarningFold.Repeated(level: .warning, body: a, count: 1)])
  }

  @Test mutating func aWindowWithoutRepetitionEndsSilently() {
    _ = fold.admit(.warning, a, now: 0)
    #expect(fold.expire(now: 100).isEmpty)
  }

  @Test(arguments: [LogLevel.debug, .info, .notice, .critical])
  func otherLevelsAreNeverFolded(level: LogLevel) {
    var fold = WarningFold(length: 10)
    _ = fold.admit(level, a, now: 0)
    #expect(fold.admit(level, a, now: 1).isWritten)
  }

  @Test mutating func theSameLineAtAnotherLevelIsAnotherLine() {
    _ = fold.admit(.warning, a, now: 0)
    #expect(fold.admit(.error, a, now: 1).isWritten)
  }

  @Test func aLengthOfZeroFoldsNothing() {
    var fold = WarningFold(length: 0)
    _ = fold.admit(.warning, a, now: 0)
    #expect(fold.admit(.warning, a, now: 0).isWritten)
  }

  @Test mutating func moreKindsThanAreWatchedEndTheOldestWindowAndLoseNoCount() {
    _ = fold.admit(.warning, a, now: 0)
    _ = fold.admit(.warning, a, now: 0)
    var due: [WarningFold.Repeated] = []
    for kind in 0..<WarningFold.capacity { due += fold.admit(.warning, [9, UInt8(kind)], now: 1).due }
    #expect(due == [WarningFold.Repeated(level: .warning, body: a, count: 1)])
  }
}
