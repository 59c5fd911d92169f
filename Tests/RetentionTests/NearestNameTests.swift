import Testing

@testable import Retention

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("", "abc", 3), ("events", "event", 1), ("events", "evnets", 1),
    ("events", "evants", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
  ])
  func theDistanceIsTheNumberOfEdits(a: String, b: String, expected: Int) {
    #expect(NearestName.distance(Array(a), Array(b)) == expected)
  }

  @Test func theNearestIsFoundAndTheFirstOfSeveralWins() {
    #expect(NearestName.of("evens", among: ["quiet", "events", "rules"]) == "events")
    #expect(NearestName.of("aab", among: ["aaa", "aac"]) == "aaa")
  }

  @Test func whatIsNotNearIsNoHint() {
    #expect(NearestName.of("zzz", among: ["events", "run"]) == nil)
    #expect(NearestName.of("events", among: []) == nil)
  }
}
