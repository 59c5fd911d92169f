import Foundation
import Retention
import Testing

/// Our reader against Foundation's, over `JSONCorpus` and mutations. Foundation is the oracle where it keeps RFC 8259;
/// each deviation is a row of `deviations` with the section that decides.
@Suite struct JSONOracleTests {
  struct Deviation: Sendable, CustomTestStringConvertible {
    let name: String
    let text: [UInt8]
    let isAccepted: Bool
    let because: String

    init(_ name: String, _ text: [UInt8], accepted: Bool, _ because: String) {
      (self.name, self.text, self.isAccepted, self.because) = (name, text, accepted, because)
    }

    init(_ text: String, accepted: Bool, _ because: String) {
      self.init(text, Array(text.utf8), accepted: accepted, because)
    }

    var testDescription: String { "\(name): \(because)" }
  }

  static let deviations: [Deviation] = [
    Deviation("[1,]", accepted: false, "section 5: a value follows each comma"),
    Deviation("[1 , ]", accepted: false, "section 5: a value follows each comma"),
    Deviation(#"{"a":1,}"#, accepted: false, "section 4: a member follows each comma"),
    Deviation(#"{"a":1, }"#, accepted: false, "section 4: a member follows each comma"),
    Deviation("\u{FEFF}[]", accepted: false, "section 8.1: no byte order mark; ignoring one is only allowed"),
    Deviation("UTF-16LE", [0x5B, 0, 0x5D, 0], accepted: false, "section 8.1: texts are UTF-8"),
    Deviation("UTF-16BE", [0, 0x5B, 0, 0x5D], accepted: false, "section 8.1: texts are UTF-8"),
    Deviation("UTF-16 with a mark", [0xFF, 0xFE, 0x5B, 0, 0x5D, 0], accepted: false, "section 8.1: texts are UTF-8"),
    Deviation("UTF-32LE", [0x5B, 0, 0, 0, 0x5D, 0, 0, 0], accepted: false, "section 8.1: texts are UTF-8"),
    Deviation("1 and NUL", [0x31, 0], accepted: false, "section 2: NUL is no whitespace"),
    Deviation("1e400", accepted: true, "section 6: the grammar has no bound; nobody reads this number"),
    Deviation("[-1e400]", accepted: true, "section 6: the grammar has no bound; nobody reads this number"),
    Deviation(
      "65 arrays", JSONCorpus.arrays(65, closed: 65), accepted: false, "section 9: a limit to the depth is allowed"),
    Deviation("65 objects", JSONCorpus.objects(65), accepted: false, "section 9: a limit to the depth is allowed"),
    Deviation(
      "512 arrays", JSONCorpus.arrays(512, closed: 512), accepted: false, "section 9: a limit to the depth is allowed"),
  ]

  @Test func `the corpus has at least 300 texts of either verdict`() {
    let accepted = JSONCorpus.all.count { isAccepted($0) }
    #expect(JSONCorpus.all.count >= 700)
    #expect(accepted >= 150)
    #expect(JSONCorpus.all.count - accepted >= 300)
  }

  @Test func `every text is accepted or refused as Foundation does, but for the listed deviations`() {
    let deviating = Set(Self.deviations.map(\.text))
    for text in JSONCorpus.all + JSONCorpus.alignments where !deviating.contains(text) {
      let expected = JSONTree(foundation: text) != nil
      #expect(isAccepted(text) == expected, "\(String(decoding: text, as: UTF8.self).debugDescription) \(text)")
    }
  }

  @Test(arguments: deviations) func `a deviation is real and goes the way RFC 8259 says`(_ deviation: Deviation) {
    #expect(isAccepted(deviation.text) == deviation.isAccepted)
    #expect(
      (JSONTree(foundation: deviation.text) != nil) != deviation.isAccepted, "Foundation agrees by now: drop the row")
  }

  @Test func `what is accepted has the strings, integers and shape that Foundation reads`() throws {
    var compared = 0
    for text in JSONCorpus.all + JSONCorpus.alignments {
      guard let expected = JSONTree(foundation: text), let read = try? JSONTree.read(text) else { continue }
      #expect(read == expected, "\(String(decoding: text, as: UTF8.self).debugDescription)")
      compared += 1
    }
    #expect(compared >= 300)
  }

  @Test func `20,000 mutated texts are accepted or refused as Foundation does, but for trailing commas`() {
    let base = Array(JSONCorpus.rich[0].replacing("1e3", with: "13").replacing("-2.5E-3", with: "-2.5").utf8)
    let alphabet =
      Array(#"{}[]:,"\/bfnrtu0123456789abcdefABCDEF+-. xlsé"#.utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC0, 0xED, 0xFF]
    var mutation = JSONMutation(seed: 8_259)
    var accepted = 0
    for round in 0..<20_000 {
      // The first bytes stay, because Foundation guesses UTF-16 and UTF-32 from zeros among them.
      let text = Array(base.prefix(4)) + mutation.mutate(Array(base.dropFirst(4)), alphabet: alphabet)
      let expected = JSONTree(foundation: text)
      let read = try? JSONTree.read(text)
      if read != nil { accepted += 1 }
      if read == expected || read == nil && endsAfterComma(text) { continue }
      Issue.record("round \(round): \(String(decoding: text, as: UTF8.self).debugDescription)")
    }
    #expect(accepted >= 1_000)
  }

  /// Whether our reader stopped at a bracket that follows a comma, which only Foundation lets pass.
  private func endsAfterComma(_ text: [UInt8]) -> Bool {
    var reader = JSONReader(text.span)
    do {
      try reader.skipValue()
      return false
    } catch {
      guard error.code == .unexpectedByte, "]}".utf8.contains(text[error.offset]) else { return false }
      return text[..<error.offset].last { !" \n\r\t".utf8.contains($0) } == UInt8(ascii: ",")
    }
  }
}

/// Whether our reader takes the text, by skipping: so what is skipped is validated too.
func isAccepted(_ text: [UInt8]) -> Bool {
  var reader = JSONReader(text.span)
  do {
    try reader.skipValue()
    try reader.finish()
    return true
  } catch { return false }
}
