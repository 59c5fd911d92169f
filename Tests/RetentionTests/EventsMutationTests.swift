import Retention
import Testing

/// Events that were cut off or damaged: never a crash, and what is accepted is what it says.
@Suite struct EventsMutationTests {
  @Test(arguments: EventType.allCases) func `an event that is cut off anywhere is broken JSON`(_ type: EventType) throws
  {
    let text = Array(EventsFixture.structured(type).utf8)
    let data = Array(try #require(EventsFixture.fullData[type]).utf8)
    let headers = EventsFixture.headers(type.rawValue)
    for length in 1..<text.count {
      #expect(code(Array(text.prefix(length))) == .invalidJSON, "\(length)")
    }
    for length in 1..<data.count {
      #expect(code(Array(data.prefix(length)), headers: headers) == .invalidJSON, "\(length)")
    }
  }

  @Test func `of 20,000 mutated events every accepted one reads the same when it is written again`() throws {
    var mutation = JSONMutation(seed: 4_217)
    var accepted = 0
    var rejected: [Reject.Code: Int] = [:]
    let texts = EventType.allCases.map { Array(EventsFixture.structured($0).utf8) }
    let values = texts.map(scalars)
    for round in 0..<20_000 {
      let index = round % texts.count
      let text =
        round.isMultiple(of: 3)
        ? mutation.mutate(texts[index], alphabet: Self.alphabet) : exchanged(texts[index], values[index], &mutation)
      do throws(Reject) {
        guard let event = try decode(text).event else { continue }
        accepted += 1
        let again = try decode(event.structured)
        #expect(again == .event(event), "round \(round)")
      } catch { rejected[error.code, default: 0] += 1 }
    }
    #expect(accepted >= 2_000)
    let expected: [Reject.Code] = [
      .invalidJSON, .missingField, .wrongType, .invalidValue, .unsupportedCurrency, .outOfRange, .notACloudEvent,
      .unsupportedSpecVersion,
    ]
    for code in expected { #expect(rejected[code, default: 0] > 0, "\(code)") }
  }

  private static let alphabet =
    Array(#"{}[]:,"\0123456789-+.eEtrufalsnTZ "#.utf8) + [0x00, 0x1F, 0x80, 0xC3, 0xED, 0xFF]

  /// The places of the strings, numbers and literals that are values of members.
  private func scalars(_ text: [UInt8]) -> [Range<Int>] {
    var places: [Range<Int>] = []
    for colon in text.indices where text[colon] == UInt8(ascii: ":") && text[colon - 1] == UInt8(ascii: "\"") {
      var reader = JSONReader(text.span.extracting((colon + 1)..<text.count))
      guard let kind = try? reader.peek(), kind != .object, kind != .array, (try? reader.skipValue()) != nil else {
        continue
      }
      places.append(colon + 1..<colon + 1 + reader.offset)
    }
    return places
  }

  /// Puts one or two other values, some of them the event's own, in the place of values.
  private func exchanged(_ text: [UInt8], _ places: [Range<Int>], _ mutation: inout JSONMutation) -> [UInt8] {
    let strange = [
      "null", "true", "-1", "0", "1", "7.0", "1.5", "2e2", "1e30", "[]", "{}", "[null]", #""""#, #""x""#,
      #""\u0041\ud83d\ude00""#,
      #""2026-11-22T00:00:00Z""#, #""EUR""#, #""delivered""#, "9223372036854775807",
    ].map { Array($0.utf8) }
    var text = text
    for place in places.shuffled(using: &mutation).prefix(Int.random(in: 1...2, using: &mutation)).sorted(by: {
      $0.lowerBound > $1.lowerBound
    }) {
      let own = places.randomElement(using: &mutation).map { Array(text[$0.clamped(to: text.indices)]) } ?? []
      let value = Bool.random(using: &mutation) ? own : strange.randomElement(using: &mutation) ?? []
      text.replaceSubrange(place, with: value)
    }
    return text
  }

  @Test(arguments: EventType.allCases) func `a message never holds anything of the record`(_ type: EventType) throws {
    let secret = "Zq7Secret"
    let data = try #require(EventsFixture.fullData[type])
    let spoiled = data.replacing("\":", with: "\":\"\(secret)\",\"\(secret)\":")
    for text in [
      spoiled, data.replacing(":\"", with: ":\"\(secret)\u{1}"), "{\"\(secret)\":\(secret)}", "\"\(secret)\"",
    ] {
      for found in [
        reject(EventsFixture.structured(type.rawValue, data: text)),
        reject(text, headers: EventsFixture.headers(type.rawValue)),
        reject(text, headers: EventsFixture.headers(type.rawValue) + [MessageHeader("ce_time", secret)]),
      ] {
        #expect(found?.message.contains(secret) != true)
        #expect(found?.message.isEmpty != true)
      }
    }
  }

  @Test func `20,000 mutated headers and data in binary mode are decoded or refused`() throws {
    let alphabet = Array(#"{}[]:,"\0aeE-+. "#.utf8) + [0x00, 0x80, 0xC3, 0xFF]
    var mutation = JSONMutation(seed: 1_001)
    var outcomes = (accepted: 0, refused: 0)
    for round in 0..<20_000 {
      let type = EventType.allCases[round % EventType.allCases.count]
      var headers = EventsFixture.headers(type.rawValue)
      let index = Int.random(in: 0..<headers.count, using: &mutation)
      let spoiled = headers[index]
      if round % 2 == 0 {
        headers[index] = MessageHeader(name: mutation.mutate(spoiled.name, alphabet: alphabet), value: spoiled.value)
      } else {
        headers[index] = MessageHeader(
          name: spoiled.name, value: spoiled.value.map { mutation.mutate($0, alphabet: alphabet) })
      }
      let data = Array(try #require(EventsFixture.fullData[type]).utf8)
      let isRefused = code(round % 3 == 0 ? mutation.mutate(data, alphabet: alphabet) : data, headers: headers) != nil
      if isRefused { outcomes.refused += 1 } else { outcomes.accepted += 1 }
    }
    #expect(outcomes.accepted > 1_000 && outcomes.refused > 5_000)
  }

  private func code(_ bytes: [UInt8], headers: [MessageHeader] = []) -> Reject.Code? {
    do throws(Reject) {
      _ = try decode(bytes, headers: headers)
      return nil
    } catch { return error.code }
  }
}
