import Foundation
import Testing

@testable import simulate

@Suite("Mutants")
struct MutantTests {
  @Test("each mutant's places are in the engine, once, however many mutants are in the same file")
  func places() throws {
    let engine = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/Engine")
    var files: [String: String] = [:]
    for mutant in Mutant.all {
      for edit in mutant.edits {
        let text = try files[edit.file] ?? String(contentsOf: engine.appendingPathComponent(edit.file), encoding: .utf8)
        let broken: String = try #require(edit.applied(to: text), "\(mutant.name): \(edit.original)")
        files[edit.file] = broken
      }
    }
    #expect(Mutant.all.count >= 10)
  }

  @Test("a mutant is awake by its own name and no other")
  func names() {
    #expect(Set(Mutant.all.map(\.name)).count == Mutant.all.count)
    for mutant in Mutant.all {
      #expect(
        mutant.edits.contains {
          $0.broken.contains("mutant == \"\(mutant.name)\"") || $0.broken.contains("mutant != \"\(mutant.name)\"")
        })
    }
  }
}
