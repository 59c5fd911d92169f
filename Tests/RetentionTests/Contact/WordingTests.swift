import Testing

@testable import Retention

@Suite("Wording") struct WordingTests {
  private let zone = LocalTime(identifier: "Asia/Shanghai")

  /// What is wrong with a wording whose English file has these entries; nil when nothing is.
  private func problem(_ replacing: [Template: String] = [:], adding: String = "") -> ConfigurationError? {
    do throws(ConfigurationError) {
      _ = try Wording(json5: [
        .chinese: PlainWording.file(.chinese),
        .english: PlainWording.file(.english, replacing: replacing, adding: adding),
      ])
      return nil
    } catch { return error }
  }

  private func composed(_ entry: String, _ parameters: [(name: String, value: Value)]) throws -> [String] {
    let wording = try Wording(json5: [
      .chinese: PlainWording.file(.chinese), .english: PlainWording.file(.english, replacing: [.careGuide: entry]),
    ])
    let text = wording.compose(.careGuide, parameters, in: .english, at: try #require(zone))
    return [text.title, text.body]
  }

  @Test func theValuesTakeThePlacesOfTheirParameters() throws {
    let entry = #"{title: "{orderId}", body: "of {orderId} and {orderId}!"}"#
    #expect(try composed(entry, [("orderId", .text("o-1"))]) == ["o-1", "of o-1 and o-1!"])
  }

  @Test func aValueIsNotReadForParametersAgain() throws {
    let entry = #"{title: "t", body: "<{orderId}>"}"#
    #expect(try composed(entry, [("orderId", .text("{orderId}"))]) == ["t", "<{orderId}>"])
  }

  @Test func aWordCanDependOnANumber() throws {
    let entry = #"{title: "{points} {points|point|points}", body: "{orderId|a|b}"}"#
    let wording = try Wording(json5: [
      .chinese: PlainWording.file(.chinese), .english: PlainWording.file(.english, replacing: [.pointsAccrued: entry]),
    ])
    for (points, title) in [(1, "1 point"), (0, "0 points"), (2, "2 points"), (-1, "-1 points")] as [(Int64, String)] {
      let text = wording.compose(
        .pointsAccrued, [("points", .integer(points)), ("orderId", .text("1"))], in: .english, at: try #require(zone))
      #expect(text.title == title)
      #expect(text.body == "b")
    }
  }

  @Test func aClosingBraceAloneIsText() throws {
    #expect(try composed(#"{title: "a } b", body: "}"}"#, [("orderId", .text("o-1"))]) == ["a } b", "}"])
  }

  @Test func eachLanguageHasItsOwnText() throws {
    let wording = try PlainWording.all()
    let zone = try #require(zone)
    #expect(wording.compose(.survey, [], in: .chinese, at: zone).title == "zh-Hans feedback.survey")
    #expect(wording.compose(.survey, [], in: .english, at: zone).title == "en feedback.survey")
  }

  @Test func aMissingLanguageIsNamed() {
    let error = #expect(throws: ConfigurationError.self) {
      try Wording(json5: [.chinese: PlainWording.file(.chinese)])
    }
    #expect(error?.problem.contains("en") == true)
  }

  @Test func aMissingSalutationIsNamed() {
    let error = #expect(throws: ConfigurationError.self) {
      try Wording(json5: [.chinese: PlainWording.file(.chinese), .english: Array("{}".utf8)])
    }
    #expect(error?.path == "en: salutation")
  }

  @Test func aMissingTemplateIsNamed() {
    for template in Template.allCases {
      #expect(problem([template: ""])?.path == "en: \(template.rawValue)")
    }
  }

  @Test(arguments: [
    (#"{body: "b"}"#, "feedback.survey.title", "is missing"),
    (#"{title: "t"}"#, "feedback.survey.body", "is missing"),
    (#"{title: "", body: "b"}"#, "feedback.survey.title", "is empty"),
    (#"{title: 1, body: "b"}"#, "feedback.survey.title", "a string is needed"),
    (
      #"{title: "t", body: "{points}"}"#, "feedback.survey.body",
      "uses {points}; feedback.survey has only orderId, salutation"
    ),
    (#"{title: "{orderId|one}", body: "b"}"#, "feedback.survey.title", "a plural is {orderId|one|many}"),
    (#"{title: "{salutation|a|b}", body: "b"}"#, "feedback.survey.title", "has only orderId, salutation"),
    (#"{title: "t {", body: "b"}"#, "feedback.survey.title", "a { without a }"),
    (#"{title: "t", body: "b", boby: "c"}"#, "feedback.survey.boby", "did you mean body?"),
    (#""text""#, "feedback.survey", "an object is needed"),
  ])
  func aFaultNamesItsLanguageItsPlaceAndWhatIsNeeded(_ entry: String, _ path: String, _ words: String) {
    let error = problem([.survey: entry])
    #expect(error?.path == "en: \(path)")
    #expect(error?.problem.contains(words) == true)
  }

  @Test func anUnknownTemplateIsNamed() {
    let error = problem(adding: #", "shipment.delivred": {title: "t", body: "b"}"#)
    #expect(error?.path == "en: shipment.delivred")
    #expect(error?.problem.contains("did you mean shipment.delivered?") == true)
  }

  @Test func aFileThatIsNotJSON5NamesItsLanguage() {
    let error = #expect(throws: ConfigurationError.self) {
      try Wording(json5: [.chinese: PlainWording.file(.chinese), .english: Array("{".utf8)])
    }
    #expect(error?.description.hasPrefix("en: ") == true)
    #expect(error?.problem.contains("is not JSON5") == true)
  }

  @Test func everyTemplateIsUsedByANoticeThatCarriesExactlyItsParameters() throws {
    var seen: Set<Template> = []
    for notice in try Tour.notifications() {
      #expect(notice.parameters.map(\.name) == notice.template.parameters)
      seen.insert(notice.template)
    }
    #expect(seen == Set(Template.allCases))
  }
}
