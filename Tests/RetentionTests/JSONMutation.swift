/// A small seeded generator (SplitMix64), so that a failure can be had again by its seed.
struct JSONMutation: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// One to three edits: a byte changed, put in, taken out, or doubled with what follows it.
  mutating func mutate(_ text: [UInt8], alphabet: [UInt8]) -> [UInt8] {
    var text = text
    for _ in 0..<Int.random(in: 1...3, using: &self) where !text.isEmpty {
      let position = Int.random(in: 0..<text.count, using: &self)
      let byte = alphabet.randomElement(using: &self) ?? 0
      switch Int.random(in: 0..<5, using: &self) {
      case 0: text[position] = byte
      case 1: text.insert(byte, at: position)
      case 2: text.remove(at: position)
      case 3: text[position] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      default: text.insert(contentsOf: text[position..<min(position + 8, text.count)], at: position)
      }
    }
    return text
  }
}
