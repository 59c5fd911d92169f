import Testing

@testable import Retention

@Suite("Values of a notice") struct ValueTests {
  @Test(
    arguments: [
      (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (-1_000, "-1,000"), (999_999, "999,999"),
      (1_234_567, "1,234,567"), (Int64.max, "9,223,372,036,854,775,807"), (Int64.min, "-9,223,372,036,854,775,808"),
    ] as [(Int64, String)])
  func anIntegerIsWordedInGroupsOfThree(_ integer: Int64, _ text: String) throws {
    #expect(try worded(.integer(integer), in: .english) == text)
    #expect(try worded(.integer(integer), in: .chinese) == text)
  }

  @Test func anInstantIsWordedInLocalTime() throws {
    let instant = at("2026-01-31T16:05:59Z")
    // 00:05 of 1 February in Shanghai, rounded to no minute but cut.
    #expect(try worded(.instant(instant), in: .chinese) == "2月1日 00:05")
    #expect(try worded(.instant(instant), in: .english) == "Feb 1, 00:05")
    #expect(try worded(.instant(instant), in: .english, zone: "America/New_York") == "Jan 31, 11:05")
  }

  @Test func aDayIsWordedAsItsDate() throws {
    let day = LocalDay(year: 2028, month: 2, day: 29)
    #expect(try worded(.day(day), in: .chinese) == "2月29日")
    #expect(try worded(.day(day), in: .english, zone: "America/New_York") == "Feb 29")
  }

  @Test(
    arguments: [
      (30_000, "CNY", "¥300.00", "CN¥300.00"), (5, "CNY", "¥0.05", "CN¥0.05"),
      (-123_456, "EUR", "-€1,234.56", "-€1,234.56"),
      (1_500, "JPY", "JP¥1,500", "¥1,500"), (1_234, "USD", "US$12.34", "$12.34"),
      (1_234_567, "KWD", "KWD\u{a0}1,234.567", "KWD\u{a0}1,234.567"), (0, "GBP", "£0.00", "£0.00"),
    ] as [(Int64, String, String, String)])
  func moneyHasItsCurrencysSignAndDecimals(
    _ amount: Int64, _ code: String, _ chinese: String, _ english: String
  ) throws {
    let price = Value.money(amount, try #require(Currency(code: code)))
    #expect(try worded(price, in: .chinese) == chinese)
    #expect(try worded(price, in: .english) == english)
  }

  @Test func theOtherValuesAreWordedAsTheyAre() throws {
    #expect(try worded(.text("{points} 顺丰"), in: .english) == "{points} 顺丰")
    #expect(try worded(.factor(BasisPoints(15_000)), in: .chinese) == "1.5")
    #expect(try worded(.flag(true), in: .english) == "true")
    #expect(try worded(.flag(false), in: .english) == "false")
  }

  @Test func asJSONTheyKeepTheirTypes() throws {
    let values: [Value] = [
      .text("a\"b"), .integer(-12), .instant(at("2026-11-22T12:00:00.5+08:00")), .factor(BasisPoints(12_500)),
      .flag(false), .day(LocalDay(year: 2026, month: 3, day: 8)), .money(-5, try #require(Currency(code: "CNY"))),
    ]
    var json = JSONWriter()
    values.write(to: &json)
    #expect(
      String(decoding: json.bytes, as: UTF8.self)
        == #"["a\"b",-12,"2026-11-22T04:00:00.500Z",1.25,false,"2026-03-08",{"amount":-5,"currency":"CNY"}]"#)
  }

  private func worded(_ value: Value, in locale: Locale, zone: String = "Asia/Shanghai") throws -> String {
    value.worded(in: locale, at: try #require(LocalTime(identifier: zone)))
  }
}
