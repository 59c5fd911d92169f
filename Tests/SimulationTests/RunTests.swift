import Simulation
import Testing

/// The simulation as a whole: it finds nothing wrong, and a seed is the same run each time.
struct RunTests {
  @Test(arguments: 0..<12 as Range<UInt64>)
  func whatComesOutIsWhatAPlainLoopMakes(_ seed: UInt64) throws {
    let result = Run(seed: seed, program: try Run.program()).play()
    #expect(result.violations == [])
    #expect(result.events > 0)
  }

  @Test func aSeedIsTheSameRunEachTime() throws {
    var lines: [[String]] = [[], []]
    for index in lines.indices {
      // The lines of the log carry the real time.
      _ = Run(seed: 7, program: try Run.program(), trace: { if $0.contains(" seconds ") { lines[index].append($0) } })
        .play()
    }
    #expect(lines[0].count > 100)
    #expect(lines[0] == lines[1])
  }
}
