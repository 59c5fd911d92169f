/// The one source of chance of a run.
final class Dice {
  private var random: Seeded

  init(seed: UInt64) { random = Seeded(seed) }

  func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// True once in `odds` times; never for 0.
  func happens(oneIn odds: Int) -> Bool { odds > 0 && number(1...odds) == 1 }

  func pick<C: Collection>(_ choices: C) -> C.Element? { choices.randomElement(using: &random) }

  func milliseconds(_ range: ClosedRange<Int>) -> Duration { .milliseconds(number(range)) }
}
