/// A currency of ISO 4217 with its minor unit.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
  /// The three letters in the upper bytes, the minor unit's exponent in the lowest: nothing is looked up after `init`.
  private let packed: UInt32

  private init(packed: UInt32) { self.packed = packed }

  /// The currency of an alphabetic code such as `CNY`, upper case as ISO 4217 writes it; nil when it is not in use.
  public init?(code: Span<UInt8>) {
    guard code.count == 3 else { return nil }
    let letters = UInt32(code[0]) << 24 | UInt32(code[1]) << 16 | UInt32(code[2]) << 8
    let table = Self.table
    var low = 0
    var high = table.count
    while low < high {
      let middle = (low + high) / 2
      if table[middle] & 0xFFFF_FF00 < letters { low = middle + 1 } else { high = middle }
    }
    guard low < table.count, table[low] & 0xFFFF_FF00 == letters else { return nil }
    packed = table[low]
  }

  /// The currency of a code in text, like `init(code:)` from bytes.
  public init?(code: String) {
    self.init(code: Array(code.utf8).span)
  }

  /// The three upper-case letters.
  public var code: String {
    String(decoding: codeBytes, as: UTF8.self)
  }

  /// The three letters as ASCII.
  public var codeBytes: [UInt8] {
    [
      UInt8(truncatingIfNeeded: packed >> 24), UInt8(truncatingIfNeeded: packed >> 16),
      UInt8(truncatingIfNeeded: packed >> 8),
    ]
  }

  /// How many minor units make a major one: 100 for CNY, 1 for JPY, 1,000 for KWD.
  public var minorUnitsPerMajor: Int64 {
    switch minorUnitExponent {
    case 0: 1
    case 2: 100
    case 3: 1_000
    default: 10_000
    }
  }

  /// The decimal places of the minor unit: 0, 2, 3 or 4.
  public var minorUnitExponent: Int { Int(packed & 0xFF) }

  /// The code.
  public var description: String { code }

  /// Every currency in use, ordered by code.
  public static var all: [Currency] { table.map(Currency.init(packed:)) }

  private static let table: [UInt32] =
    CurrencyCodes.byExponent.flatMap { exponent, codes in
      codes.split(separator: " ").map { code in code.utf8.reduce(0) { $0 << 8 | UInt32($1) } << 8 | exponent }
    }.sorted()
}

/// ISO 4217 list one ("current currency and funds codes") as of 2026-01-01, without the codes that have no minor unit
/// (precious metals, units of account, XTS and XXX), in which nothing is priced.
private enum CurrencyCodes {
  static let byExponent: [(UInt32, String)] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (2, twoPlaces),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
  ]

  private static let twoPlaces = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP \
    COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR \
    JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN \
    NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL \
    THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
    """
}
