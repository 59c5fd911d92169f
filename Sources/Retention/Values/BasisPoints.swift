/// A factor in ten-thousandths: 10,000 is one. Multipliers are kept so, because a binary fraction cannot hold 1.2.
public struct BasisPoints: Hashable, Comparable, Sendable {
  /// The factor times 10,000.
  public let value: Int64

  /// A factor of `value` ten-thousandths.
  public init(_ value: Int64) { self.value = value }

  /// The factor that changes nothing.
  public static let one = BasisPoints(10_000)

  /// Orders by size.
  public static func < (a: BasisPoints, b: BasisPoints) -> Bool { a.value < b.value }

  /// The nearest factor to `number`; nil when it is negative, not a number, above 1,000, or finer than a ten-thousandth.
  public init?(exactly number: Double) {
    guard number.isFinite, (0...1_000).contains(number) else { return nil }
    let scaled = (number * 10_000).rounded()
    guard abs(scaled - number * 10_000) < 1e-6 else { return nil }
    value = Int64(scaled)
  }

  /// The factor as a decimal number without trailing zeros, such as `1.2`.
  public var decimal: String {
    let whole = value / 10_000
    var fraction = String(10_000 + value % 10_000).dropFirst()
    while fraction.last == "0" { fraction = fraction.dropLast() }
    return fraction.isEmpty ? "\(whole)" : "\(whole).\(fraction)"
  }
}
