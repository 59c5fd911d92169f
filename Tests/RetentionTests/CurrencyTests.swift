import Retention
import Testing

@Suite struct CurrencyTests {
  @Test func `every currency in use is found by its code, once`() {
    #expect(Currency.all.count == 165)
    #expect(Set(Currency.all.map(\.code)).count == 165)
    for currency in Currency.all {
      #expect(currency.code.utf8.count == 3 && currency.code == currency.code.uppercased())
      #expect(Currency(code: currency.code) == currency)
      #expect(currency.codeBytes == Array(currency.code.utf8))
    }
  }

  @Test(arguments: [
    ("CNY", 100), ("USD", 100), ("EUR", 100), ("HKD", 100), ("HUF", 100), ("MGA", 100), ("JPY", 1), ("KRW", 1),
    ("VND", 1), ("CLP", 1),
    ("ISK", 1), ("BHD", 1_000), ("KWD", 1_000), ("TND", 1_000), ("CLF", 10_000), ("UYW", 10_000),
  ])
  func `a currency knows its minor unit`(_ code: String, _ minorUnits: Int64) {
    #expect(Currency(code: code)?.minorUnitsPerMajor == minorUnits)
  }

  @Test(arguments: [
    "", "C", "CN", "CNYX", "cny", "Cny", "RMB", "XXX", "XTS", "XAU", "XDR", "DEM", "HRK", "AAA", "ZZZ", "CN\u{0}", "牛",
  ])
  func `a code that is not in use is refused`(_ code: String) {
    #expect(Currency(code: code) == nil)
  }
}
