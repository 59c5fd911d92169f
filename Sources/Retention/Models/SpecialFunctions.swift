import Foundation

/// The logarithm of the beta function.
func logBeta(_ a: Double, _ b: Double) -> Double { lgamma(a) + lgamma(b) - lgamma(a + b) }

/// The quantile of the standard normal distribution at `p` between 0 and 1: by Newton's method on its distribution function.
func normalQuantile(_ p: Double) -> Double {
  var z = 0.0
  for _ in 0..<100 {
    let step = (erfc(-z / 2.0.squareRoot()) / 2 - p) / (exp(-z * z / 2) / (2 * Double.pi).squareRoot())
    // The first steps from the middle towards a far tail overshoot.
    z -= max(-1, min(1, step))
    if abs(step) < 1e-14 { break }
  }
  return z
}

/// The derivative of the logarithm of the gamma function at `x` above 0: raised by the recurrence to where the asymptotic series
/// holds. Source: NIST Digital Library of Mathematical Functions, 5.5.2 and 5.11.2.
func digamma(_ x: Double) -> Double {
  var (x, sum) = (x, 0.0)
  while x < 10 {
    sum -= 1 / x
    x += 1
  }
  let inverse = 1 / (x * x)
  let series =
    inverse * (1.0 / 12 - inverse * (1.0 / 120 - inverse * (1.0 / 252 - inverse * (1.0 / 240 - inverse / 132))))
  return sum + log(x) - 0.5 / x - series
}

/// The regularised incomplete beta function I_x(a, b), `x` from 0 to 1, both others above 0: by the continued fraction of NIST
/// Digital Library of Mathematical Functions 8.17.22, evaluated from the front (Lentz's method as modified by Thompson and Barnett).
func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  // On this side of the mean the fraction converges fast; the other is its complement.
  guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, b, a) }
  let front = exp(a * log(x) + b * log1p(-x) - logBeta(a, b)) / a
  let tiny = 1e-300
  func bounded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
  var c = 1.0
  var d = 1 / bounded(1 - (a + b) * x / (a + 1))
  var fraction = d
  for m in 1..<10_000 {
    let m = Double(m)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / bounded(1 + even * d)
    c = bounded(1 + even / c)
    fraction *= d * c
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / bounded(1 + odd * d)
    c = bounded(1 + odd / c)
    fraction *= d * c
    if abs(d * c - 1) < 1e-15 { break }
  }
  return front * fraction
}
